"""Reads and changes rows of a database."""

from pathlib import Path
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]


def rows(database: Path, sql: str = "SELECT * FROM problems ORDER BY id") -> list[Row]:
    with Database(database) as db:
        return list(db.query(sql))


def change(database: Path, *statements: str) -> None:
    with Database(database) as db:
        for statement in statements:
            db.execute(statement)
