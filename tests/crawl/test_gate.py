"""The rules of the gate, each broken by a small crawl."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spojscore_crawler.gate import Crawl, find_page_error, judge
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store.state import OPTIONAL_COLUMNS, LastList

SIZE = 3
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
YESTERDAY = NOW - DAY
LIMITS = {
    "MIN_PROBLEMS": 1, "MIN_PROBLEMS_RATIO": 0.98, "MIN_USERS_RATIO": 0.99,
    "MAX_RENAMED_RATIO": 0.05, "MAX_PAGES": 9,
}  # fmt: skip
PROBLEMS = [Problem(id=n, code=f"P{n}", name=f"Name {n}", users=10) for n in range(9)]


def crawl(problems: list[Problem] = PROBLEMS) -> Crawl:
    """Pages of three rows; the first and last are read twice."""
    keys = [(problem.id, problem.code) for problem in problems]
    starts = range(0, len(keys), SIZE)
    pages = [Page(start, starts[-1], tuple(keys[start : start + SIZE])) for start in starts]
    last_list = LastList(0, 0, YESTERDAY, {}, {})
    return Crawl([*pages, pages[-1], pages[0]], problems, last_list, LIMITS, started=NOW, now=NOW)


def save(crawl: Crawl, *times: datetime) -> Crawl:
    """The crawl with its pages saved at `times`, the rest at the last of these times."""
    times = (*times, *([times[-1]] * len(crawl.pages)))
    pages = [replace(page, read_at=at) for page, at in zip(crawl.pages, times, strict=False)]
    return replace(crawl, pages=pages)


def violations(crawl: Crawl) -> set[str]:
    return {*judge(crawl)[0]}


def crawl_with(**change: Any) -> Crawl:
    """A crawl in which the fifth problem differs."""
    return crawl([*PROBLEMS[:4], replace(PROBLEMS[4], **change), *PROBLEMS[5:]])


COMPLETE_CRAWL = crawl()
FIRST_PAGE, MIDDLE_PAGE, LAST_PAGE, *REPEATED_PAGES = COMPLETE_CRAWL.pages
SHIFTED_PAGE = replace(FIRST_PAGE, keys=((0, "ELSE"), *FIRST_PAGE.keys[1:]))
PAGES_ONCE = [FIRST_PAGE, MIDDLE_PAGE, LAST_PAGE]


def changed_crawl(**change: Any) -> Crawl:
    return replace(COMPLETE_CRAWL, **change)


INCOMPLETE_CRAWLS: dict[str, tuple[Crawl, str]] = {
    "no-page": (changed_crawl(pages=[], problems=[]), "missing_pages"),
    "no-middle": (
        changed_crawl(
            pages=[FIRST_PAGE, LAST_PAGE, *REPEATED_PAGES],
            problems=[*PROBLEMS[:3], *PROBLEMS[6:]],
        ),
        "missing_pages",
    ),
    "other-end": (
        changed_crawl(pages=[*PAGES_ONCE, replace(MIDDLE_PAGE, end=3), *REPEATED_PAGES]),
        "last_page_changed",
    ),
    "read-once": (changed_crawl(pages=PAGES_ONCE), "not_rechecked"),
    "only-last-again": (changed_crawl(pages=[*PAGES_ONCE, LAST_PAGE]), "not_rechecked"),
    "shifted": (changed_crawl(pages=[*PAGES_ONCE, LAST_PAGE, SHIFTED_PAGE]), "list_shifted"),
    "problem-missing": (changed_crawl(problems=PROBLEMS[1:]), "lost_rows"),
    "problem-too-many": (
        changed_crawl(problems=[*PROBLEMS, replace(PROBLEMS[0], code="X")]),
        "lost_rows",
    ),
    "same-id": (crawl_with(id=3), "not_ascending"),
    "descending": (crawl_with(id=99), "not_ascending"),
    "same-code": (crawl_with(code="P0"), "duplicate_codes"),
}


@pytest.mark.parametrize("count", [7, 8, 9, 1])
def test_whole_list(count: int) -> None:
    assert violations(crawl(PROBLEMS[:count])) == set()


@pytest.mark.parametrize(("incomplete", "rule"), INCOMPLETE_CRAWLS.values(), ids=INCOMPLETE_CRAWLS)
def test_incomplete_list(incomplete: Crawl, rule: str) -> None:
    messages, is_overridable = judge(incomplete)
    assert ([*messages], is_overridable) == ([rule], False)


def test_saved_pages_may_be_read_once() -> None:
    saved_once = save(changed_crawl(pages=PAGES_ONCE), NOW)
    assert violations(saved_once) == set()
    assert (saved_once.is_rechecked, COMPLETE_CRAWL.is_rechecked) == (False, True)


@pytest.mark.parametrize(
    ("times", "rules"),
    [
        pytest.param([NOW], set(), id="today"),
        pytest.param([YESTERDAY], set(), id="same-time"),
        pytest.param([YESTERDAY, NOW], {"spans_two_days"}, id="two-days"),
        pytest.param([NOW + 4 * MINUTE], set(), id="clock-skew"),
        pytest.param([NOW + 6 * MINUTE], {"in_the_future"}, id="future"),
        pytest.param([YESTERDAY - MINUTE], {"before_last_crawl"}, id="too-old"),
    ],
)
def test_times_of_saved_pages(times: list[datetime], rules: set[str]) -> None:
    dated_crawl = save(COMPLETE_CRAWL, *times)
    messages, is_overridable = judge(dated_crawl)
    assert ({*messages}, is_overridable) == (rules, not rules)
    assert (dated_crawl.times[0], dated_crawl.times[-1]) == (times[0], times[-1])


def test_live_crawl_may_span_midnight() -> None:
    start, end = NOW.replace(hour=23, minute=59), NOW.replace(hour=0) + DAY
    live_crawl = replace(COMPLETE_CRAWL, started=start, now=end)
    assert violations(live_crawl) == set()
    assert live_crawl.times == [start, end]


@pytest.mark.parametrize(("days", "rules"), [(0, set()), (1, set()), (2, {"before_last_crawl"})])
def test_day_argument(days: int, rules: set[str]) -> None:
    day = NOW - days * DAY
    pages = save(COMPLETE_CRAWL, NOW - 9 * DAY, NOW).pages
    dated_crawl = replace(COMPLETE_CRAWL, pages=[replace(page, day=day.date()) for page in pages])
    assert violations(dated_crawl) == rules
    assert dated_crawl.times == [day.replace(hour=0)]


@pytest.mark.parametrize(
    ("totals", "limits", "rules"),
    [
        (None, {"MIN_PROBLEMS": 9}, set()),
        (None, {"MIN_PROBLEMS": 10}, {"too_few_problems"}),
        ({"problems": 10}, {"MIN_PROBLEMS_RATIO": 0.9}, set()),
        ({"problems": 10}, {"MIN_PROBLEMS_RATIO": 0.91}, {"too_few_problems"}),
        ({"users": 100}, {"MIN_USERS_RATIO": 0.9}, set()),
        ({"users": 101}, {"MIN_USERS_RATIO": 0.9}, {"too_few_users"}),
        # `renamed` counts the changed names among the five problems in both lists.
        ({"renamed": 1}, {"MAX_RENAMED_RATIO": 0.2}, set()),
        ({"renamed": 2}, {"MAX_RENAMED_RATIO": 0.3}, {"too_many_renamed"}),
        # One problem has votes, none an acceptance.
        ({"votes_up": 2}, {}, set()),
        ({"votes_up": 3}, {}, {"too_few_values"}),
        ({"acceptance": 1}, {}, {"too_few_values"}),
    ],
)
def test_implausible_list(
    totals: dict[str, int] | None, limits: dict[str, float], rules: set[str]
) -> None:
    last_list = None
    if totals is not None:
        names = {n: "Old" if n < totals.get("renamed", 0) else f"Name {n}" for n in range(5)}
        names[100] = "Delisted"
        problems, users = totals.get("problems", 1), totals.get("users", 1)
        values = {name: totals.get(name, 0) for name in OPTIONAL_COLUMNS}
        last_list = LastList(problems, users, YESTERDAY, names, values)
    new_crawl = replace(
        COMPLETE_CRAWL,
        problems=[replace(PROBLEMS[0], votes_up=0), *PROBLEMS[1:]],
        last_list=last_list,
        limits=LIMITS | limits,
    )
    messages, is_overridable = judge(new_crawl)
    assert ({*messages}, is_overridable) == (rules, True)


def test_messages() -> None:
    partial_crawl = changed_crawl(pages=[MIDDLE_PAGE, LAST_PAGE, LAST_PAGE])
    last_list = LastList(10, 200, YESTERDAY, dict.fromkeys(range(9), "Name"), {"acceptance": 9})
    crawls = (crawl_with(id=99), partial_crawl, changed_crawl(last_list=last_list))
    assert [message for case in crawls for message in judge(case)[0].values()] == [
        "the list is not sorted by id (sort=0): 5 comes after 99",
        "1 of 3 pages are missing, the first at start=0",
        "the first and last pages were not read again at the end",
        "6 rows were read, but 9 problems reached the pipeline",
        "9 problems, fewer than 98% of the last crawl's 10 (MIN_PROBLEMS_RATIO)",
        "90 users, fewer than 99% of the last crawl's 200 (MIN_USERS_RATIO)",
        "9 of 9 names changed, more than 5% (MAX_RENAMED_RATIO); one is now 'Name 0'",
        "0 problems have acceptance, compared with 9 in the last crawl; "
        "see 'SPOJ changed its markup' in CONTRIBUTING.md",
    ]


PAGE = Page(0, 6, ((1, "A"), (2, "B"), (3, "C")), SIZE)


@pytest.mark.parametrize(
    ("page", "requested_start", "error"),
    [
        (PAGE, 0, None),
        (PAGE, None, None),
        (Page(6, 6, ((9, "Z"),), SIZE), 6, None),
        (Page(0, 0, PAGE.keys), 0, None),
        (replace(PAGE, end=24), 0, None),
        (replace(PAGE, start=3), 6, "start=6 returned the page start=3"),
        (replace(PAGE, keys=PAGE.keys[:2]), 0, "2 rows instead of 3"),
        (Page(6, 6, (*PAGE.keys, (4, "D")), SIZE), 6, "4 rows instead of 3"),
        (replace(PAGE, end=None), 0, "no pager"),
        (replace(PAGE, start=None), 0, "the pager does not say which page it is"),
        (replace(PAGE, end=27), 0, "the pager has 10 pages, more than 9 (MAX_PAGES)"),
    ],
)
def test_page_errors(page: Page, requested_start: int | None, error: str | None) -> None:
    assert find_page_error(page, requested_start, 9) == error
