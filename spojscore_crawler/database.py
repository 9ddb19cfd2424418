"""The SQLite database: its schema, how a whole crawl gets into it, and whether it is whole."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlite_utils import Database

from spojscore_crawler.items import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)

Record: TypeAlias = dict[str, Any]

# How long a commit waits for readers and other writers.
BUSY_TIMEOUT = 60  # seconds

COLUMNS: dict[str, type] = {
    "code": str,
    "name": str,
    "users": int,
    "score": float,
    "band": str,
    "points_if_solved": float,
    "acceptance": float,
    "votes_up": int,
    "votes_down": int,
    "concept_difficulty": int,
    "implementation_difficulty": int,
    "url": str,
    "id": int,
    "first_seen": str,
    "last_changed": str,
    "delisted": str,
}
# The columns that come from the item as they are.
LISTED = tuple(field.name for field in fields(Problem) if field.name in COLUMNS)
# What last_changed tells of; votes and acceptance move with every submission.
CHANGES = ("code", "name", "users")


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
class Changes:
    """How many problems a crawl found new, changed (users, name or code), gone and returned."""

    new: int
    changed: int
    gone: int
    returned: int


@dataclass(frozen=True, slots=True)
class State:
    """The last crawl of a database: when it started and finished (UTC), and what it found.

    `overridden` is what a person accepted, if anything.
    """

    started: datetime
    finished: datetime
    problems: int
    users: int
    overridden: str | None


def _create_problems(db: Database) -> None:
    table = db.table("problems")
    if table.exists():
        return  # in databases from before versions were counted
    table.create(COLUMNS, pk="code", not_null=("id",))
    table.create_index(["id"], unique=True)
    table.enable_fts(["code", "name"], tokenize="trigram", create_triggers=True)


def _create_crawls(db: Database) -> None:
    columns = {
        "id": int,
        "day": str,
        "started": str,
        "finished": str,
        "pages": int,
        "problems": int,
        "users": int,
        "solves": int,
        "added": int,
        "changed": int,
        "delisted": int,
        "overridden": str,
    }
    db.table("crawls").create(columns, pk="id")


# Each leads from the version that is its place here to the next; only ever append.
MIGRATIONS: tuple[Callable[[Database], None], ...] = (_create_problems, _create_crawls)


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
        last = db.execute("SELECT max(day) FROM crawls").fetchone()[0] if _version(db) > 1 else None
        if last and last > day.isoformat():
            raise DatabaseError(
                f"{path}: its last crawl was on {last}, but it is {day} by this machine's clock; "
                "set the clock, or, if it was wrong then, delete that crawl from the table crawls"
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
        if _version(db) > 1:
            last = next(db.query("SELECT * FROM crawls ORDER BY id DESC LIMIT 1"), None)
        if last is None:
            raise DatabaseError(f"{path}: no crawl is recorded in it; `make crawl` brings one")
        problems, users, wrong = db.execute(
            "SELECT count(*), total(users), total(abs(score - 80.0 / (40 + users)) > 1e-9) "
            "FROM problems WHERE delisted IS NULL"
        ).fetchone()
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
    return State(started, finished, problems, int(users), last["overridden"])


def commit(path: Path, problems: Sequence[Problem], crawl: Crawl) -> Changes:
    """Make the database at `path` hold the list `problems` as read by `crawl`, in one transaction.

    Only rows that differ are written. A problem that left the list is marked as delisted.
    Raises DatabaseError, and leaves everything as it was, when that can't be done.
    """
    existed = path.exists()
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT)) as connection, connection:
            # Immediate: one that has read and then meets another writer would fail, not wait.
            connection.execute("BEGIN IMMEDIATE")
            db = Database(connection)
            _migrate(db)
            changes = _write(db, problems, crawl.day.isoformat())
            _record_crawl(db, problems, crawl, changes)
            return changes
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
            version = _version(db)
            if version > len(MIGRATIONS):
                raise DatabaseError(
                    f"{path}: its schema has version {version}, made by a newer spojscore; this "
                    f"one knows {len(MIGRATIONS)}: update it"
                )
            columns = db["problems"].columns_dict.keys()
            needed = COLUMNS.keys() if version == len(MIGRATIONS) else CHANGES
            if db.table_names() and not columns >= {*needed}:
                raise DatabaseError(f"{path}: this is no database of spojscore")
            yield db
    except sqlite3.Error as error:
        raise DatabaseError(f"{path}: {error}") from error


def _version(db: Database) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _migrate(db: Database) -> None:
    for migration in MIGRATIONS[_version(db) :]:
        migration(db)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _record_crawl(
    db: Database, problems: Sequence[Problem], crawl: Crawl, changes: Changes
) -> None:
    users = sum(problem.users for problem in problems)
    last = next(db.query("SELECT users FROM crawls ORDER BY id DESC LIMIT 1"), None)
    db.table("crawls").insert(
        {
            "day": crawl.day.isoformat(),
            "started": crawl.started.isoformat(timespec="seconds"),
            "finished": crawl.finished.isoformat(timespec="seconds"),
            "pages": crawl.pages,
            "problems": len(problems),
            "users": users,
            "solves": users - last["users"] if last else None,
            "added": changes.new,
            "changed": changes.changed,
            "delisted": changes.gone,
            "overridden": crawl.overridden,
        }
    )


def _write(db: Database, problems: Sequence[Problem], day: str) -> Changes:
    table = db.table("problems")
    by_code: dict[str, Record] = {row["code"]: row for row in table.rows}
    by_id = {row["id"]: row for row in by_code.values()}
    listed = {problem.id for problem in problems}
    written: list[Record] = []
    outdated: set[str] = set()
    new = changed = returned = 0
    for problem in problems:
        old = by_id.get(problem.id)
        same_code = by_code.get(problem.code)
        if old is None and same_code and same_code["id"] not in listed:
            old = same_code  # renumbered
            listed.add(old["id"])
        record = _record(problem)
        if old is None:
            record |= {"first_seen": day, "last_changed": day, "delisted": None}
            new += 1
        else:
            differs = any(record[column] != old[column] for column in CHANGES)
            record |= {
                "first_seen": old["first_seen"],
                "last_changed": day if differs else old["last_changed"],
                "delisted": None,
            }
            changed += differs
            returned += old["delisted"] is not None
        if record != old:
            written.append(record)
        # A code or an id that moved: its old row makes room before the new one is written.
        for row in (old, same_code):
            if row and (row["code"], row["id"]) != (problem.code, problem.id):
                outdated.add(row["code"])

    gone = [row for row in by_code.values() if row["delisted"] is None and row["id"] not in listed]
    for code in outdated:
        table.delete(code)
    for row in by_code.values():
        if row["code"] in outdated and row["id"] not in listed:
            # Codes are unique: it can't be marked and stay.
            logger.warning("%(code)s (%(name)r, id %(id)d) went: its code is another's now", row)
    delisted = [row | {"delisted": day} for row in gone if row["code"] not in outdated]
    table.upsert_all(written + delisted, pk="code")
    return Changes(new=new, changed=changed, gone=len(gone), returned=returned)


def _record(problem: Problem) -> Record:
    record = {column: getattr(problem, column) for column in LISTED}
    # Always SPOJ's own address, wherever the list was read.
    return record | {"url": f"https://www.spoj.com/problems/{problem.code}/"}
