"""What a problem is worth, once for Python and once for SQL."""

from __future__ import annotations

# Lower edge of each band, in points a solver holds.
BANDS = (
    (1.0, "a: 1 or more"),
    (0.5, "b: 0.5 to 1"),
    (0.1, "c: 0.1 to 0.5"),
    (0.01, "d: 0.01 to 0.1"),
)
LOWEST_BAND = "e: under 0.01"


def points(solvers: int) -> float:
    """The points that each of `solvers` users holds for one classical problem: 80 / (40 + solvers).

    Source: SPOJ's staff, in the site's forum, 2007 and 2009; it holds for every row seen since.
    """
    return 80 / (40 + solvers)


def points_sql(solvers: str) -> str:
    """The same formula as an SQL expression; `solvers` is one, too."""
    return f"80.0 / (40 + {solvers})"


def band(score: float) -> str:
    """The name of the range that a score, in points, falls into."""
    return next((name for edge, name in BANDS if score >= edge), LOWEST_BAND)
