"""Formulas for points and popularity."""

from dataclasses import replace
from pathlib import Path

import pytest

from spojscore_crawler.store.points import band, like_percentage, per_submission, points
from tests.support.commits import A, crawl
from tests.support.databases import rows


@pytest.mark.parametrize(
    ("users", "expected", "name"),
    [
        (0, 2, "a: 1 or more"), (40, 1, "a: 1 or more"), (41, 80 / 81, "b: 0.5 to 1"),
        (120, 0.5, "b: 0.5 to 1"), (121, 80 / 161, "c: 0.1 to 0.5"), (760, 0.1, "c: 0.1 to 0.5"),
        (761, 80 / 801, "d: 0.01 to 0.1"), (7960, 0.01, "d: 0.01 to 0.1"),
        (7961, 80 / 8001, "e: under 0.01"),
    ],
)  # fmt: skip
def test_points_and_bands(users: int, expected: float, name: str) -> None:
    assert (points(users), band(points(users))) == (expected, name)


def test_view_uses_formula(database: Path) -> None:
    crawl(database, 0, A)
    crawl(database, 1, replace(A, users=12))
    past_rows = rows(database, "SELECT score, points_if_solved FROM problem_history ORDER BY day")
    assert [tuple(row.values()) for row in past_rows] == [
        (points(10), points(11)), (points(12), points(13)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("users", "acceptance", "expected"),
    [
        # 60 of 200 submissions accepted: 30%, with or without the prior.
        pytest.param(60, 30.0, 80 / 101 * 0.3, id="prior-acceptance"),
        # 1 of 2 accepted becomes 7 of 22.
        pytest.param(1, 50.0, 80 / 42 * 7 / 22, id="few-submissions"),
        pytest.param(0, 50.0, None, id="no-solvers"),
        pytest.param(5, None, None, id="no-acceptance"),
        pytest.param(5, 0.0, None, id="zero-acceptance"),
    ],
)
def test_per_submission(users: int, acceptance: float | None, expected: float | None) -> None:
    assert per_submission(users, acceptance) == pytest.approx(expected)


@pytest.mark.parametrize(("up", "down"), [(1, 0), (645, 15), (3, 7), (1, 100), (10_000, 1)])
def test_like_percentage_is_lower_end_of_95_percent_interval(up: int, down: int) -> None:
    share, low = up / (up + down), (like_percentage(up, down) or 0) / 100
    deviations = (share - low) / (low * (1 - low) / (up + down)) ** 0.5
    assert deviations == pytest.approx(1.96, abs=1e-4)


def test_like_percentage_without_votes() -> None:
    assert [like_percentage(*votes) for votes in ((0, 0), (None, None))] == [None, None]
    assert [like_percentage(*votes) for votes in ((0, 9), (None, 9))] == [0, 0]
    assert like_percentage(5, None) == like_percentage(5, 0) == pytest.approx(56.55, abs=0.01)
