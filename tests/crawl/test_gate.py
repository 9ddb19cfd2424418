import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from spojscore_crawler import settings
from spojscore_crawler.gate import Crawl, Limits, Verdict, judge, page_fault
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store.state import LastList

SIZE = 3
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
LAST = LastList(0, 0, YESTERDAY)
LIMITS = Limits(min_problems=1, min_problems_ratio=0.98, min_users_ratio=0.99)


def problem(number: int) -> Problem:
    return Problem(id=number, code=f"P{number}", name="Name", users=10)


def crawl(*sizes: int, problems: list[Problem] | None = None) -> Crawl:
    """Pages of so many rows each; the first and the last are read twice."""
    listed = problems or [
        problem(page * SIZE + n) for page, size in enumerate(sizes) for n in range(size)
    ]
    left, pages = list(listed), []
    end = (len(sizes) - 1) * SIZE
    for page, size in enumerate(sizes):
        keys = tuple((each.id, each.code) for each in left[:size])
        pages.append(Page(page * SIZE, end, keys))
        del left[:size]
    return Crawl([*pages, pages[-1], pages[0]], listed, LAST, LIMITS, began=NOW, now=NOW)


@pytest.mark.parametrize("last", [1, 2, 3])
def test_a_whole_list(last: int) -> None:
    whole = crawl(3, 3, last)
    assert whole.fenced
    assert judge(whole) == Verdict(True, {})


def test_a_missing_page() -> None:
    whole = crawl(3, 3, 3)
    part = replace(
        whole, pages=[page for page in whole.pages if page.start != SIZE],
        problems=[*whole.problems[:3], *whole.problems[6:]],
    )  # fmt: skip
    assert judge(part) == Verdict(
        False, {"missing_pages": "1 of 3 pages are missing, the first is sort=0,start=3"}
    )


def test_no_page_at_all() -> None:
    nothing = Crawl([], [], None, LIMITS, began=NOW, now=NOW)
    assert judge(nothing).findings == {"missing_pages": "no page was read, see the log"}


def test_pages_that_name_another_end() -> None:
    whole = crawl(3, 3, 3)
    grown = replace(whole.pages[1], end=9)
    found = judge(replace(whole, pages=[whole.pages[0], grown, *whole.pages[2:]]))
    assert not found.fit
    assert found.findings["other_ends"] == (
        "the list grew or shrank while it was read: its last page is start=6 and start=9"
    )


@pytest.mark.parametrize("number", [3, 4])
def test_a_page_that_names_other_problems_when_it_is_read_again(number: int) -> None:
    whole = crawl(3, 3, 3)
    pages = list(whole.pages)
    pages[number] = replace(pages[number], keys=((1, "ELSE"), *pages[number].keys[1:]))
    start = pages[number].start
    assert judge(replace(whole, pages=pages)) == Verdict(False, {
        "shifted": f"the list shifted while it was read: start={start} names other problems now"
    })  # fmt: skip


def test_pages_read_once_are_not_fenced() -> None:
    whole = crawl(3, 3, 3)
    once = read(replace(whole, pages=whole.pages[:3]), NOW)
    assert not once.fenced
    assert judge(once).fit


def test_pages_that_the_crawler_asked_for_must_be_fenced() -> None:
    whole = crawl(3, 3, 3)
    for pages in (whole.pages[:3], whole.pages[:4]):
        assert judge(replace(whole, pages=pages)) == Verdict(False, {
            "unfenced": "the first and the last page were not read again in the end"
        })  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "fenced"),
    [
        # of the pages 0, 3, 6, and of 6 and 0 again
        ((0, 2, 1, 3, 4), True),
        ((0, 1, 2, 3, 4), False),  # the last page only after the one between
        ((1, 3, 2, 4, 0), False),  # the first page only before it
        ((0, 5, 1, 3, 4), False),  # the one between only after the fence
    ],
)
def test_saved_pages_are_fenced_by_their_times(minutes: tuple[int, ...], fenced: bool) -> None:
    timed = read(crawl(3, 3, 3), *(NOW - timedelta(minutes=9 - minute) for minute in minutes))
    assert timed.fenced is fenced
    assert judge(timed).fit


def test_a_problem_that_got_lost_on_the_way() -> None:
    whole = crawl(3, 3, 3)
    lost = replace(whole, problems=whole.problems[1:], limits=replace(LIMITS, accept=True))
    assert judge(lost) == Verdict(False, {"lost_rows": "9 rows were read, but 8 became problems"})


@pytest.mark.parametrize(
    ("change", "rule", "sentence"),
    [
        ({"id": 3}, "double_ids", "the id 3 stands in the list twice"),
        ({"code": "P0"}, "double_codes", "the code P0 stands in the list twice"),
        ({"id": 99}, "not_ascending",
         "the list is not sorted by id (sort=0): 5 stands after 99"),
    ],
)  # fmt: skip
def test_codes_and_ids(change: dict[str, Any], rule: str, sentence: str) -> None:
    problems = [problem(n) for n in range(9)]
    problems[4] = replace(problems[4], **change)
    assert judge(crawl(3, 3, 3, problems=problems)).findings == {rule: sentence}


def read(whole: Crawl, *moments: datetime) -> Crawl:
    """The crawl with its pages read at these moments."""
    times = [*moments, *([moments[-1]] * len(whole.pages))]
    return replace(
        whole,
        pages=[replace(page, read=time) for page, time in zip(whole.pages, times, strict=False)],
    )


