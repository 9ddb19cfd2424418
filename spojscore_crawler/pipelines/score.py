"""Computes what each problem is worth, and compares that with the points SPOJ shows."""

import logging

from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store.points import band, per_submission, points

logger = logging.getLogger(__name__)

VALUE_TOLERANCE = 0.01  # SPOJ shows points rounded to two decimals
MAX_DIFFERENCES_RATIO = 0.05


def add_scores(problem: Problem) -> None:
    """Set the fields computed from the problem's solvers and acceptance."""
    problem.score = points(problem.users)
    problem.points_if_solved = points(problem.users + 1)
    problem.per_submission = per_submission(problem.users, problem.acceptance)
    problem.band = band(problem.score)


class ScorePipeline:
    def __init__(self) -> None:
        self.comparisons = self.differences = 0

    def process_item(self, item: Page | Problem) -> Page | Problem:
        if isinstance(item, Page):
            return item
        add_scores(item)
        if item.value is not None:
            self.comparisons += 1
            self.differences += abs(item.value - points(item.users + 1)) > VALUE_TOLERANCE
        return item

    def close_spider(self) -> None:
        if self.differences > MAX_DIFFERENCES_RATIO * self.comparisons:
            logger.warning(
                "SPOJ's formula may have changed: %s points on its list differ from ours; "
                "see 'Change the formula' in CONTRIBUTING.md",
                f"{self.differences} of {self.comparisons}",
            )
