"""Adds to each problem what it is worth, and watches whether SPOJ still counts so."""

from __future__ import annotations

import logging

from spojscore_crawler.items import Problem

logger = logging.getLogger(__name__)

# Lower edge of each band, in points a solver holds.
BANDS = (
    (1.0, "a: 1 or more"),
    (0.5, "b: 0.5 to 1"),
    (0.1, "c: 0.1 to 0.5"),
    (0.01, "d: 0.01 to 0.1"),
)
LOWEST_BAND = "e: under 0.01"

# SPOJ shows values rounded to two decimals.
VALUE_TOLERANCE = 0.01
VALUES_OFF_RATIO = 0.05


def points(solvers: int) -> float:
    """The points that each of `solvers` users holds for one classical problem: 80 / (40 + solvers).

    Source: SPOJ's staff, in the site's forum, 2007 and 2009; it holds for every row seen since.
    """
    return 80 / (40 + solvers)


def band(score: float) -> str:
    """The name of the range that a score, in points, falls into."""
    return next((name for edge, name in BANDS if score >= edge), LOWEST_BAND)


class ScorePipeline:
    def __init__(self) -> None:
        self.compared = self.off = 0

    def process_item(self, item: Problem) -> Problem:
        item.score = points(item.users)
        item.points_if_solved = points(item.users + 1)
        item.band = band(item.score)
        if item.value is not None:
            self.compared += 1
            self.off += abs(item.value - item.points_if_solved) > VALUE_TOLERANCE
        return item

    def close_spider(self) -> None:
        if self.off > VALUES_OFF_RATIO * self.compared:
            logger.warning(
                "SPOJ's formula may have changed: %d of %d published values differ from "
                "80 / (41 + users) by more than %s",
                self.off,
                self.compared,
                VALUE_TOLERANCE,
            )
