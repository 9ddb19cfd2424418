"""What the database says of its crawls, and whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from spojscore_crawler.store.files import StoreError, opened
from spojscore_crawler.store.points import points_sql
from spojscore_crawler.store.schema import VERSION, check_ours, version

# Is it whole? Each question brings a row when something is wrong; the sentence says what.
WHOLE: tuple[tuple[str, str], ...] = (
    (
        "SELECT quick_check FROM pragma_quick_check(1) WHERE quick_check <> 'ok'",
        "damaged: {}",
    ),
    (
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM crawls)",
        "no crawl is recorded in it; `make crawl` brings one",
    ),
    (
        f"SELECT count(*) AS n FROM problems WHERE abs(score - {points_sql('users')}) > 1e-9 "
        "HAVING n > 0",
        "{} scores are not what the formula gives",
    ),
    (
        "SELECT count(*) AS n FROM problems WHERE iif(delisted IS NULL, users, NULL) IS NOT "
        "(SELECT history.users FROM history WHERE problem_id = id ORDER BY day DESC LIMIT 1) "
        "HAVING n > 0",
        "the history of {} problems does not lead to this list",
    ),
    (
        "SELECT listed, problems FROM crawls, (SELECT count(*) AS listed FROM problems "
        "WHERE delisted IS NULL) WHERE id = (SELECT max(id) FROM crawls) AND listed <> problems",
        "{} problems are listed in it, but its last crawl found {}",
    ),
    (
        "SELECT CAST(listed AS INTEGER), users FROM crawls, (SELECT total(users) AS listed "
        "FROM problems WHERE delisted IS NULL) "
        "WHERE id = (SELECT max(id) FROM crawls) AND listed <> users",
        "{} users are listed in it, but its last crawl found {}",
    ),
    (
        "SELECT count(*) AS n FROM crawls WHERE datetime(started) IS NULL "
        "OR datetime(finished) IS NULL HAVING n > 0",
        "the times of {} crawls are not readable",
    ),
)


class CrawlKey(NamedTuple):
    """What tells a committed crawl from every other."""

    id: int
    started: str
    finished: str
    problems: int
    users: int


@dataclass(frozen=True, slots=True)
class State:
    """A database that is whole: its last crawl, and its lineage, the crawls from the first to that.

    Times are UTC. `overridden` is what a person accepted, if anything; `history` counts the rows
    of history; `sources` are where the crawls' pages came from.
    """

    started: datetime
    finished: datetime
    problems: int
    users: int
    overridden: str | None
    history: int
    sources: frozenset[str]
    lineage: tuple[CrawlKey, ...]

    def extends(self, other: State) -> bool:
        """Whether the other's crawls are the beginning of this one's."""
        return self.lineage[: len(other.lineage)] == other.lineage


@dataclass(frozen=True, slots=True)
class LastList:
    """What the next crawl is compared with: the last committed list's problems and users.

    `started` is when its crawl did, in UTC.
    """

    problems: int
    users: int
    started: datetime


def state(path: Path) -> State:
    """The state of a database of this version. Raises StoreError unless it is whole."""
    with opened(path) as db:
        check_ours(path, db)
        if (older := version(db)) != VERSION:
            raise StoreError(f"{path}: its schema has version {older}, not {VERSION}")
        for question, sentence in WHOLE:
            if wrong := db.execute(question).fetchone():
                raise StoreError(f"{path}: {sentence.format(*wrong)}")
        crawls = list(db.query("SELECT * FROM crawls ORDER BY id"))
        history = db["history"].count
    last = crawls[-1]
    started, finished = (
        datetime.fromisoformat(last[name]).astimezone(UTC) for name in ("started", "finished")
    )
    return State(
        started=started,
        finished=finished,
        problems=last["problems"],
        users=last["users"],
        overridden=last["overridden"],
        history=history,
        sources=frozenset(crawl["source"] or "" for crawl in crawls),
        lineage=tuple(CrawlKey(*(crawl[field] for field in CrawlKey._fields)) for crawl in crawls),
    )


def last_list(path: Path, day: date) -> LastList | None:
    """What a crawl of `day` is to be compared with; None before the first.

    Raises StoreError when the file is not ours, or when its last crawl is of a later day.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    with opened(path) as db:
        check_ours(path, db)
        if not db["crawls"].exists():  # in files from before it was
            return None
        [[last]] = db.execute("SELECT max(started) FROM crawls")
        problems, users = db.execute(
            "SELECT count(*), total(users) FROM problems WHERE delisted IS NULL"
        ).fetchone()
    if not last:
        return None
    started = datetime.fromisoformat(last)
    if started.date() > day:
        raise StoreError(
            f"{path}: its last crawl was on {started.date()}, but it is {day} by this machine's "
            "clock; set the clock, or, if it was wrong then, go back to a copy from before that "
            "crawl"
        )
    return LastList(problems, int(users), started)
