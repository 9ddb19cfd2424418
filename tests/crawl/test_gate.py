from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spojscore_crawler.gate import Crawl, judge, page_fault
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store.state import LastList

SIZE = 3
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
LAST = LastList(0, 0, YESTERDAY, {})
LIMITS = {
    "MIN_PROBLEMS": 1, "MIN_PROBLEMS_RATIO": 0.98, "MIN_USERS_RATIO": 0.99,
    "MAX_RENAMED_RATIO": 0.05, "MAX_PAGES": 9,
}  # fmt: skip


def problem(number: int) -> Problem:
    return Problem(id=number, code=f"P{number}", name=f"Name {number}", users=10)


def crawl(*sizes: int, problems: list[Problem] | None = None) -> Crawl:
    """Pages with these numbers of rows; the first and last are read twice."""
    listed = problems or [
        problem(page * SIZE + n) for page, size in enumerate(sizes) for n in range(size)
    ]
    left, pages = list(listed), []
    end = (len(sizes) - 1) * SIZE
    for page, size in enumerate(sizes):
        keys = tuple((each.id, each.code) for each in left[:size])
        pages.append(Page(page * SIZE, end, keys))
        del left[:size]
    return Crawl([*pages, pages[-1], pages[0]], listed, LAST, LIMITS, started=NOW, now=NOW)


def save(whole: Crawl, *moments: datetime) -> Crawl:
    """The crawl with its pages saved at `moments`, the remaining ones at the last of them."""
    times = [*moments, *([moments[-1]] * len(whole.pages))]
    pages = [replace(page, read=time) for page, time in zip(whole.pages, times, strict=False)]
    return replace(whole, pages=pages)


def violations(crawl: Crawl) -> set[str]:
    return {*judge(crawl)[0]}


COMPLETE = crawl(3, 3, 3)
FIRST, MIDDLE, LAST_PAGE, *FENCE = COMPLETE.pages


@pytest.mark.parametrize("last", [1, 2, 3])
def test_whole_list(last: int) -> None:
    assert violations(crawl(3, 3, last)) == set()


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        pytest.param({"pages": [], "problems": []}, {"missing_pages"}, id="no-page"),
        pytest.param(
            {"pages": [FIRST, LAST_PAGE, *FENCE], "problems": COMPLETE.problems[:6]},
            {"missing_pages"}, id="page-missing",
        ),
        pytest.param(
            {"pages": [FIRST, replace(MIDDLE, end=3), LAST_PAGE, *FENCE]},
            {"last_page_changed"}, id="other-end",
        ),
        pytest.param({"pages": [FIRST, MIDDLE, LAST_PAGE]}, {"no_fence"}, id="no-fence"),
        pytest.param({"pages": COMPLETE.pages[:4]}, {"no_fence"}, id="half-a-fence"),
        pytest.param({"problems": COMPLETE.problems[1:]}, {"lost_rows"}, id="problem-missing"),
        pytest.param(
            {"problems": [*COMPLETE.problems, problem(99)]}, {"lost_rows"}, id="problem-too-many"
        ),
    ],
)  # fmt: skip
def test_incomplete_list(change: dict[str, Any], rules: set[str]) -> None:
    assert violations(replace(COMPLETE, **change)) == rules
    assert judge(replace(COMPLETE, **change))[1] is False  # whatever GATE says


@pytest.mark.parametrize("number", [3, 4])
def test_shifted_list(number: int) -> None:
    pages = list(COMPLETE.pages)
    pages[number] = replace(pages[number], keys=((1, "ELSE"), *pages[number].keys[1:]))
    assert violations(replace(COMPLETE, pages=pages)) == {"list_shifted"}


def test_saved_pages_may_be_unfenced() -> None:
    once = save(replace(COMPLETE, pages=COMPLETE.pages[:3]), NOW)
    assert violations(once) == set()
    assert (once.is_fenced, COMPLETE.is_fenced) == (False, True)


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        pytest.param({"id": 3}, {"not_ascending"}, id="id-twice"),
        pytest.param({"id": 99}, {"not_ascending"}, id="ids-out-of-order"),
        pytest.param({"code": "P0"}, {"duplicate_codes"}, id="code-twice"),
    ],
)
def test_codes_and_ids(change: dict[str, Any], rules: set[str]) -> None:
    problems = [problem(n) for n in range(9)]
    problems[4] = replace(problems[4], **change)
    assert violations(crawl(3, 3, 3, problems=problems)) == rules


@pytest.mark.parametrize(
    ("moments", "rules"),
    [
        pytest.param([NOW], set(), id="today"),
        pytest.param([YESTERDAY], set(), id="at-the-last-crawl"),
        pytest.param([YESTERDAY, NOW], {"spans_two_days"}, id="two-days"),
        pytest.param([NOW + timedelta(minutes=4)], set(), id="clock-skew"),
        pytest.param([NOW + timedelta(minutes=6)], {"in_the_future"}, id="future"),
        pytest.param([YESTERDAY - timedelta(hours=1)], {"before_last_crawl"}, id="too-old"),
    ],
)
def test_times_of_saved_pages(moments: list[datetime], rules: set[str]) -> None:
    dated = save(COMPLETE, *moments)
    assert judge(dated) == (judge(dated)[0], not rules)
    assert violations(dated) == rules
    assert (dated.times[0], dated.times[-1]) == (moments[0], moments[-1])


