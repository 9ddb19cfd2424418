"""What the spider yields."""

from __future__ import annotations

from dataclasses import dataclass

from spojscore_crawler.listing import Row


@dataclass(slots=True, kw_only=True)
class Problem(Row):
    """A row of the list with what the score pipeline adds, all three in points.

    `score` is what each solver holds, `points_if_solved` what the next solver gets,
    `band` the range that `score` falls into.
    """

    score: float | None = None
    points_if_solved: float | None = None
    band: str | None = None