@pytest.mark.parametrize(
    ("moments", "rule", "sentence"),
    [
        ([NOW], None, ""),
        ([YESTERDAY], None, ""),
        ([YESTERDAY, NOW], "of_two_days",
         "the pages are of two days, 2026-03-01 and 2026-03-02; -a day= says which one counts"),
        ([NOW + timedelta(minutes=4)], None, ""),
        ([NOW + timedelta(minutes=6)], "in_the_future",
         "the pages are of 2026-03-02 12:06 UTC, but by this machine's clock it is "
         "2026-03-02 12:00 UTC"),
        ([YESTERDAY - timedelta(hours=1)], "before_the_last_crawl",
         "the pages are of 2026-03-01 11:00 UTC, before the last crawl's, 2026-03-01 12:00 UTC"),
    ],
)  # fmt: skip
def test_the_day_of_pages_that_were_saved(
    moments: list[datetime], rule: str | None, sentence: str
) -> None:
    dated = read(crawl(3, 3, 3), *moments)
    accepting = replace(dated, limits=replace(LIMITS, accept=True))
    assert judge(accepting) == Verdict(not rule, {rule: sentence} if rule else {})
    assert (dated.times[0], dated.times[-1]) == (moments[0], moments[-1])


@pytest.mark.parametrize(
    ("day", "rule"),
    [(NOW, None), (YESTERDAY, None), (YESTERDAY - timedelta(days=1), "before_the_last_crawl")],
)
def test_a_day_that_was_given(day: datetime, rule: str | None) -> None:
    """It may be that of the last crawl, at whatever hour that was."""
    whole = read(crawl(3, 3, 3), NOW - timedelta(days=9), NOW)
    given = replace(whole, pages=[replace(page, day=day.date()) for page in whole.pages])
    assert [*judge(given).findings] == ([rule] if rule else [])
    assert given.times == [datetime.combine(day.date(), time(), UTC)]


def test_where_the_pages_came_from() -> None:
    whole = crawl(3, 3, 3)
    pages = [replace(page, source="browser") for page in whole.pages]
    assert replace(whole, pages=pages).source == "browser"
    assert replace(whole, pages=pages[:-1]).source == "browser, not fenced"


FIRST = Page(0, 6, ((1, "A"), (2, "B"), (3, "C")))


@pytest.mark.parametrize(
    ("page", "asked", "fault"),
    [
        (FIRST, 0, None),
        (Page(6, 6, ((9, "Z"),)), 6, None),
        (Page(6, 9, FIRST.keys), 6, None),  # the gate looks at the whole
        (Page(3, 6, FIRST.keys), 6, "start=6 was answered with start=3"),
        (Page(3, 6, FIRST.keys[:2]), 3, "2 rows instead of 3"),
        (Page(6, 6, (*FIRST.keys, (4, "D"))), 6, "4 rows instead of 3"),
        (replace(FIRST, end=None), 0, "no pager"),
        (replace(FIRST, start=None), 0, "the pager does not tell which page it is"),
        (replace(FIRST, end=7), 0,
         "the pager ends at 7, which is no multiple of the page's 3 rows"),
    ],
)  # fmt: skip
def test_a_page_that_came_back_wrong(page: Page, asked: int, fault: str | None) -> None:
    assert page_fault(page, asked, FIRST) == fault


@pytest.mark.parametrize(
    ("before", "limits", "findings"),
    [
        (None, {"min_problems": 9}, {}),
        (None, {"min_problems": 10}, {
            "few_on_a_first_crawl": "9 problems are fewer than a first crawl's 10 (MIN_PROBLEMS)"
        }),
        (LastList(10, 90, YESTERDAY), {"min_problems_ratio": 0.9}, {}),
        (LastList(10, 90, YESTERDAY), {"min_problems_ratio": 0.91}, {
            "few_problems":
            "9 problems are fewer than 91 % of the last crawl's 10 (MIN_PROBLEMS_RATIO)"
        }),
        (LastList(1, 100, YESTERDAY), {"min_users_ratio": 0.9}, {}),
        (LastList(1, 101, YESTERDAY), {"min_users_ratio": 0.9}, {
            "few_users": "90 users are fewer than 90 % of the last crawl's 101 (MIN_USERS_RATIO)"
        }),
    ],
)  # fmt: skip
def test_what_a_crawl_is_held_against(
    before: LastList | None, limits: dict[str, Any], findings: dict[str, str]
) -> None:
    held = replace(crawl(3, 3, 3), before=before, limits=replace(LIMITS, **limits))
    assert judge(held) == Verdict(not findings, findings)
    accepted = replace(held, limits=replace(LIMITS, **limits, accept=True))
    assert judge(accepted) == Verdict(True, findings)


DEFAULTS = {name: getattr(settings, name) for name in dir(settings)}


def test_limits_as_they_come() -> None:
    assert Limits.read(DEFAULTS) == Limits(1000, 0.98, 0.99, accept=False)
    assert Limits.read(DEFAULTS | {"GATE": "accept", "MIN_PROBLEMS": "7"}) == Limits(
        7, 0.98, 0.99, accept=True
    )


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("GATE", "open", "GATE is 'open', not 'accept'"),
        ("MIN_PROBLEMS", "many", "MIN_PROBLEMS is 'many', not a number from 0 to 1000000"),
        ("MIN_PROBLEMS_RATIO", "98", "MIN_PROBLEMS_RATIO is '98', not a number from 0 to 1"),
        ("MIN_USERS_RATIO", "nan", "MIN_USERS_RATIO is 'nan', not a number from 0 to 1"),
        ("MIN_USERS_RATIO", None, "MIN_USERS_RATIO is None, not a number from 0 to 1"),
    ],
)
def test_limits_that_are_none(setting: str, value: str | None, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        Limits.read(DEFAULTS | {setting: value})
