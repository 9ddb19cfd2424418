"""Decides whether a crawl may be committed. Pure: no engine, no database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from itertools import pairwise

from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store.state import LastList
from spojscore_crawler.store.times import CLOCK_SKEW, format_minute

# Settings and their maximum values. Ratios refer to the last list.
LIMITS = {"MIN_PROBLEMS": 10**6, "MIN_PROBLEMS_RATIO": 1, "MIN_USERS_RATIO": 1,
          "MAX_RENAMED_RATIO": 1, "MAX_PAGES": 10**6}  # fmt: skip


@dataclass(frozen=True)
class Crawl:
    """The pages of a crawl, in the order they were read, and its problems.

    `last` is the last committed list, None before the first; `limits` are the settings in LIMITS;
    `started` and `now`, in UTC, are when the crawl started and ended.
    """

    pages: Sequence[Page]
    problems: Sequence[Problem]
    last: LastList | None
    limits: Mapping[str, float]
    started: datetime
    now: datetime

    @cached_property
    def times(self) -> list[datetime]:
        """When the pages were read, ascending; with -a day=, only midnight of that day."""
        if days := {page.day for page in self.pages if page.day}:
            return [datetime.combine(min(days), time(), UTC)]
        return sorted({page.read for page in self.pages if page.read}) or [self.started, self.now]

    @cached_property
    def readings(self) -> dict[int | None, list[Page]]:
        """The readings of each page, by its start=."""
        readings: dict[int | None, list[Page]] = {}
        for page in self.pages:
            readings.setdefault(page.start, []).append(page)
        return readings

    @property
    def starts(self) -> range:
        """The start= of each page of the list, up to the last one that any pager names."""
        size = max((len(page.keys) for page in self.pages), default=1)
        return range(0, max((page.end or 0 for page in self.pages), default=0) + 1, size)

    @property
    def is_fenced(self) -> bool:
        """Whether the first and last pages were read again, to detect a shift of the list."""
        return all(len(self.readings.get(start, [])) > 1 for start in (0, self.starts[-1]))


Rule = Callable[[Crawl], str | None]


def missing_pages(crawl: Crawl) -> str | None:
    if not crawl.pages:
        return "no page was read; see the log"
    missing = [start for start in crawl.starts if start not in crawl.readings]
    if not missing:
        return None
    count = f"{len(missing)} of {len(crawl.starts)} pages"
    return f"{count} are missing, the first at start={missing[0]}"


def last_page_changed(crawl: Crawl) -> str | None:
    if len(ends := {page.end for page in crawl.pages}) <= 1:
        return None
    starts = " and ".join(f"start={end}" for end in sorted(ends, key=str))
    return f"the list grew or shrank during the crawl: its last page was {starts}; crawl again"


def no_fence(crawl: Crawl) -> str | None:
    # Saved pages need no fence; the table crawls says if they had one.
    if not crawl.is_fenced and any(page.read is None for page in crawl.pages):
        return "the first and last pages were not read again at the end"
    return None


def list_shifted(crawl: Crawl) -> str | None:
    for start, readings in crawl.readings.items():
        if any(page.keys != readings[0].keys for page in readings):
            other = f"start={start} now lists other problems"
            return f"the list shifted during the crawl: {other}; crawl again"
    return None


def lost_rows(crawl: Crawl) -> str | None:
    rows = sum(len(readings[0].keys) for readings in crawl.readings.values())
    if len(crawl.problems) == rows:
        return None
    return f"{rows} rows were read, but {len(crawl.problems)} problems arrived"


def duplicate_codes(crawl: Crawl) -> str | None:
    for code, count in Counter(problem.code for problem in crawl.problems).most_common(1):
        if count > 1:
            return f"code {code} is listed {count} times"
    return None


def not_ascending(crawl: Crawl) -> str | None:
    pages = (crawl.readings[start][0] for start in sorted(crawl.readings, key=lambda s: s or 0))
    for (one, _), (following, _) in pairwise(key for page in pages for key in page.keys):
        if one >= following:
            return f"the list is not sorted by id (sort=0): {following} comes after {one}"
    return None


def spans_two_days(crawl: Crawl) -> str | None:
    first, last = (crawl.times[place].date() for place in (0, -1))
    # A live crawl may span midnight.
    if first == last or not any(page.read for page in crawl.pages):
        return None
    return f"the pages were saved on two days, {first} and {last}; choose one with -a day="


def in_the_future(crawl: Crawl) -> str | None:
    if crawl.times[-1] <= crawl.now + CLOCK_SKEW:
        return None
    then, now = format_minute(crawl.times[-1]), format_minute(crawl.now)
    return f"the pages are dated {then}, but this machine's clock says {now}; set the clock"


def before_last_crawl(crawl: Crawl) -> str | None:
    if crawl.last is None:
        return None
    started, last = crawl.times[0], crawl.last.started
    if crawl.pages[0].day:  # its hour is unknown
        last = datetime.combine(last, time(), UTC)
    if started >= last:
        return None
    then, before = format_minute(started), format_minute(last)
    return f"the pages are dated {then}, before the last crawl ({before})"


def too_few_problems(crawl: Crawl) -> str | None:
    problems = len(crawl.problems)
    if crawl.last:
        return _fewer(crawl, "problems", problems, crawl.last.problems)
    if problems >= (minimum := crawl.limits["MIN_PROBLEMS"]):
        return None
    return f"{problems} problems, fewer than a first list needs: {minimum:g} (MIN_PROBLEMS)"


def too_few_users(crawl: Crawl) -> str | None:
    before = crawl.last.users if crawl.last else 0
    return _fewer(crawl, "users", sum(problem.users for problem in crawl.problems), before)


def too_many_renamed(crawl: Crawl) -> str | None:
    names = crawl.last.names if crawl.last else {}
    common = [problem for problem in crawl.problems if problem.id in names]
    new_names = [problem.name for problem in common if problem.name != names[problem.id]]
    ratio = crawl.limits["MAX_RENAMED_RATIO"]
    if len(new_names) <= ratio * len(common):
        return None
    return (
        f"{len(new_names)} of {len(common)} names changed, more than {ratio * 100:g}% "
        f"(MAX_RENAMED_RATIO), such as to {new_names[0]!r}"
    )


# Is the list complete?
COMPLETENESS: tuple[Rule, ...] = (
    missing_pages, last_page_changed, no_fence, list_shifted, lost_rows, duplicate_codes,
    not_ascending,
)  # fmt: skip
# Does it follow the last one?
DATES: tuple[Rule, ...] = (spans_two_days, in_the_future, before_last_crawl)
# Is it plausible? GATE=accept overrides these.
PLAUSIBILITY: tuple[Rule, ...] = (too_few_problems, too_few_users, too_many_renamed)


def judge(crawl: Crawl) -> tuple[dict[str, str], bool]:
    """Apply the rules.

    Returns a message for each rule that the crawl breaks, by the rule's name, and whether
    GATE=accept may override them. Each group of rules assumes that the earlier ones hold.
    """
    if violations := _violations(COMPLETENESS, crawl) or _violations(DATES, crawl):
        return violations, False
    return _violations(PLAUSIBILITY, crawl), True


def page_fault(page: Page, requested_start: int | None, max_pages: int) -> str | None:
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
        return f"the pager has {pages} pages, more than {max_pages} (MAX_PAGES)"
    return None


def _violations(rules: Iterable[Rule], crawl: Crawl) -> dict[str, str]:
    return {rule.__name__: sentence for rule in rules if (sentence := rule(crawl))}


def _fewer(crawl: Crawl, what: str, now: int, before: int) -> str | None:
    ratio = crawl.limits[setting := f"MIN_{what.upper()}_RATIO"]
    if now >= before * ratio:
        return None
    return f"{now} {what}, fewer than {ratio * 100:g}% of the last crawl's {before} ({setting})"
