"""The SQLite database: its schema, and how a whole crawl gets into it."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlite_utils import Database

from spojscore_crawler.items import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

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
class Changes:
    """How many problems a crawl found new, changed (users, name or code), gone and returned."""

    new: int
    changed: int
    gone: int
    returned: int


def check(path: Path) -> None:
    """Raise DatabaseError when no crawl can be committed to `path`: better before than after it."""
    folder = path.absolute().parent
    if path.is_dir():
        raise DatabaseError(f"{path}: this is a folder")
    if not folder.is_dir():
        raise DatabaseError(f"{path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise DatabaseError(f"{path}: the folder {folder} can't be written to")
    if not path.exists():
        return
    if not os.access(path, os.W_OK):
        raise DatabaseError(f"{path}: the file can't be written to")
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
        ) as connection:
            columns = [row[1] for row in connection.execute("PRAGMA table_info(problems)")]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error as error:
        raise DatabaseError(f"{path}: {error}") from error
    if tables and columns != list(COLUMNS):
        raise DatabaseError(f"{path}: this is no database of spojscore")


def commit(path: Path, problems: Sequence[Problem], day: date) -> Changes:
    """Make the database at `path` hold the list `problems` as read on `day`, in one transaction.

    Only rows that differ are written. A problem that left the list is marked as delisted.
    Raises DatabaseError, and leaves everything as it was, when that can't be done.
    """
    existed = path.exists()
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT)) as connection, connection:
            # Immediate: one that has read and then meets another writer would fail, not wait.
            connection.execute("BEGIN IMMEDIATE")
            return _write(Database(connection), problems, day.isoformat())
    except (sqlite3.Error, OSError, OverflowError) as error:
        if not existed and path.exists() and path.stat().st_size == 0:
            path.unlink()
        raise DatabaseError(f"{path}: {error}") from error


def _write(db: Database, problems: Sequence[Problem], day: str) -> Changes:
    table = db.table("problems")
    if not table.exists():
        table.create(COLUMNS, pk="code", not_null=("id",))
        table.create_index(["id"], unique=True)
        table.enable_fts(["code", "name"], tokenize="trigram", create_triggers=True)

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
            logger.warning("%(code)s (%(name)s, id %(id)d) went: its code is another's now", row)
    delisted = [row | {"delisted": day} for row in gone if row["code"] not in outdated]
    table.upsert_all(written + delisted, pk="code")
    return Changes(new=new, changed=changed, gone=len(gone), returned=returned)


def _record(problem: Problem) -> Record:
    record = {column: getattr(problem, column) for column in LISTED}
    # Always SPOJ's own address, wherever the list was read.
    return record | {"url": f"https://www.spoj.com/problems/{problem.code}/"}
