"""Items: problems, and the pages that list them."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(slots=True, kw_only=True)
class Problem:
    """A row of the list. Values missing from the page are None.

    `users` is how many people have solved it; `value` is the rounded number of points that SPOJ
    shows for it; `acceptance` is in percent; votes are counts; difficulties are SPOJ's numbers.

    The score pipeline adds, in points: `score`, which each solver holds; `points_if_solved`, which
    the next solver gets; `per_submission`, the average gain of one submission; and `band`, the
    range that `score` falls into.
    """

    id: int
    code: str
    name: str
    users: int
    value: float | None = None
    acceptance: float | None = None
    votes_up: int | None = None
    votes_down: int | None = None
    concept_difficulty: float | None = None
    implementation_difficulty: float | None = None
    score: float | None = None
    points_if_solved: float | None = None
    per_submission: float | None = None
    band: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list as it was read, without its problems. A page may be read twice.

    `start` is its start=, None if the pager does not say; `end` is the last page's start=, None
    without a pager; `keys` holds the (id, code) pair of each row; `size` is the number of rows on
    a full page, None if the pager does not say. `source` says where the page came from. `read_at`
    is when a browser loaded it, in UTC, None for a live crawl; `day` is the value of -a day=.
    """

    start: int | None
    end: int | None
    keys: tuple[tuple[int, str], ...]
    size: int | None = None
    source: str = ""
    read_at: datetime | None = None
    day: date | None = None
