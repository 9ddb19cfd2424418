"""Recommendations of My progress, by the module in a real browser."""

from math import inf
from typing import Any

import pytest
from playwright.sync_api import Page

# Code, solvers, points per submission, percent who like it, topic, family.
PROBLEMS = [
    ("MANY", 300, 9.0, 99, "trees", "Graphs"),
    ("BEST", 100, 0.9, 70, "trees", "Graphs"),
    ("TIE2", 200, 0.5, 80, "", ""),
    ("TIE1", 200, 0.5, 80, "", ""),
    ("RARE", 150, 0.5, 80, "trees", ""),
    ("DULL", 120, 0.8, 69, "", ""),
    ("NEW", 130, None, 90, "", "Graphs"),
    ("FEW", 99, 9.0, 99, "", ""),
]
LIST: list[dict[str, Any]] = [
    {
        "code": code, "users": users, "points_if_solved": 80 / (41 + users),
        "per_submission": per_submission, "liked": liked, "topics": [topic], "families": [family],
    }
    for code, users, per_submission, liked, topic, family in PROBLEMS
]  # fmt: skip


def call(page: Page, function: str, *arguments: Any) -> Any:
    """Call a function of recommend.js."""
    script = "async ([name, values]) => (await import('/static/recommend.js'))[name](...values)"
    return page.evaluate(script, [function, arguments])


def codes(rows: list[dict[str, Any]]) -> str:
    return " ".join(row["code"] for row in rows)


@pytest.mark.parametrize(
    ("solved", "all_users", "level"),
    [
        pytest.param([900, 100], [], 300, id="geometric-mean"),
        pytest.param([9000] * 9 + [70] * 10, [], 70, id="ten-rarest"),
        pytest.param([], [5] * 9 + [7000] * 10, 7000, id="most-solved-without-any"),
        pytest.param([0, 100], [], 10, id="no-solvers-count-as-one"),
    ],
)
def test_level(solved: list[int], all_users: list[int], level: float, modules: Page) -> None:
    values = ([{"users": users} for users in numbers] for numbers in (solved, all_users))
    assert call(modules, "estimateLevel", *values) == pytest.approx(level)


def test_ranges_around_level(modules: Page) -> None:
    ranges = {"easy": [300, inf], "moderate": [100, 300], "hard": [20, 100]}
    assert call(modules, "getRanges", 600) == ranges


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, "BEST RARE TIE1 TIE2 NEW", id="best-first"),
        pytest.param({"includeLessLiked": True}, "BEST DULL RARE TIE1 TIE2 NEW", id="less-liked"),
        pytest.param({"topic": "trees"}, "BEST RARE", id="topic"),
        pytest.param({"topic": "Graphs"}, "BEST NEW", id="family"),
    ],
)
def test_suggestions(options: dict[str, Any], expected: str, modules: Page) -> None:
    result = call(modules, "suggest", LIST, [100, 300], options)
    assert codes(result.pop("rows")) == expected
    assert result == {"min": 100, "max": 300, "isWidened": False}


def test_empty_range_is_widened(modules: Page) -> None:
    result = call(modules, "suggest", LIST, [1200, 2400])
    assert codes(result.pop("rows")) == "MANY"
    assert result == {"min": 300, "max": 9600, "isWidened": True}
    assert call(modules, "suggest", [], [1200, 2400])["rows"] == []


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (0, ""),
        (0.5, "FEW"),
        (0.6, "FEW BEST"),
        (1.5, "FEW BEST DULL"),
        (2.6, "FEW BEST DULL NEW RARE TIE1"),
        (1e9, "FEW BEST DULL NEW RARE TIE1 TIE2 MANY"),
    ],
)
def test_smallest_set_to_a_goal(goal: float, expected: str, modules: Page) -> None:
    result = call(modules, "findSmallestSet", LIST, goal)
    assert codes(result["rows"]) == expected
    gains = [row["points_if_solved"] for row in result["rows"]]
    assert result["gain"] == pytest.approx(sum(gains))
