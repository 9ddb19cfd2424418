"""The crawls that a database records, and whether it is sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spojscore_crawler.store.files import StoreError, open_database
from spojscore_crawler.store.schema import check_schema, migrations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlite_utils import Database

COUNT_LISTED = "SELECT count(*), CAST(total(users) AS INTEGER) FROM problems WHERE delisted IS NULL"


class CrawlKey(NamedTuple):
    """The values that identify a committed crawl."""

    id: int
    started: str
    finished: str
    problems: int
    users: int


@dataclass(frozen=True, slots=True)
class State:
    """A sound database: its last crawl, and its lineage, all crawls from the first to the last.

    Times are UTC. `overridden` is what a person accepted with GATE=accept; `sources` says where the
    crawls' pages came from.
    """

    started: datetime
    finished: datetime
    problems: int
    users: int
    overridden: str | None
    sources: frozenset[str]
    lineage: tuple[CrawlKey, ...]

    def extends(self, other: State) -> bool:
        """Whether this one's crawls begin with all of the other's."""
        return self.lineage[: len(other.lineage)] == other.lineage


@dataclass(frozen=True, slots=True)
class LastList:
    """The last committed list, which the next crawl is compared with.

    `problems` is their number, `users` the sum of their users, `names` their names by id.
    `started` is when its crawl started, in UTC.
    """

    problems: int
    users: int
    started: datetime
    names: Mapping[int, str]


def read_state(path: Path) -> State:
    """Read the state of a database. Raises StoreError unless it is sound and up to date."""
    with open_database(path) as db:
        check_schema(path, db)
        if migrations.pending(db):
            raise StoreError(f"{path}: needs an upgrade; run `make check`")
        crawls = list(db.query("SELECT * FROM crawls ORDER BY id"))
        if fault := _find_fault(db, crawls):
            raise StoreError(f"{path}: {fault}")
        last = crawls[-1]
        return State(
            started=_utc(last["started"]),
            finished=_utc(last["finished"]),
            problems=last["problems"],
            users=last["users"],
            overridden=last["overridden"],
            sources=frozenset(str(crawl["source"] or "") for crawl in crawls),
            lineage=tuple(
                CrawlKey(*(crawl[name] for name in CrawlKey._fields)) for crawl in crawls
            ),
        )


def last_list(path: Path, day: date) -> LastList | None:
    """The list that a crawl of `day` is compared with, None before the first crawl.

    Raises StoreError if the file is not ours, or if its last crawl is from a later day.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    with open_database(path) as db:
        check_schema(path, db)
        [[last]] = db.execute("SELECT max(started) FROM crawls")
        problems, users = db.execute(COUNT_LISTED).fetchone()
        names = dict(db.execute("SELECT id, name FROM problems WHERE delisted IS NULL"))
        if not last:
            return None
        started = _utc(last)
    if started.date() > day:
        raise StoreError(
            f"{path}: its last crawl was on {started.date()}, but this machine's clock says {day}; "
            "set the clock; if it was wrong then, restore a copy from before that crawl"
        )
    return LastList(problems, users, started, names)


def _find_fault(db: Database, crawls: list[dict[str, object]]) -> str | None:
    """Describe what is wrong with the data; None if nothing is."""
    [[damage]] = db.execute("PRAGMA quick_check(1)")
    if damage != "ok":
        return f"damaged: {damage}"
    if not crawls:
        return "has no crawl; run `make crawl`"
    expected = (crawls[-1]["problems"], crawls[-1]["users"])
    if (actual := db.execute(COUNT_LISTED).fetchone()) != expected:
        return ("lists {} problems and {} users, but its last crawl found {} and {}").format(
            *actual, *expected
        )
    return None


def _utc(moment: object) -> datetime:
    return datetime.fromisoformat(str(moment)).astimezone(UTC)