def test_crawl_past_midnight_belongs_to_the_day_it_began() -> None:
    before, after = NOW.replace(hour=23, minute=59), NOW + timedelta(hours=13)
    late = replace(COMPLETE, started=before, now=after)
    assert violations(late) == set()
    assert late.times == [before, after]


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        pytest.param(NOW, set(), id="today"),
        pytest.param(YESTERDAY, set(), id="day-of-the-last-crawl"),
        pytest.param(YESTERDAY - timedelta(days=1), {"before_last_crawl"}, id="too-old"),
    ],
)
def test_day_argument(day: datetime, rules: set[str]) -> None:
    pages = save(COMPLETE, NOW - timedelta(days=9), NOW).pages
    dated = replace(COMPLETE, pages=[replace(page, day=day.date()) for page in pages])
    assert violations(dated) == rules
    assert dated.times == [day.replace(hour=0)]


@pytest.mark.parametrize(
    ("last", "limits", "rules"),
    [
        pytest.param(None, {"MIN_PROBLEMS": 9}, set(), id="first-list"),
        pytest.param(None, {"MIN_PROBLEMS": 10}, {"too_few_problems"}, id="short-first-list"),
        pytest.param({"problems": 10}, {"MIN_PROBLEMS_RATIO": 0.9}, set(), id="90-percent"),
        pytest.param(
            {"problems": 10}, {"MIN_PROBLEMS_RATIO": 0.91}, {"too_few_problems"}, id="problems"
        ),
        pytest.param({"users": 100}, {"MIN_USERS_RATIO": 0.9}, set(), id="90-percent-of-users"),
        pytest.param({"users": 101}, {"MIN_USERS_RATIO": 0.9}, {"too_few_users"}, id="users"),
        # `names` counts the changed names among the five problems in both lists.
        pytest.param({"names": 1}, {"MAX_RENAMED_RATIO": 0.2}, set(), id="one-of-five-names"),
        pytest.param(
            {"names": 2}, {"MAX_RENAMED_RATIO": 0.3}, {"too_many_renamed"}, id="two-of-five-names"
        ),
    ],
)
def test_implausible_lists(
    last: dict[str, int] | None, limits: dict[str, float], rules: set[str]
) -> None:
    before = None
    if last is not None:
        names = {n: "Renamed" if n < last.get("names", 0) else f"Name {n}" for n in range(5)}
        names |= {100: "Delisted"}
        before = LastList(last.get("problems", 1), last.get("users", 1), YESTERDAY, names)
    violations, overridable = judge(replace(COMPLETE, last=before, limits=LIMITS | limits))
    assert ({*violations}, overridable) == (rules, True)


def test_messages() -> None:
    problems = [problem(99 if n == 4 else n) for n in range(9)]
    pages = [page for page in COMPLETE.pages if page.start]
    last = LastList(10, 200, YESTERDAY, dict.fromkeys(range(9), "Name"))
    crawls = [
        crawl(3, 3, 3, problems=problems),
        replace(COMPLETE, pages=pages),
        replace(COMPLETE, last=last),
    ]
    assert [message for each in crawls for message in judge(each)[0].values()] == [
        "the list is not sorted by id (sort=0): 5 comes after 99",
        "1 of 3 pages are missing, the first at start=0",
        "the first and last pages were not read again at the end",
        "6 rows were read, but 9 problems arrived",
        "9 problems, fewer than 98% of the last crawl's 10 (MIN_PROBLEMS_RATIO)",
        "90 users, fewer than 99% of the last crawl's 200 (MIN_USERS_RATIO)",
        "9 of 9 names changed, more than 5% (MAX_RENAMED_RATIO), such as to 'Name 0'",
    ]


PAGE = Page(0, 6, ((1, "A"), (2, "B"), (3, "C")), SIZE)


@pytest.mark.parametrize(
    ("page", "requested", "fault"),
    [
        (PAGE, 0, None),
        (PAGE, None, None),
        (Page(6, 6, ((9, "Z"),), SIZE), 6, None),
        (Page(0, 0, PAGE.keys), 0, None),
        (Page(3, 6, PAGE.keys, SIZE), 6, "start=6 returned the page start=3"),
        (Page(3, 6, PAGE.keys[:2], SIZE), 3, "2 rows instead of 3"),
        (Page(6, 6, (*PAGE.keys, (4, "D")), SIZE), 6, "4 rows instead of 3"),
        (replace(PAGE, end=None), 0, "no pager"),
        (replace(PAGE, start=None), 0, "the pager does not say which page it is"),
        (replace(PAGE, end=27), 0, "the pager has 10 pages, more than 9 (MAX_PAGES)"),
        (replace(PAGE, end=24), 0, None),
    ],
)
def test_page_fault(page: Page, requested: int | None, fault: str | None) -> None:
    assert page_fault(page, requested, 9) == fault
