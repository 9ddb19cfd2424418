"""What the spider yields: problems and the pages that list them."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(slots=True, kw_only=True)
class Problem:
    """A row of the list. None where the page says nothing.

    `users` have solved it; `value` is the rounded number of points that SPOJ shows for it;
    `acceptance` is in percent; votes are counts; difficulties are SPOJ's own numbers.

    The score pipeline adds, all in points: `score`, what each solver holds, `points_if_solved`,
    what the next solver gets, `per_submission`, what one submission brings on average, and `band`,
    the range that `score` falls into.
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
    """One reading of one page: its start=, the last page's by its pager, id and code of each row.

    `start` is None when the pager does not say, `end` when there is no pager, `size`, the number of
    rows of a full page, when the pager does not say. `source` says where the page came from.
    `read` is when a person's browser read it, in UTC, None for a page that the crawler requested;
    `day` is the value of -a day=.
    """

    start: int | None
    end: int | None
    keys: tuple[tuple[int, str], ...]
    size: int | None = None
    source: str = ""
    read: datetime | None = None
    day: date | None = None
