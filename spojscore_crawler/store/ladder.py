"""The ladder: well-liked problems in rungs, from most to least solved."""

import json
from collections import Counter
from collections.abc import Iterable
from math import ceil, log
from typing import NamedTuple

from sqlite_utils import Database

RUNGS = 20
PROBLEMS_PER_RUNG = 5
MAX_PER_FAMILY = 2  # in one rung
MAX_USERS = 30_000  # the first rung has no upper limit
MIN_USERS = 50
EXCLUDED_CODES = frozenset({"TEST"})  # only an exercise in submitting


class Candidate(NamedTuple):
    """A listed problem; `liked` in percent, None without votes."""

    code: str
    users: int
    liked: float | None
    families: frozenset[str]


class LadderRow(NamedTuple):
    """A row of the table `ladder`; rungs and positions count from 1."""

    rung: int
    position: int
    code: str


def rung(users: int) -> int | None:
    """The rung for a number of solvers, in equal steps of log(users); None below MIN_USERS."""
    step = ceil(RUNGS * log(MAX_USERS / max(users, 1)) / log(MAX_USERS / MIN_USERS))
    return max(step, 1) if step <= RUNGS else None


def build_ladder(candidates: Iterable[Candidate]) -> list[LadderRow]:
    """Choose the best-liked problems of each rung, at most MAX_PER_FAMILY of one family.

    Problems without tags belong to no family. Ties are broken by more solvers, then by code. Each
    rung is ordered by solvers.
    """
    rungs: dict[int, list[Candidate]] = {number: [] for number in range(1, RUNGS + 1)}
    families: Counter[tuple[int, str]] = Counter()
    eligible_candidates = [
        c for c in candidates if c.liked is not None and c.code not in EXCLUDED_CODES
    ]
    for candidate in sorted(eligible_candidates, key=lambda c: (-(c.liked or 0), -c.users, c.code)):
        number = rung(candidate.users)
        if number is None or len(rungs[number]) == PROBLEMS_PER_RUNG:
            continue
        family_keys = [(number, family) for family in candidate.families]
        if all(families[family] < MAX_PER_FAMILY for family in family_keys):
            rungs[number].append(candidate)
            families.update(family_keys)
    return [
        LadderRow(number, position, candidate.code)
        for number, members in rungs.items()
        for position, candidate in enumerate(sorted(members, key=lambda c: (-c.users, c.code)), 1)
    ]


def write_ladder(db: Database) -> None:
    """Write the table `ladder` if it differs, within the open transaction."""
    query = "SELECT code, users, liked, families FROM problems WHERE delisted IS NULL"
    ladder = build_ladder(
        Candidate(code, users, liked, frozenset(json.loads(families)))
        for code, users, liked, families in db.execute(query)
    )
    rows = db.execute("SELECT rung, position, code FROM ladder ORDER BY rung, position")
    if rows.fetchall() != ladder:
        db.execute("DELETE FROM ladder")
        db.conn.executemany("INSERT INTO ladder (rung, position, code) VALUES (?, ?, ?)", ladder)
