"""Adds to each problem what it is worth, and compares that with what SPOJ shows."""

from __future__ import annotations

import logging

from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store.points import band, per_submission, points

logger = logging.getLogger(__name__)

# SPOJ shows values rounded to two decimals.
VALUE_TOLERANCE = 0.01
VALUES_OFF_RATIO = 0.05


class ScorePipeline:
    def __init__(self) -> None:
        self.compared = self.off = 0

    def process_item(self, item: Page | Problem) -> Page | Problem:
        if isinstance(item, Page):
            return item
        item.score = points(item.users)
        item.points_if_solved = points(item.users + 1)
        item.per_submission = per_submission(item.users, item.acceptance)
        item.band = band(item.score)
        if item.value is not None:
            self.compared += 1
            self.off += abs(item.value - item.points_if_solved) > VALUE_TOLERANCE
        return item

    def close_spider(self) -> None:
        if self.off > VALUES_OFF_RATIO * self.compared:
            logger.warning(
                "SPOJ's formula may have changed: %d of %d published values differ from "
                "what it gives by more than %s",
                self.off,
                self.compared,
                VALUE_TOLERANCE,
            )
