"""SPOJ's real lists of past days, from data/, as the stand-in serves them."""

import csv
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
DAYS = sorted(file.stem for file in DATA.glob("????-??-??.csv"))
LAST_DAY = DAYS[-1]
# A list's row in data/README.md: the file, and when it was read.
READ = re.compile(r"^\| \[([0-9-]+)\.csv\]\([^)]*\) \| ([^|]+) \|", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One problem of the list; `acceptance` is in percent."""

    id: int
    code: str
    name: str
    users: int
    acceptance: float | None
    votes_up: int | None = None
    votes_down: int | None = None
    concept: int | None = None
    implementation: int | None = None


def problems(count: int | None = None, day: str = LAST_DAY) -> list[Entry]:
    """The first `count` problems (None: all) of the list of `day`, one of DAYS, by ascending id.

    A list without votes carries those of the last list before it that has some.
    """
    return list(_served(day)[:count])


def votes_of(day: str) -> str | None:
    """Of which day are the votes that the list of `day` carries; None if it has none."""
    for past in reversed(DAYS):
        if past <= day and any(entry.votes_up is not None for entry in _read(past)):
            return past
    return None


def source(day: str) -> str:
    """Where the list of `day` is and what is known of its day, by data/README.md.

    As in 'data/2025-05-31.csv, read between 11 and 31 May 2025'. Raises KeyError without a row.
    """
    read = dict(READ.findall((DATA / "README.md").read_text(encoding="utf-8")))
    return f"data/{day}.csv, read {read[day]}"


def about(day: str) -> str:
    """A sentence about the list of `day`, for people."""
    votes = votes_of(day)
    voted = "" if votes in (None, day) else f", with the votes of {written(votes)}"
    return f"SPOJ's list of {written(day)}{voted}"


def written(day: str) -> str:
    """As in '8 May 2012'."""
    return f"{date.fromisoformat(day):%-d %B %Y}"


@cache
def _served(day: str) -> tuple[Entry, ...]:
    voted = {entry.id: entry for entry in _read(votes_of(day) or day)}
    return tuple(_with_votes(entry, voted.get(entry.id, entry)) for entry in _read(day))


def _with_votes(entry: Entry, voted: Entry) -> Entry:
    return replace(entry, votes_up=voted.votes_up, votes_down=voted.votes_down)


@cache
def _read(day: str) -> tuple[Entry, ...]:
    with (DATA / f"{day}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Entry(
                id=int(row["id"]),
                code=row["code"],
                name=row["name"],
                users=int(row["users"]),
                acceptance=float(row["acceptance"]) if row["acceptance"] else None,
                votes_up=int(row["votes_up"]) if row["votes_up"] else None,
                votes_down=int(row["votes_down"]) if row["votes_down"] else None,
            )
            for row in csv.DictReader(file)
        )
