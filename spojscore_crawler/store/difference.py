"""Compares two lists. Pure: no database."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]

# Columns that set last_changed; votes and acceptance change too often.
CHANGE_COLUMNS = ("code", "name", "users")
# The kind of event for a change of each column.
EVENT_KINDS = {"name": "renamed", "code": "recoded"}
# New rows have these values until commit.DERIVATIONS computes them.
DERIVED_DEFAULTS: Record = {"topics": "[]", "families": "[]", "added": None, "year": None}


@dataclass(slots=True)
class Changes:
    """Numbers of problems that are new, changed (users, name or code), delisted and relisted."""

    new: int = 0
    changed: int = 0
    delisted: int = 0
    relisted: int = 0


@dataclass(slots=True)
class Difference:
    """The changes that lead to the list of `day`.

    `rows` are the problems to write, after deleting those with `vacated_codes`; `users` are the
    counts for history by id, None for a problem that left. The first list has no `events`.
    """

    day: str
    changes: Changes = field(default_factory=Changes)
    rows: list[Record] = field(default_factory=list)
    vacated_codes: list[str] = field(default_factory=list)
    users: dict[int, int | None] = field(default_factory=dict)
    events: list[Record] = field(default_factory=list)

    def add_event(self, row: Record, kind: str, detail: str | None = None) -> None:
        """Add an event of the problem in `row`."""
        problem = {"problem_id": row["id"], "code": row["code"]}
        self.events.append({"day": self.day, **problem, "kind": kind, "detail": detail})


def compare_lists(old_rows: Iterable[Record], new_rows: Iterable[Record], day: str) -> Difference:
    """Compare the stored rows with the new ones, the list of `day`."""
    diff = Difference(day)
    rows_by_id = {row["id"]: row for row in new_rows}
    codes = {row["code"] for row in rows_by_id.values()}
    is_first = True
    for old_row in old_rows:
        is_first = False
        if row := rows_by_id.pop(old_row["id"], None):
            _compare(diff, old_row, row)
        else:
            _delist(diff, old_row, codes)
    for row in rows_by_id.values():
        dates = {"first_seen": day, "last_changed": day, "delisted": None}
        diff.rows.append(row | dates | DERIVED_DEFAULTS)
        diff.users[row["id"]] = row["users"]
        diff.changes.new += 1
        if not is_first:
            diff.add_event(row, "added")
    return diff


def _compare(diff: Difference, old_row: Record, row: Record) -> None:
    is_changed = any(row[column] != old_row[column] for column in CHANGE_COLUMNS)
    new_row = old_row | row | {"delisted": None}
    if is_changed:
        new_row["last_changed"] = diff.day
        diff.changes.changed += 1
    for column, kind in EVENT_KINDS.items():
        if old_row[column] != new_row[column]:
            diff.add_event(new_row, kind, old_row[column])
    if old_row["code"] != new_row["code"]:
        diff.vacated_codes.append(old_row["code"])
    if old_row["delisted"]:
        diff.changes.relisted += 1
        diff.add_event(new_row, "relisted")
    if old_row["delisted"] or old_row["users"] != new_row["users"]:
        diff.users[new_row["id"]] = new_row["users"]
    if new_row != old_row:
        diff.rows.append(new_row)


def _delist(diff: Difference, old_row: Record, codes: Container[str]) -> None:
    """Mark a problem as delisted. If its code is among `codes`, rename it CODE~ID."""
    new_row = old_row | {"delisted": old_row["delisted"] or diff.day}
    if old_row["code"] in codes:
        new_row["code"] = f"{old_row['code']}~{old_row['id']}"
        new_row["url"] = None  # the address belongs to another problem
        diff.vacated_codes.append(old_row["code"])
    if old_row["delisted"] is None:
        diff.changes.delisted += 1
        diff.add_event(new_row, "delisted")
        diff.users[old_row["id"]] = None
    if new_row != old_row:
        diff.rows.append(new_row)
