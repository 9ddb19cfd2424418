"""What a problem is worth, once for Python and once for SQL, and how well it is liked."""

from __future__ import annotations

from math import sqrt

# Lower edge of each band, in points a solver holds.
BANDS = (
    (1.0, "a: 1 or more"),
    (0.5, "b: 0.5 to 1"),
    (0.1, "c: 0.1 to 0.5"),
    (0.01, "d: 0.01 to 0.1"),
)
LOWEST_BAND = "e: under 0.01"
NORMAL_95 = 1.959964  # standard deviations on either side that hold 95 % of a normal distribution


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


def liked(up: int | None, down: int | None) -> float | None:
    """Percent of all who could vote that at least like a problem, going by those who did.

    The lower end of Wilson's 95 % interval of `up` among all votes: few votes tell little. None
    without votes. Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927).
    """
    votes = (up or 0) + (down or 0)
    if not votes:
        return None
    share, square = (up or 0) / votes, NORMAL_95**2 / votes
    margin = NORMAL_95 * sqrt((share * (1 - share) + square / 4) / votes)
    return 100 * max(0.0, share + square / 2 - margin) / (1 + square)
