"""Recommendations of My progress against an independent calculation, without a site."""

from __future__ import annotations

from math import exp, inf, log
from typing import Any

import pytest
from playwright.sync_api import Page

from standin.problems import problems
from tests.support.mine import import_module

RANGES = {"easy": (1 / 2, inf), "moderate": (1 / 6, 1 / 2), "hard": (1 / 30, 1 / 6)}
LIST: list[dict[str, Any]] = [
    {
        "code": entry.code,
        "users": entry.users,
        "points_if_solved": 80 / (41 + entry.users),
        "per_submission": (entry.acceptance or 0) / (41 + entry.users) or None,
        "liked": None if number % 7 == 0 else 50 + number % 50,
        "topics": ["trees"] if number % 3 == 0 else [],
        "families": ["Trees"] if number % 3 < 2 else [],
    }
    for number, entry in enumerate(problems(600))
]
SUGGEST = """([listed, solved, range, options]) => {
    const isSolved = (one) => solved.includes(one.code);
    const level = module.levelOf(listed.filter(isSolved), listed);
    const bounds = module.rangesOf(level)[range];
    const found = module.suggest(listed.filter((one) => !isSolved(one)), bounds, options);
    return { ...found, level, bounds, rows: found.rows.map((one) => one.code) };
}"""


@pytest.fixture(scope="module")
def recommend(static: Page) -> Page:
    return import_module(static, "recommend")


def suggest(page: Page, solved: list[str], range_: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(SUGGEST, [LIST, solved, range_, options])
    return found


def best(solved: list[str], least: float, most: float) -> list[str]:
    """The unsolved and well liked in a range of solvers, best points per submission first."""
    rows = [
        row
        for row in LIST
        if row["code"] not in solved and (row["liked"] or 0) >= 70 and least <= row["users"] < most
    ]
    rows.sort(
        key=lambda row: (-(row["per_submission"] or -1), -row["points_if_solved"], row["code"])
    )
    return [row["code"] for row in rows]


@pytest.mark.parametrize("range_", RANGES)
@pytest.mark.parametrize("number", [3, 10, 40], ids=["few", "ten", "many"])
def test_range_around_level_best_first(number: int, range_: str, recommend: Page) -> None:
    solved = [row["code"] for row in LIST[:: 600 // number]][:number]
    users = sorted(row["users"] for row in LIST if row["code"] in solved)[:10]
    level = exp(sum(log(max(one, 1)) for one in users) / len(users))
    found = suggest(recommend, solved, range_)
    assert found["level"] == pytest.approx(level)
    least, most = (share * level for share in RANGES[range_])
    bounds = [round(least), most if most == inf else round(most)]
    assert found["bounds"] == bounds
    assert not found["widened"]
    assert found["rows"] == best(solved, *bounds)


def test_level_without_solved_problems_is_that_of_the_most_solved(recommend: Page) -> None:
    users = sorted((row["users"] for row in LIST), reverse=True)[:10]
    assert suggest(recommend, [], "easy")["level"] == pytest.approx(exp(sum(map(log, users)) / 10))


def test_empty_range_is_widened(recommend: Page) -> None:
    top = max(LIST, key=lambda row: row["users"])
    others = [row["code"] for row in LIST if row["users"] >= top["users"] / 6]
    found = suggest(recommend, others, "moderate")
    assert found["widened"] == (not best(others, *found["bounds"]))
    assert found["rows"] == best(others, found["least"], found["most"])
    everything = [row["code"] for row in LIST]
    assert suggest(recommend, everything, "hard")["rows"] == []


@pytest.mark.parametrize("topic", ["trees", "Trees"])
def test_topic_or_family(topic: str, recommend: Page) -> None:
    solved = [row["code"] for row in LIST[:5]]
    every = suggest(recommend, solved, "hard")["rows"]
    column = "topics" if topic == "trees" else "families"
    own = {row["code"] for row in LIST if topic in row[column]}
    assert suggest(recommend, solved, "hard", topic=topic)["rows"] == [
        code for code in every if code in own
    ]


def test_less_liked_problems_on_request(recommend: Page) -> None:
    solved = [row["code"] for row in LIST[:5]]
    liked = suggest(recommend, solved, "easy")["rows"]
    every = suggest(recommend, solved, "easy", all=True)["rows"]
    assert [code for code in every if code in liked] == liked
    assert len(every) > len(liked)


def test_fewest_problems_to_a_goal(recommend: Page) -> None:
    run = """([list, goal]) => {
        const { rows, gain } = module.fewest(list, goal);
        return [rows.length, gain];
    }"""
    worth = sorted((row["points_if_solved"] for row in LIST), reverse=True)
    for number in (1, 3, 600):
        goal = sum(worth[:number]) - 1e-6
        assert recommend.evaluate(run, [LIST, goal]) == [number, pytest.approx(sum(worth[:number]))]
    assert recommend.evaluate(run, [LIST, 1e9])[0] == 600
    assert recommend.evaluate(run, [LIST, 0])[0] == 0
