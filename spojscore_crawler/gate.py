"""Decides whether a crawl is fit to be committed. Pure: no engine, no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from spojscore_crawler.store.times import CLOCK_SKEW, minute

if TYPE_CHECKING:
    from spojscore_crawler.items import Page, Problem
    from spojscore_crawler.limits import Limits
    from spojscore_crawler.store.state import LastList

TWICE = 2


@dataclass(frozen=True)
class Crawl:
    """All that a crawl brought: its pages in the order in which they were read, and its problems.

    `before` is the last committed list, None before the first; `began` and `now`, in UTC, are when
    the crawler began and ended.
    """

    pages: Sequence[Page]
    problems: Sequence[Problem]
    before: LastList | None
    limits: Limits
    began: datetime
    now: datetime

    @cached_property
    def times(self) -> list[datetime]:
        """When the pages were read, ascending; the beginning of the day that was given for them."""
        if days := {page.day for page in self.pages if page.day}:
            return [datetime.combine(min(days), time(), UTC)]
        return sorted({page.read for page in self.pages if page.read}) or [self.began, self.now]

    @property
    def source(self) -> str:
        """Where the pages came from, and whether they are fenced."""
        sources = " and ".join(sorted({page.source for page in self.pages}))
        return sources if self.fenced else f"{sources}, not fenced"

    @cached_property
    def readings(self) -> dict[int | None, list[Page]]:
        """The readings of each page, by its start=."""
        found: dict[int | None, list[Page]] = {}
        for page in self.pages:
            found.setdefault(page.start, []).append(page)
        return found

    @cached_property
    def end(self) -> int:
        """The start= of the last page that any pager names."""
        return max((page.end or 0 for page in self.pages), default=0)

    @cached_property
    def starts(self) -> range:
        """The start= of each page that the list consists of."""
        size = max((len(page.keys) for page in self.pages), default=1)
        return range(0, self.end + 1, size)

    @cached_property
    def fenced(self) -> bool:
        """Whether a shift would show.

        The first and the last page were read before all others, and after them once more.
        """
        fence = [self.readings.get(start, []) for start in (0, self.end)]
        if any(len(readings) < TWICE for readings in fence):
            return False
        others = (page for page in self.pages if page.start not in (0, self.end))
        between = [page.read for page in others if page.read]
        if not between:  # the spider asks in that order
            return True
        times = [[page.read for page in readings if page.read] for readings in fence]
        return max(map(min, times)) <= min(between) and max(between) <= min(map(max, times))


Rule = Callable[[Crawl], str | None]


def missing_pages(crawl: Crawl) -> str | None:
    if not crawl.pages:
        return "no page was read, see the log"
    first = next((start for start in crawl.starts if start not in crawl.readings), None)
    if first is None:
        return None
    missing = len(crawl.starts) - len(crawl.readings)
    return f"{missing} of {len(crawl.starts)} pages are missing, the first is sort=0,start={first}"


def other_ends(crawl: Crawl) -> str | None:
    if len(ends := {page.end for page in crawl.pages}) > 1:
        named = " and ".join(f"start={end}" for end in sorted(ends, key=str))
        return f"the list grew or shrank while it was read: its last page is {named}"
    return None


def unfenced(crawl: Crawl) -> str | None:
    # Pages that a person saved may be; the database says so then.
    if not crawl.fenced and any(page.read is None for page in crawl.pages):
        return "the first and the last page were not read again in the end"
    return None


def shifted(crawl: Crawl) -> str | None:
    for start, readings in crawl.readings.items():
        if any(page.keys != readings[0].keys for page in readings):
            return f"the list shifted while it was read: start={start} names other problems now"
    return None


def lost_rows(crawl: Crawl) -> str | None:
    rows = sum(len(readings[0].keys) for readings in crawl.readings.values())
    if len(crawl.problems) != rows:
        return f"{rows} rows were read, but {len(crawl.problems)} became problems"
    return None


def double_codes(crawl: Crawl) -> str | None:
    return _doubles("code", (problem.code for problem in crawl.problems))


def double_ids(crawl: Crawl) -> str | None:
    return _doubles("id", (problem.id for problem in crawl.problems))


def not_ascending(crawl: Crawl) -> str | None:
    pages = (crawl.readings[start][0] for start in sorted(crawl.readings, key=lambda s: s or 0))
    for (one, _), (following, _) in pairwise(key for page in pages for key in page.keys):
        if one > following:
            return f"the list is not sorted by id (sort=0): {following} stands after {one}"
    return None


def of_two_days(crawl: Crawl) -> str | None:
    first, last = (crawl.times[place].date() for place in (0, -1))
    if first != last and any(page.read for page in crawl.pages):
        return f"the pages are of two days, {first} and {last}; -a day= says which one counts"
    return None


def in_the_future(crawl: Crawl) -> str | None:
    if crawl.times[-1] > crawl.now + CLOCK_SKEW:
        then, now = minute(crawl.times[-1]), minute(crawl.now)
        return f"the pages are of {then}, but by this machine's clock it is {now}"
    return None


def before_the_last_crawl(crawl: Crawl) -> str | None:
    if crawl.before is None:
        return None
    started, last = crawl.times[0], crawl.before.started
    earlier = started.date() < last.date() if crawl.pages[0].day else started < last
    if earlier:
        return f"the pages are of {minute(started)}, before the last crawl's, {minute(last)}"
    return None


def few_on_a_first_crawl(crawl: Crawl) -> str | None:
    now, least = len(crawl.problems), crawl.limits.min_problems
    if crawl.before is None and now < least:
        return f"{now} problems are fewer than a first crawl's {least} (MIN_PROBLEMS)"
    return None


def few_problems(crawl: Crawl) -> str | None:
    return _fewer(crawl, "problems", len(crawl.problems))


def few_users(crawl: Crawl) -> str | None:
    return _fewer(crawl, "users", sum(problem.users for problem in crawl.problems))


# The list is whole.
WHOLE: tuple[Rule, ...] = (
    missing_pages,
    other_ends,
    unfenced,
    shifted,
    lost_rows,
    double_codes,
    double_ids,
    not_ascending,
)
# It can follow the last one.
DATED: tuple[Rule, ...] = (of_two_days, in_the_future, before_the_last_crawl)
# It is what one expects. A person may accept one that is not.
EXPECTED: tuple[Rule, ...] = (few_on_a_first_crawl, few_problems, few_users)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fit` to be committed or not; `findings` are the rules that the crawl breaks, by name."""

    fit: bool
    findings: dict[str, str]


