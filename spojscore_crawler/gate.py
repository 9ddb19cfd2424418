"""Decides whether a crawl may be committed. Pure: no engine, no database."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from itertools import chain, pairwise

from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store.state import LastList
from spojscore_crawler.store.times import CLOCK_SKEW, format_minute

# Settings and their maximum values. Ratios refer to the last list.
LIMITS = {"MIN_PROBLEMS": 10**6, "MIN_PROBLEMS_RATIO": 1, "MIN_USERS_RATIO": 1,
          "MAX_RENAMED_RATIO": 1, "MAX_PAGES": 10**6}  # fmt: skip
MIN_VALUES_RATIO = 0.5  # of the last list's acceptances, votes or difficulties


@dataclass(frozen=True)
class Crawl:
    """The pages of a crawl, in the order they were read, and its problems.

    `last_list` is the last committed list, None before the first; `limits` are the settings in
    LIMITS. `started` is when the crawl started and `now` the current time, both in UTC.
    """

    pages: Sequence[Page]
    problems: Sequence[Problem]
    last_list: LastList | None
    limits: Mapping[str, float]
    started: datetime
    now: datetime

    @cached_property
    def times(self) -> list[datetime]:
        """When the pages were read, ascending; with -a day=, only midnight of that day."""
        if days := {page.day for page in self.pages if page.day}:
            return [datetime.combine(min(days), time(), UTC)]
        times = sorted({page.read_at for page in self.pages if page.read_at})
        return times or [self.started, self.now]

    @cached_property
    def readings(self) -> dict[int | None, list[Page]]:
        """The readings of each page, by its start=."""
        readings: dict[int | None, list[Page]] = {}
        for page in self.pages:
            readings.setdefault(page.start, []).append(page)
        return readings

    @property
    def starts(self) -> range:
        """The start= of each page of the list, up to the highest one in any pager."""
        size = max((len(page.keys) for page in self.pages), default=1)
        return range(0, max((page.end or 0 for page in self.pages), default=0) + 1, size)

    @property
    def is_rechecked(self) -> bool:
        """Whether the first and last pages were read again, to detect that the list shifted."""
        return all(len(self.readings.get(start, [])) > 1 for start in (0, self.starts[-1]))


# The rule that a crawl breaks, and a message.
Violation = tuple[str, str]


def check_pages(crawl: Crawl) -> Iterator[Violation]:
    missing_starts = [start for start in crawl.starts if start not in crawl.readings]
    if not crawl.pages:
        yield "missing_pages", "no page was read; see the log"
    elif missing_starts:
        count = f"{len(missing_starts)} of {len(crawl.starts)} pages"
        yield "missing_pages", f"{count} are missing, the first at start={missing_starts[0]}"
    if len(ends := {page.end for page in crawl.pages}) > 1:
        starts = " and ".join(f"start={end}" for end in sorted(ends, key=str))
        change = f"the list grew or shrank during the crawl: its last page was {starts}"
        yield "last_page_changed", f"{change}; crawl again"
    # Saved pages may lack the second reading; crawls.source says so.
    if not crawl.is_rechecked and any(page.read_at is None for page in crawl.pages):
        yield "not_rechecked", "the first and last pages were not read again at the end"
    for start, (page, *repeats) in crawl.readings.items():
        if any(repeat.keys != page.keys for repeat in repeats):
            reason = f"start={start} now lists different problems"
            yield "list_shifted", f"the list shifted during the crawl: {reason}; crawl again"
            break


def check_rows(crawl: Crawl) -> Iterator[Violation]:
    pages = [crawl.readings[start][0] for start in sorted(crawl.readings, key=lambda s: s or 0)]
    keys = [key for page in pages for key in page.keys]
    if len(keys) != len(crawl.problems):
        rows = f"{len(keys)} rows were read"
        yield "lost_rows", f"{rows}, but {len(crawl.problems)} problems reached the pipeline"
    for code, count in Counter(problem.code for problem in crawl.problems).most_common(1):
        if count > 1:
            yield "duplicate_codes", f"code {code} is listed {count} times"
    for (previous_id, _), (current_id, _) in pairwise(keys):
        if previous_id >= current_id:
            order = f"{current_id} comes after {previous_id}"
            yield "not_ascending", f"the list is not sorted by id (sort=0): {order}"
            break


def check_times(crawl: Crawl) -> Iterator[Violation]:
    first_time, last_time = crawl.times[0], crawl.times[-1]
    # A live crawl may span midnight.
    if first_time.date() != last_time.date() and any(page.read_at for page in crawl.pages):
        days = f"{first_time.date()} and {last_time.date()}"
        yield "spans_two_days", f"the pages were saved on two days, {days}; choose one with -a day="
    if last_time > crawl.now + CLOCK_SKEW:
        clock = f"this machine's clock says {format_minute(crawl.now)}; set the clock"
        yield "in_the_future", f"the pages are dated {format_minute(last_time)}, but {clock}"
    previous_start = crawl.last_list.started if crawl.last_list else first_time
    if crawl.pages[0].day:  # its hour is unknown
        previous_start = datetime.combine(previous_start, time(), UTC)
    if first_time < previous_start:
        times = (
            f"{format_minute(first_time)}, before the last crawl ({format_minute(previous_start)})"
        )
        yield "before_last_crawl", f"the pages are dated {times}; save newer pages"


def check_numbers(crawl: Crawl) -> Iterator[Violation]:
    last_list, minimum = crawl.last_list, crawl.limits["MIN_PROBLEMS"]
    count, users = len(crawl.problems), sum(problem.users for problem in crawl.problems)
    if last_list is None:
        if count < minimum:
            limit = f"a first crawl needs at least {minimum:g} (MIN_PROBLEMS)"
            yield "too_few_problems", f"only {count} problems; {limit}"
        return
    totals = (("problems", count, last_list.problems), ("users", users, last_list.users))
    for noun, number, previous_number in totals:
        ratio = crawl.limits[setting := f"MIN_{noun.upper()}_RATIO"]
        if number < previous_number * ratio:
            limit = f"{ratio * 100:g}% of the last crawl's {previous_number} ({setting})"
            yield f"too_few_{noun}", f"{number} {noun}, fewer than {limit}"
    known_problems = [problem for problem in crawl.problems if problem.id in last_list.names]
    new_names = [p.name for p in known_problems if p.name != last_list.names[p.id]]
    ratio = crawl.limits["MAX_RENAMED_RATIO"]
    if len(new_names) > ratio * len(known_problems):
        limit = f"more than {ratio * 100:g}% (MAX_RENAMED_RATIO)"
        names = f"{len(new_names)} of {len(known_problems)} names changed"
        yield "too_many_renamed", f"{names}, {limit}; one is now {new_names[0]!r}"
    for column, previous_number in last_list.value_counts.items():
        number = sum(getattr(problem, column) is not None for problem in crawl.problems)
        if number < previous_number * MIN_VALUES_RATIO:
            change = f"{previous_number} in the last crawl"
            values = f"{number} problems have {column}, compared with {change}"
            yield "too_few_values", f"{values}; see 'SPOJ changed its markup' in CONTRIBUTING.md"


def judge(crawl: Crawl) -> tuple[dict[str, str], bool]:
    """Apply the rules.

    Returns a message for each rule that the crawl breaks, by the rule's name, and whether
    GATE=accept may override them. Each check assumes that the earlier ones found nothing.
    """
    violations = dict(chain(check_pages(crawl), check_rows(crawl)))
    if violations := violations or dict(check_times(crawl)):
        return violations, False
    return dict(check_numbers(crawl)), True


def find_page_error(page: Page, requested_start: int | None, max_pages: float) -> str | None:
    """Describe what is wrong with a page, so that it is retried; None if nothing is.

    `requested_start` is the start= of the request, None if unknown (a saved page).
    """
    rows = len(page.keys)
    if page.end is None:
        return "no pager"
    if page.start is None:
        return "the pager does not say which page it is"
    if requested_start not in (None, page.start):
        return f"start={requested_start} returned the page start={page.start}"
    if page.size and (rows > page.size or (rows < page.size and page.start != page.end)):
        return f"{rows} rows instead of {page.size}"
    if (pages := page.end // (page.size or rows) + 1) > max_pages:
        return f"the pager has {pages} pages, more than {max_pages:g} (MAX_PAGES)"
    return None
