"""The scores that the pipeline adds, and its warning about SPOJ's points."""

import logging
from dataclasses import replace

import pytest

from spojscore_crawler.items import Problem
from spojscore_crawler.pipelines.score import ScorePipeline


def problem(users: int, value: float | None = None) -> Problem:
    return Problem(id=1, code="TEST", name="Test", users=users, value=value)


def test_pipeline_adds_scores() -> None:
    item = replace(problem(users=82235), acceptance=16.24)
    assert ScorePipeline().process_item(item) is item
    assert (item.score, item.points_if_solved) == (80 / 82275, 80 / 82276)
    assert item.band == "e: under 0.01"
    assert item.per_submission == pytest.approx(80 / 82276 * 0.1624, rel=1e-4)


@pytest.mark.parametrize(("differences", "has_warning"), [(5, False), (6, True)])
def test_warns_if_many_points_differ(
    differences: int, has_warning: bool, caplog: pytest.LogCaptureFixture
) -> None:
    scores = ScorePipeline()
    for n in range(100):
        scores.process_item(problem(users=9, value=1.62 if n < differences else 1.6))
    scores.process_item(problem(users=9))  # without SPOJ's points: not compared
    with caplog.at_level(logging.WARNING):
        scores.close_spider()
    assert ("6 of 100 points on its list differ" in caplog.text) is has_warning
