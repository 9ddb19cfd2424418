"""The SQLite database: how a whole crawl gets into it, and whether it is whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from spojscore_crawler.schema import COLUMNS, MIGRATIONS, migrate, newest, parts, version
from spojscore_crawler.update import CHANGES, Changes, Update

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spojscore_crawler.items import Problem
    from spojscore_crawler.report import Refusal

# How long a commit waits for readers and other writers.
BUSY_TIMEOUT = 60  # seconds


class DatabaseError(Exception):
    """The database can't be used. Says why."""


@dataclass(frozen=True, slots=True)
class Crawl:
    """What the table `crawls` keeps of one crawl beside its counts. Times in UTC.

    `overridden` says what a person accepted with GATE=accept, None when nothing.
    """

    started: datetime
    finished: datetime
    pages: int
    overridden: str | None = None

    @property
    def day(self) -> date:
        return self.started.date()


@dataclass(frozen=True, slots=True)
class State:
    """The last crawl of a database: when it started and finished (UTC), and what it found.

    `overridden` is what a person accepted, if anything; `history` counts the rows of history,
    `crawls` those that were committed, ever.
    """

    started: datetime
    finished: datetime
    problems: int
    users: int
    overridden: str | None
    history: int
    crawls: int


def check(path: Path) -> None:
    """Raise DatabaseError when no file can be written at `path`."""
    folder = path.absolute().parent
    if path.is_dir():
        raise DatabaseError(f"{path}: this is a folder")
    if not folder.is_dir():
        raise DatabaseError(f"{path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise DatabaseError(f"{path}: the folder {folder} can't be written to")
    if path.exists() and not os.access(path, os.W_OK):
        raise DatabaseError(f"{path}: the file can't be written to")


def last_list(path: Path, day: date) -> dict[int, int]:
    """The users of each problem, by its id, in the last committed list; empty before the first.

    Raises DatabaseError when no crawl of `day` can follow that one.
    """
    if not path.exists():
        return {}
    with _opened(path) as db:
        last = db.execute("SELECT max(day) FROM crawls").fetchone()[0] if version(db) > 1 else None
        if last and last > day.isoformat():
            raise DatabaseError(
                f"{path}: its last crawl was on {last}, but it is {day} by this machine's clock; "
                "set the clock, or, if it was wrong then, go back to a copy from before that crawl"
            )
        if not db.table("problems").exists():
            return {}
        return dict(db.execute("SELECT id, users FROM problems WHERE delisted IS NULL"))


def state(path: Path) -> State:
    """The last crawl of a database that is whole.

    Raises DatabaseError when it is not: damaged, of another schema, without a crawl, or with
    other problems than the last crawl found.
    """
    if not path.is_file():
        raise DatabaseError(f"{path}: there is no such file")
    with _opened(path) as db:
        damage = " ".join(db.execute("PRAGMA quick_check(1)").fetchone()[0].split())
        if damage != "ok":
            raise DatabaseError(f"{path}: damaged: {damage}")
        last = None
        if version(db) > 1:
            last = next(db.query("SELECT * FROM crawls ORDER BY id DESC LIMIT 1"), None)
        if last is None:
            raise DatabaseError(f"{path}: no crawl is recorded in it; `make crawl` brings one")
        problems, users, wrong = db.execute(
            "SELECT count(*), total(users), total(abs(score - 80.0 / (40 + users)) > 1e-9) "
            "FROM problems WHERE delisted IS NULL"
        ).fetchone()
        history = _history(path, db) if version(db) == len(MIGRATIONS) else 0
        crawls = db["crawls"].count
    if wrong:
        raise DatabaseError(f"{path}: {wrong:.0f} scores are not 80 / (40 + users)")
    for name, found in (("problems", problems), ("users", int(users))):
        if found != last[name]:
            raise DatabaseError(
                f"{path}: {found} {name} are listed in it, but its last crawl found {last[name]}"
            )
    try:
        started, finished = (
            datetime.fromisoformat(last[name]).astimezone(UTC) for name in ("started", "finished")
        )
    except (TypeError, ValueError) as error:
        raise DatabaseError(f"{path}: the times of its last crawl can't be read") from error
    return State(started, finished, problems, int(users), last["overridden"], history, crawls)


def _history(path: Path, db: Database) -> int:
    """How many rows of history there are. Raises DatabaseError unless they lead to this list."""
    if parts(db) != parts(newest()):
        raise DatabaseError(f"{path}: other tables, views or triggers than this version's")
    [[wrong]] = db.execute(
        "SELECT count(*) FROM problems WHERE iif(delisted IS NULL, users, NULL) IS NOT "
        "(SELECT history.users FROM history WHERE problem_id = id ORDER BY day DESC LIMIT 1)"
    )
    if wrong:
        raise DatabaseError(f"{path}: the history of {wrong} problems does not lead to this list")
    return db["history"].count


def commit(
    path: Path, problems: Sequence[Problem], crawl: Crawl, refusals: Sequence[Refusal] = ()
) -> Changes:
    """Make the database at `path` hold the list `problems` as read by `crawl`, in one transaction.

    Only rows that differ are written. A problem that left the list is marked as delisted.
    `refusals` are the crawls since the last one that brought nothing.
    Raises DatabaseError, and leaves everything as it was, when that can't be done.
    """
    existed = path.exists()
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT)) as connection, connection:
            # Immediate: one that has read and then meets another writer would fail, not wait.
            connection.execute("BEGIN IMMEDIATE")
            db = Database(connection)
            migrate(db)
            update = Update(db, problems, crawl.day)
            _record_refusals(db, refusals)
            _record(db, problems, crawl, update)
            return update.changes
    except Exception as error:
        if not existed and path.exists() and path.stat().st_size == 0:
            path.unlink()
        reason = str(error) or type(error).__name__
        hint = " (is the disk full?)" if "disk I/O" in reason else ""
        raise DatabaseError(f"{path}: {reason}{hint}") from error


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    """The database, to be read. Raises DatabaseError when it is none of ours, or too new."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", BUSY_TIMEOUT, uri=True)
        ) as connection:
            db = Database(connection)
            if (newer := version(db)) > len(MIGRATIONS):
                raise DatabaseError(
                    f"{path}: its schema has version {newer}, made by a newer spojscore; this one "
                    f"knows {len(MIGRATIONS)}: update it"
                )
            columns = db["problems"].columns_dict.keys()
            needed = COLUMNS.keys() if version(db) == len(MIGRATIONS) else CHANGES
            if db.table_names() and not columns >= {*needed}:
                raise DatabaseError(f"{path}: this is no database of spojscore")
            yield db
    except sqlite3.Error as error:
        raise DatabaseError(f"{path}: {error}") from error


def _record_refusals(db: Database, refusals: Sequence[Refusal]) -> None:
    last = next(db.query("SELECT started FROM crawls ORDER BY id DESC LIMIT 1"), None)
    db.table("refusals").insert_all(
        asdict(refusal)
        for refusal in refusals
        # A commit whose process was killed before it could report was no refusal.
        if last is None or refusal.started > last["started"]
    )


def _record(db: Database, problems: Sequence[Problem], crawl: Crawl, update: Update) -> None:
    users = sum(problem.users for problem in problems)
    last = next(db.query("SELECT users FROM crawls ORDER BY id DESC LIMIT 1"), None)
    row = {
        "day": crawl.day.isoformat(),
        "started": crawl.started.isoformat(timespec="seconds"),
        "finished": crawl.finished.isoformat(timespec="seconds"),
        "pages": crawl.pages,
        "problems": len(problems),
        "users": users,
        "solves": users - last["users"] if last else None,
        "added": update.changes.new,
        "changed": update.changes.changed,
        "delisted": update.changes.gone,
        "overridden": crawl.overridden,
    }
    crawl_id = db.table("crawls").insert(row).last_pk
    db.table("events").insert_all({"crawl_id": crawl_id, **event} for event in update.events)