def judge(crawl: Crawl) -> Verdict:
    """Hold the crawl against every rule. A part of a list is not worth comparing."""
    if findings := _broken(WHOLE, crawl) or _broken(DATED, crawl):
        return Verdict(False, findings)
    findings = _broken(EXPECTED, crawl)
    return Verdict(not findings or crawl.limits.accept, findings)


def page_fault(page: Page, asked: int | None, first: Page) -> str | None:
    """What is wrong with the page that was asked for with start=`asked`, None when nothing is.

    `first` is the first page that was read. Such a page is worth asking for again.
    """
    if page.end is None:
        return "no pager"
    if page.start is None:
        return "the pager does not tell which page it is"
    if page.start != asked:
        return f"start={asked} was answered with start={page.start}"
    size = len(first.keys)
    if page.start == 0 and page.end % size:
        return f"the pager ends at {page.end}, which is no multiple of the page's {size} rows"
    if len(page.keys) > size or (len(page.keys) < size and page.start != first.end):
        return f"{len(page.keys)} rows instead of {size}"
    return None


def _broken(rules: Iterable[Rule], crawl: Crawl) -> dict[str, str]:
    return {rule.__name__: sentence for rule in rules if (sentence := rule(crawl))}


def _doubles(what: str, values: Iterable[Hashable]) -> str | None:
    if doubles := [value for value, count in Counter(values).items() if count > 1]:
        others = f", and {len(doubles) - 1} others" if len(doubles) > 1 else ""
        return f"the {what} {doubles[0]} stands in the list twice{others}"
    return None


def _fewer(crawl: Crawl, what: str, now: int) -> str | None:
    then: int = getattr(crawl.before, what, 0)
    ratio: float = getattr(crawl.limits, f"min_{what}_ratio")
    if now >= then * ratio:
        return None
    setting = f"MIN_{what.upper()}_RATIO"
    return f"{now} {what} are fewer than {ratio * 100:g} % of the last crawl's {then} ({setting})"
