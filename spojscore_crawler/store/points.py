"""Formulas for points, in Python and in SQL, and for popularity."""

from math import sqrt

# Lower edge of each band, in points.
BANDS = (
    (1.0, "a: 1 or more"),
    (0.5, "b: 0.5 to 1"),
    (0.1, "c: 0.1 to 0.5"),
    (0.01, "d: 0.01 to 0.1"),
)
LOWEST_BAND = "e: under 0.01"
# Standard deviations on either side of the mean that cover 95% of a normal distribution.
NORMAL_95 = 1.959964
# The prior for a problem's acceptance: as if it had these submissions already.
PRIOR_SUBMISSIONS = 20
PRIOR_ACCEPTANCE = 0.30


def points(users: int) -> float:
    """Points that each of `users` solvers holds for one classical problem: 80 / (40 + users).

    Source: SPOJ's staff in the site's forum, 2007 and 2009. It fits every row read since.
    """
    return 80 / (40 + users)


def points_sql(users: str) -> str:
    """The same formula in SQL; `users` is an SQL expression."""
    return f"80.0 / (40 + {users})"


def band(score: float) -> str:
    """Name of the range that a score, in points, falls into."""
    return next((name for edge, name in BANDS if score >= edge), LOWEST_BAND)


def per_submission(users: int, acceptance: float | None) -> float | None:
    """Points that one submission brings on average: points_if_solved * adjusted acceptance.

    `acceptance` is in percent. The number of submissions is estimated as users / acceptance,
    because SPOJ does not list it. Each problem gets PRIOR_SUBMISSIONS more at PRIOR_ACCEPTANCE,
    near the median (30.8%) and mean (31.9%) of August 2025, so that small samples weigh less. None
    without solvers or acceptance. Source: Bayesian estimate of a proportion with a beta prior.
    """
    if not users or not acceptance:
        return None
    submissions = 100 * users / acceptance
    accepted_submissions = users + PRIOR_SUBMISSIONS * PRIOR_ACCEPTANCE
    return points(users + 1) * accepted_submissions / (submissions + PRIOR_SUBMISSIONS)


def like_percentage(up: int | None, down: int | None) -> float | None:
    """Percent of users who like a problem: the lower end of Wilson's 95% interval for `up`.

    The lower end, because small samples are unreliable. None without votes. Source: E. B. Wilson,
    Journal of the American Statistical Association 22 (1927).
    """
    votes = (up or 0) + (down or 0)
    if not votes:
        return None
    share, square = (up or 0) / votes, NORMAL_95**2 / votes
    margin = NORMAL_95 * sqrt((share * (1 - share) + square / 4) / votes)
    return 100 * max(0.0, share + square / 2 - margin) / (1 + square)
