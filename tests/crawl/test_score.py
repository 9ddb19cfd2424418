import logging

import pytest

from spojscore_crawler.items import Problem
from spojscore_crawler.pipelines.score import ScorePipeline
from spojscore_crawler.store.points import band, liked, points


def problem(users: int, value: float | None = None) -> Problem:
    return Problem(id=1, code="TEST", name="Test", users=users, value=value)


def test_points() -> None:
    assert [points(n) for n in (0, 40, 120, 760, 7960)] == [2, 1, 0.5, 0.1, 0.01]


@pytest.mark.parametrize(
    ("users", "name"),
    [
        (0, "a: 1 or more"), (40, "a: 1 or more"), (41, "b: 0.5 to 1"), (120, "b: 0.5 to 1"),
        (121, "c: 0.1 to 0.5"), (760, "c: 0.1 to 0.5"), (761, "d: 0.01 to 0.1"),
        (7960, "d: 0.01 to 0.1"), (7961, "e: under 0.01"), (221566, "e: under 0.01"),
    ],
)  # fmt: skip
def test_edges_of_the_bands(users: int, name: str) -> None:
    assert band(points(users)) == name


@pytest.mark.parametrize(("up", "down"), [(1, 0), (645, 15), (3, 7), (1, 100), (10_000, 1)])
def test_liked_is_the_share_that_votes_would_just_not_rule_out(up: int, down: int) -> None:
    share, low = up / (up + down), (liked(up, down) or 0) / 100
    deviations = (share - low) / (low * (1 - low) / (up + down)) ** 0.5
    assert deviations == pytest.approx(1.96, abs=1e-4)


def test_liked_without_votes() -> None:
    assert [liked(0, 0), liked(None, None)] == [None, None]
    assert [liked(0, 9), liked(None, 9)] == [0, 0]
    assert liked(5, None) == liked(5, 0) == pytest.approx(56.55, abs=0.01)


def test_what_the_pipeline_adds() -> None:
    item = problem(users=82235)
    ScorePipeline().process_item(item)
    assert (item.score, item.points_if_solved) == (80 / 82275, 80 / 82276)
    assert item.band == "e: under 0.01"


@pytest.mark.parametrize(("off", "warned"), [(5, False), (6, True)])
def test_warns_when_more_than_a_twentieth_of_the_values_is_off(
    off: int, warned: bool, caplog: pytest.LogCaptureFixture
) -> None:
    scores = ScorePipeline()
    for n in range(100):
        scores.process_item(problem(users=59, value=0.82 if n < off else 0.8))
    scores.process_item(problem(users=59))  # without a published value: not compared
    with caplog.at_level(logging.WARNING):
        scores.close_spider()
    assert [record.getMessage() for record in caplog.records] == warned * [
        "SPOJ's formula may have changed: 6 of 100 published values differ from "
        "what it gives by more than 0.01"
    ]
