"""Compares two lists. Pure: no database."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]

# Columns that set last_changed; votes and acceptance change with every submission.
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
    """What leads to the list of `day`.

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


def compare_lists(before: Iterable[Record], after: Iterable[Record], day: str) -> Difference:
    """Compare the rows `before` with those `after`, the list of `day`."""
    diff = Difference(day)
    rows_by_id = {row["id"]: row for row in after}
    codes = {row["code"] for row in rows_by_id.values()}
    is_first = True
    for old in before:
        is_first = False
        if row := rows_by_id.pop(old["id"], None):
            _compare(diff, old, row)
        else:
            _delist(diff, old, codes)
    for row in rows_by_id.values():
        dates = {"first_seen": day, "last_changed": day, "delisted": None}
        diff.rows.append(row | dates | DERIVED_DEFAULTS)
        diff.users[row["id"]] = row["users"]
        diff.changes.new += 1
        if not is_first:
            diff.add_event(row, "added")
    return diff


def _compare(diff: Difference, old: Record, row: Record) -> None:
    changed = any(row[column] != old[column] for column in CHANGE_COLUMNS)
    new = old | row | {"delisted": None}
    if changed:
        new["last_changed"] = diff.day
        diff.changes.changed += 1
    for column, kind in EVENT_KINDS.items():
        if old[column] != new[column]:
            diff.add_event(new, kind, old[column])
    if old["code"] != new["code"]:
        diff.vacated_codes.append(old["code"])
    if old["delisted"]:
        diff.changes.relisted += 1
        diff.add_event(new, "relisted")
    if old["delisted"] or old["users"] != new["users"]:
        diff.users[new["id"]] = new["users"]
    if new != old:
        diff.rows.append(new)


def _delist(diff: Difference, old: Record, codes: Container[str]) -> None:
    """Mark a problem as delisted. If its code is among `codes`, rename it CODE~ID."""
    new = old | {"delisted": old["delisted"] or diff.day}
    if old["code"] in codes:
        new["code"] = f"{old['code']}~{old['id']}"
        new["url"] = None  # the address belongs to another problem
        diff.vacated_codes.append(old["code"])
    if old["delisted"] is None:
        diff.changes.delisted += 1
        diff.add_event(new, "delisted")
        diff.users[old["id"]] = None
    if new != old:
        diff.rows.append(new)
