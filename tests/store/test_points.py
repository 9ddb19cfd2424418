"""What a problem is worth, and how well its voters like it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spojscore_crawler.store.points import band, liked, per_submission, points
from tests.support.commits import A, B, crawl
from tests.support.databases import rows


def test_points() -> None:
    assert [points(n) for n in (0, 40, 120, 760, 7960)] == [2, 1, 0.5, 0.1, 0.01]


def test_view_uses_formula(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, replace(A, users=12))
    past = rows(database, "SELECT users, score, points_if_solved FROM problem_history")
    assert {row["users"] for row in past} == {10, 12, 20, None}
    for row in past:
        if row["users"] is not None:
            expected = (points(row["users"]), points(row["users"] + 1))
            assert (row["score"], row["points_if_solved"]) == expected


@pytest.mark.parametrize(
    ("users", "name"),
    [
        (0, "a: 1 or more"), (40, "a: 1 or more"), (41, "b: 0.5 to 1"), (120, "b: 0.5 to 1"),
        (121, "c: 0.1 to 0.5"), (760, "c: 0.1 to 0.5"), (761, "d: 0.01 to 0.1"),
        (7960, "d: 0.01 to 0.1"), (7961, "e: under 0.01"), (221566, "e: under 0.01"),
    ],
)  # fmt: skip
def test_band_edges(users: int, name: str) -> None:
    assert band(points(users)) == name


@pytest.mark.parametrize(
    ("users", "acceptance", "expected"),
    [
        # 60 of 200 submissions accepted: 30%, with or without the prior.
        pytest.param(60, 30.0, 80 / 101 * 0.3, id="prior-acceptance"),
        # 1 of 2 accepted becomes 7 of 22.
        pytest.param(1, 50.0, 80 / 42 * 7 / 22, id="few-submissions"),
        # 1 of 1 accepted becomes 7 of 21.
        pytest.param(1, 100.0, 80 / 42 * 7 / 21, id="all-accepted"),
        pytest.param(0, 50.0, None, id="no-solvers"),
        pytest.param(5, None, None, id="no-acceptance"),
        pytest.param(5, 0.0, None, id="zero-acceptance"),
    ],
)
def test_per_submission(users: int, acceptance: float | None, expected: float | None) -> None:
    assert per_submission(users, acceptance) == pytest.approx(expected)


@pytest.mark.parametrize(("up", "down"), [(1, 0), (645, 15), (3, 7), (1, 100), (10_000, 1)])
def test_liked_is_lower_end_of_95_percent_interval(up: int, down: int) -> None:
    share, low = up / (up + down), (liked(up, down) or 0) / 100
    deviations = (share - low) / (low * (1 - low) / (up + down)) ** 0.5
    assert deviations == pytest.approx(1.96, abs=1e-4)


def test_liked_without_votes() -> None:
    assert [liked(0, 0), liked(None, None)] == [None, None]
    assert [liked(0, 9), liked(None, 9)] == [0, 0]
    assert liked(5, None) == liked(5, 0) == pytest.approx(56.55, abs=0.01)
