"""SQL functions beyond SQLite's own, and what SQL must not reveal."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from datasette import hookimpl
from datasette.utils import sqlite3

if TYPE_CHECKING:
    from sqlite3 import Connection

# Other visitors' queries; nobody here needs them.
SECRET = {"sqlite_stmt"}
# Where the database lies on this machine. Datasette asks for the names beside it.
PLACE = ("pragma_database_list", "file")


class Median:
    """SQL's median(x), of the numbers among x; null without any."""

    def __init__(self) -> None:
        self.numbers: list[float] = []

    def step(self, value: object) -> None:
        if isinstance(value, int | float):
            self.numbers.append(value)

    def finalize(self) -> float | None:
        """The number in the middle, or between the two in the middle."""
        return median(self.numbers) if self.numbers else None


def allowed(action: int, first: str | None, second: str | None, *_: object) -> int:
    """SQLite's question whether a statement may do that."""
    verdict: int = sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and first in SECRET:
        verdict = sqlite3.SQLITE_DENY
    elif action == sqlite3.SQLITE_READ and (first, second) == PLACE:
        verdict = sqlite3.SQLITE_IGNORE  # it reads as null
    return verdict


@hookimpl
def prepare_connection(conn: Connection) -> None:
    conn.create_aggregate("median", 1, Median)  # type: ignore[arg-type]
    conn.set_authorizer(allowed)
