"""Brings the tables problems, history and events from one list to the next."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from spojscore_crawler.items import Problem
from spojscore_crawler.schema import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlite_utils import Database

logger = logging.getLogger(__name__)

Record: TypeAlias = dict[str, Any]

# The columns that come from the item as they are.
LISTED = tuple(field.name for field in fields(Problem) if field.name in COLUMNS)
# What last_changed tells of; votes and acceptance move with every submission.
CHANGES = ("code", "name", "users")
# The event that a change of a column is.
KINDS = {"name": "renamed", "code": "recoded", "id": "renumbered"}
EPOCH = date(1970, 1, 1)


@dataclass(slots=True)
class Changes:
    """How many problems a crawl found new, changed (users, name or code), gone and returned."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    returned: int = 0


class Update:
    """From the list that `db` holds to the list of `day`; within the transaction that is open.

    `changes` and `events` tell what happened. Of the first list, `events` tells nothing.
    """

    def __init__(self, db: Database, problems: Sequence[Problem], day: date) -> None:
        self.db, self.day = db, day.isoformat()
        self.day_number = (day - EPOCH).days
        self.changes = Changes()
        self.events: list[Record] = []
        self._users: dict[int, int | None] = {}  # by id, where they changed; None when delisted
        self._written: list[Record] = []
        self._outdated: set[str] = set()  # codes of rows that make room
        self._by_code: dict[str, Record] = {row["code"]: row for row in db["problems"].rows}
        self._by_id = {row["id"]: row for row in self._by_code.values()}
        self._seen = {problem.id for problem in problems}
        for problem in problems:
            self._compare(problem)
        self._delist()
        self._write()
        if not self._by_code:
            self.events.clear()

    def _compare(self, problem: Problem) -> None:
        old = self._by_id.get(problem.id)
        same_code = self._by_code.get(problem.code)
        if old is None and same_code and same_code["id"] not in self._seen:
            old = same_code  # renumbered
            self._seen.add(old["id"])
        record = _record(problem)
        if old is None:
            record |= {"first_seen": self.day, "last_changed": self.day, "delisted": None}
            self.changes.new += 1
            self._note(problem.code, "added")
        else:
            differs = any(record[column] != old[column] for column in CHANGES)
            record |= {
                "first_seen": old["first_seen"],
                "last_changed": self.day if differs else old["last_changed"],
                "delisted": None,
            }
            self.changes.changed += differs
            self._note_changes(old, record)
        if record != old:
            self._written.append(record)
        if old is None or old["delisted"] or old["users"] != problem.users:
            self._users[problem.id] = problem.users
        # A code or an id that moved: its old row makes room before the new one is written.
        for row in (old, same_code):
            if row and (row["code"], row["id"]) != (problem.code, problem.id):
                self._outdated.add(row["code"])

    def _note_changes(self, old: Record, new: Record) -> None:
        for column, kind in KINDS.items():
            if old[column] != new[column]:
                self._note(new["code"], kind, str(old[column]))
        if old["delisted"]:
            self.changes.returned += 1
            self._note(new["code"], "relisted")
        if old["id"] != new["id"]:
            self.db.execute(
                "UPDATE history SET problem_id = ? WHERE problem_id = ?", [new["id"], old["id"]]
            )

    def _note(self, code: str, kind: str, detail: str | None = None) -> None:
        self.events.append({"day": self.day, "code": code, "kind": kind, "detail": detail})

    def _delist(self) -> None:
        for row in self._by_code.values():
            if row["id"] in self._seen:
                continue
            if row["delisted"] is None:
                self.changes.gone += 1
                self._note(row["code"], "delisted")
                self._users[row["id"]] = None
            if row["code"] in self._outdated:
                # Codes are unique, and this one is another's now.
                code = f"{row['code']}~{row['id']}"
                logger.info("%s, which left the list, is called %s now", row["code"], code)
                self._written.append(row | {"code": code, "delisted": row["delisted"] or self.day})
            elif row["delisted"] is None:
                self._written.append(row | {"delisted": self.day})

    def _write(self) -> None:
        table = self.db.table("problems")
        for code in self._outdated:
            table.delete(code)
        table.upsert_all(self._written, pk="code")
        for id_, users in self._users.items():
            self._write_history(id_, users)

    def _write_history(self, id_: int, users: int | None) -> None:
        """The last crawl of a day wins, and a day that ends where it began leaves no row."""
        before = self.db.execute(
            "SELECT users FROM history WHERE problem_id = ? AND day < ? ORDER BY day DESC LIMIT 1",
            [id_, self.day_number],
        ).fetchone()
        if users == (before[0] if before else None):
            self.db.execute(
                "DELETE FROM history WHERE problem_id = ? AND day = ?", [id_, self.day_number]
            )
        else:
            self.db.execute(
                "INSERT OR REPLACE INTO history VALUES (?, ?, ?)", [id_, self.day_number, users]
            )


def _record(problem: Problem) -> Record:
    record = {column: getattr(problem, column) for column in LISTED}
    # Always SPOJ's own address, wherever the list was read.
    return record | {"url": f"https://www.spoj.com/problems/{problem.code}/"}
