import re
from dataclasses import replace
from typing import Any

import pytest

from spojscore_crawler import settings
from spojscore_crawler.gate import Limits, findings
from spojscore_crawler.items import Problem
from spojscore_crawler.listing import Listing
from spojscore_crawler.reading import Reading

SIZE = 3
LIMITS = Limits(min_problems=1, min_problems_ratio=0.98, min_users_ratio=0.99)


def problem(number: int) -> Problem:
    return Problem(id=number, code=f"P{number}", name="Name", users=10)


def crawl(*sizes: int, end: int = 6) -> tuple[Reading, list[Problem]]:
    """Pages of so many rows each, and the problems on them."""
    reading = Reading()
    for page, size in enumerate(sizes):
        rows = [problem(page * SIZE + n) for n in range(size)]
        reading.pages[page * SIZE] = Listing(list(rows), end, page * SIZE)
    reading.planned = range(0, 7, SIZE)
    return reading, problems_of(reading)


def problems_of(reading: Reading) -> list[Problem]:
    rows = [row for page in reading.pages.values() for row in page.rows]
    return [row for row in rows if isinstance(row, Problem)]


def said(reading: Reading, problems: list[Problem]) -> list[tuple[str, str]]:
    return [(f.name, f.sentence) for f in findings(reading, problems, {}, LIMITS)]


@pytest.mark.parametrize("last", [1, 2, 3])
def test_a_whole_list(last: int) -> None:
    assert said(*crawl(3, 3, last)) == []


@pytest.mark.parametrize(
    ("sizes", "end", "finding"),
    [
        ((3, 3), 6, ("missing pages", "1 of 3 pages were not read, start=6 first")),
        ((3, 2, 3), 6, ("short pages", "1 pages are short, start=3 first: 2 of 3 rows")),
        ((2, 1, 3), 6, ("short pages", "2 pages are short, start=0 first: 2 of 3 rows")),
        ((3, 3, 3), 9, ("grown", "the list grew while it was read, to start=9")),
        ((3, 3, 3), 3, ("shrunk", "the list shrank while it was read, to start=3")),
    ],
)
def test_what_keeps_a_list_from_being_whole(
    sizes: tuple[int, ...], end: int, finding: tuple[str, str]
) -> None:
    assert said(*crawl(*sizes, end=end)) == [finding]


def test_a_page_that_is_another() -> None:
    reading, problems = crawl(3, 3, 3)
    reading.pages[3] = replace(reading.pages[3], start=0)
    assert said(reading, problems) == [("other pages", "start=3 was answered with start=0")]


def test_a_list_that_kept_shifting() -> None:
    reading, problems = crawl(3, 3, 3)
    reading.shifted = True
    assert said(reading, problems) == [("shifted", "the list kept shifting while it was read")]


def test_a_problem_that_got_lost_on_the_way() -> None:
    reading, problems = crawl(3, 3, 3)
    assert said(reading, problems[1:]) == [
        ("lost rows", "9 rows were read, but 8 problems came of them")
    ]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"id": 0}, ("double ids", "1 ids stand in the list twice, 0 first")),
        ({"code": "P0"}, ("double codes", "1 codes stand in the list twice, P0 first")),
        ({"id": 99}, ("order", "the list is not sorted by id (sort=0): 5 stands after 99")),
    ],
)
def test_codes_and_ids(change: dict[str, Any], finding: tuple[str, str]) -> None:
    reading, problems = crawl(3, 3, 3)
    reading.pages[3].rows[1] = replace(problems[4], **change)
    assert said(reading, problems_of(reading)) == [finding]


NINE = crawl(3, 3, 3)


@pytest.mark.parametrize(
    ("before", "limits", "finding"),
    [
        ({}, {"min_problems": 9}, None),
        (
            {},
            {"min_problems": 10},
            ("first crawl", "9 problems are fewer than a first crawl's 10 (MIN_PROBLEMS)", 10),
        ),
        (dict.fromkeys(range(10), 9), {"min_problems_ratio": 0.9}, None),
        (
            dict.fromkeys(range(10), 9),
            {"min_problems_ratio": 0.91},
            (
                "problems",
                "9 problems are fewer than 91 % of the last crawl's 10 (MIN_PROBLEMS_RATIO)",
                0.91,
            ),
        ),
        ({1: 100}, {"min_users_ratio": 0.9}, None),
        (
            {1: 101},
            {"min_users_ratio": 0.9},
            (
                "users",
                "90 users are fewer than 90 % of the last crawl's 101 (MIN_USERS_RATIO)",
                0.9,
            ),
        ),
    ],
)
def test_what_a_crawl_is_held_against(
    before: dict[int, int], limits: dict[str, float], finding: tuple[str, str, float] | None
) -> None:
    found = findings(*NINE, before, replace(LIMITS, **limits))  # type: ignore[arg-type]
    assert [(f.name, f.sentence, f.limit) for f in found] == ([finding] if finding else [])
    assert all(f.acceptable for f in found)


def test_what_a_person_can_accept() -> None:
    accepting = replace(LIMITS, min_problems=10, accept=True)
    reading, problems = NINE
    fewer = findings(reading, problems, {}, accepting)
    assert accepting.allow([])
    assert accepting.allow(fewer)
    assert not replace(accepting, accept=False).allow(fewer)
    lost = findings(reading, problems[1:], {}, accepting)
    assert [finding.name for finding in lost] == ["lost rows"]
    assert not accepting.allow(lost)


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
