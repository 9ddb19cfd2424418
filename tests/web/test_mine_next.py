"""Recommendations of My progress against an independent calculation, without a site."""

from __future__ import annotations

from math import exp, inf, log, prod
from typing import Any

import pytest
from playwright.sync_api import Page

from standin.problems import problems

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
SUGGEST = """async ([listed, solved, range, options]) => {
    const { estimateLevel, getRanges, suggest } = await import("/static/recommend.js");
    const isSolved = (one) => solved.includes(one.code);
    const level = estimateLevel(listed.filter(isSolved), listed);
    const bounds = getRanges(level)[range];
    const result = suggest(listed.filter((one) => !isSolved(one)), bounds, options);
    return { ...result, level, bounds, rows: result.rows.map((one) => one.code) };
}"""
FEWEST = """async ([listed, goal]) => {
    const { rows, gain } = (await import("/static/recommend.js")).smallestSet(listed, goal);
    return [rows.map((one) => one.code), gain];
}"""


def suggest(page: Page, solved: list[str], range_: str, **options: Any) -> dict[str, Any]:
    result: dict[str, Any] = page.evaluate(SUGGEST, [LIST, solved, range_, options])
    return result


def expected_codes(
    solved: list[str], bounds: list[float], topic: str = "", min_liked: int = 70
) -> list[str]:
    """Unsolved problems in a range of solvers, best points per submission first."""
    rows = [
        row
        for row in LIST
        if row["code"] not in solved and bounds[0] <= row["users"] < bounds[1]
        if (row["liked"] or 0) >= min_liked
        if not topic or topic in row["topics"] + row["families"]
    ]
    rows.sort(key=lambda row: (-(row["per_submission"] or -1), row["users"], row["code"]))
    return [row["code"] for row in rows]


@pytest.mark.parametrize("range_", RANGES)
@pytest.mark.parametrize("number", [3, 10, 40])
def test_range_around_level_best_first(number: int, range_: str, modules: Page) -> None:
    solved = [row["code"] for row in LIST[:: 600 // number]][:number]
    users = sorted(row["users"] for row in LIST if row["code"] in solved)[:10]
    level = exp(sum(log(max(one, 1)) for one in users) / len(users))
    result = suggest(modules, solved, range_)
    assert result["level"] == pytest.approx(level)
    least, most = (share * level for share in RANGES[range_])
    bounds = [round(least), most if most == inf else round(most)]
    assert result["bounds"] == bounds
    assert not result["isWidened"]
    assert result["rows"] == expected_codes(solved, bounds)


def test_level_without_solved_problems_uses_most_solved(modules: Page) -> None:
    users = sorted((row["users"] for row in LIST), reverse=True)[:10]
    assert suggest(modules, [], "easy")["level"] == pytest.approx(prod(users) ** 0.1)


def test_problem_without_solvers_counts_as_one_solver(modules: Page) -> None:
    rows = [{"code": "NEW", "users": 0}, {"code": "OLD", "users": 100}]
    level = "async (rows) => (await import('/static/recommend.js')).estimateLevel(rows, rows)"
    assert modules.evaluate(level, rows) == pytest.approx(10)


def test_ties_are_in_order_of_gain_and_code(modules: Page) -> None:
    listed = [
        {"code": code, "users": 9, "points_if_solved": gain, "per_submission": 1}
        for code, gain in (("B", 1), ("C", 2), ("A", 1))
    ]
    result = modules.evaluate(SUGGEST, [listed, [], "easy", {"includeLessLiked": True}])
    assert result["rows"] == ["C", "A", "B"]
    assert modules.evaluate(FEWEST, [listed, 9]) == [["C", "A", "B"], 4]


def test_empty_range_is_widened(modules: Page) -> None:
    widen = """async (listed) => (await import("/static/recommend.js"))
        .suggest(listed, [400, 800], { includeLessLiked: true })"""
    rows = [{"code": "OLD", "users": 100}]
    expected = {"rows": rows, "min": 100, "max": 3200, "isWidened": True}
    assert modules.evaluate(widen, rows) == expected
    assert modules.evaluate(widen, [])["rows"] == []


@pytest.mark.parametrize("topic", ["trees", "Trees"], ids=["topic", "family"])
def test_topic_or_family(topic: str, modules: Page) -> None:
    result = suggest(modules, [], "hard", topic=topic)
    assert result["rows"] == expected_codes([], result["bounds"], topic) != []


def test_less_liked_problems_on_request(modules: Page) -> None:
    result = suggest(modules, [], "easy", includeLessLiked=True)
    assert result["rows"] == expected_codes([], result["bounds"], min_liked=0)
    assert result["rows"] != expected_codes([], result["bounds"])


def test_fewest_problems_to_a_goal(modules: Page) -> None:
    rows = sorted(LIST, key=lambda row: (row["users"], row["code"]))
    for number in (0, 1, 3, 600):
        gain = sum(row["points_if_solved"] for row in rows[:number])
        codes = [row["code"] for row in rows[:number]]
        assert modules.evaluate(FEWEST, [LIST, gain - 1e-6]) == [codes, pytest.approx(gain)]
    assert modules.evaluate(FEWEST, [LIST, 1e9]) == [codes, pytest.approx(gain)]
