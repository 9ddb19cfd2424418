"""How a whole crawl gets into the database: in one transaction, or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlite_utils import Database

from spojscore_crawler.store import tags
from spojscore_crawler.store.difference import Changes, Difference, Record, difference
from spojscore_crawler.store.files import BUSY_TIMEOUT, StoreError
from spojscore_crawler.store.movers import write_movers
from spojscore_crawler.store.points import liked
from spojscore_crawler.store.schema import check_ours, migrate, parts
from spojscore_crawler.store.times import day_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spojscore_crawler.store.report import Refusal

# The columns that come from the item as they are.
LISTED = (
    "id", "code", "name", "users", "score", "band", "points_if_solved", "acceptance", "votes_up",
    "votes_down", "concept_difficulty", "implementation_difficulty",
)  # fmt: skip


class Listed(Protocol):
    """A problem of the list, with an attribute for each column that the list tells."""

    @property
    def code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Crawl:
    """What the table `crawls` keeps of one crawl beside its counts. Times in UTC.

    `source` says where the pages came from, and what is known of it; `overridden` what a person
    accepted with GATE=accept, None when nothing.
    """

    started: datetime
    finished: datetime
    pages: int
    source: str
    overridden: str | None = None

    @property
    def day(self) -> date:
        return self.started.date()


def commit(
    path: Path,
    problems: Sequence[Listed],
    crawl: Crawl,
    refusals: Sequence[Refusal] = (),
) -> Changes:
    """Make the database at `path` hold the list `problems` as read by `crawl`, in one transaction.

    Only rows that differ are written. A problem that left the list is marked as delisted.
    `refusals` are the crawls since the last one that brought nothing.
    Raises StoreError, and leaves everything as it was, when that is not possible.
    """
    existed = path.exists()
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT)) as connection, connection:
            # Immediate: one that has read and then meets another writer would fail, not wait.
            connection.execute("BEGIN IMMEDIATE")
            db = Database(connection)
            if parts(db):
                check_ours(path, db)
            migrate(db)
            before = {row["id"]: row for row in db["problems"].rows}
            step = difference(before, map(_record, problems), crawl.day.isoformat())
            _write_problems(db, step)
            tags.derive(db)
            _write_history(db, step.users, crawl.day)
            _write_refusals(db, refusals)
            _write_crawl(db, problems, crawl, step)
            write_movers(db)
            return step.changes
    except StoreError:
        raise
    except Exception as error:
        if not existed and path.exists() and path.stat().st_size == 0:
            path.unlink()
        reason = str(error) or type(error).__name__
        hint = " (is the disk full?)" if "disk I/O" in reason else ""
        raise StoreError(f"{path}: {reason}{hint}") from error


def _record(problem: Listed) -> Record:
    record = {column: getattr(problem, column) for column in LISTED}
    record["liked"] = liked(record["votes_up"], record["votes_down"])
    # Always SPOJ's own address, wherever the list was read.
    record["url"] = f"https://www.spoj.com/problems/{problem.code}/"
    return record


def _write_problems(db: Database, step: Difference) -> None:
    for code in step.vacated:
        db.table("problems").delete(code)
    db.table("problems").upsert_all(step.rows, pk="code")


def _write_history(db: Database, users: Mapping[int, int | None], day: date) -> None:
    """The last crawl of a day wins, and a day that ends where it began leaves no row."""
    rows = [{"id": id_, "day": day_number(day), "users": count} for id_, count in users.items()]
    db.conn.executemany("DELETE FROM history WHERE problem_id = :id AND day = :day", rows)
    db.conn.executemany(
        "INSERT INTO history SELECT :id, :day, :users WHERE :users IS NOT "
        "(SELECT users FROM history WHERE problem_id = :id ORDER BY day DESC LIMIT 1)",
        rows,
    )


def _write_refusals(db: Database, refusals: Sequence[Refusal]) -> None:
    last = next(db.query("SELECT started FROM crawls ORDER BY id DESC LIMIT 1"), None)
    db.table("refusals").insert_all(
        asdict(refusal)
        for refusal in refusals
        # A commit whose process was killed before it could report was no refusal.
        if last is None or refusal.started > last["started"]
    )


def _write_crawl(db: Database, problems: Sequence[Listed], crawl: Crawl, step: Difference) -> None:
    [[users]] = db.execute("SELECT total(users) FROM problems WHERE delisted IS NULL")
    last = next(db.query("SELECT users FROM crawls ORDER BY id DESC LIMIT 1"), None)
    row = {
        "day": crawl.day.isoformat(),
        "started": crawl.started.isoformat(timespec="seconds"),
        "finished": crawl.finished.isoformat(timespec="seconds"),
        "source": crawl.source,
        "pages": crawl.pages,
        "problems": len(problems),
        "users": int(users),
        "solves": int(users) - last["users"] if last else None,
        "added": step.changes.new,
        "changed": step.changes.changed,
        "delisted": step.changes.gone,
        "overridden": crawl.overridden,
    }
    crawl_id = db.table("crawls").insert(row).last_pk
    db.table("events").insert_all({"crawl_id": crawl_id, **event} for event in step.events)
