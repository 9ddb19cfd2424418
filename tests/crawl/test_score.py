import logging

import pytest

from spojscore_crawler.items import Problem
from spojscore_crawler.pipelines.score import ScorePipeline, band, points


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


def test_what_the_pipeline_adds() -> None:
    item = ScorePipeline().process_item(problem(users=82235))
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
        "80 / (41 + users) by more than 0.01"
    ]
