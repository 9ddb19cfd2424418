"""What a visitor's SQL may cost: memory, size of rows and texts. The time is Datasette's."""

from __future__ import annotations

import re
import weakref
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.utils import sqlite3

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Connection, Cursor, Row

# Bytes that SQLite may hold at a time, for all connections. The site's own pages need a tenth.
HEAP = 48_000_000
# Bytes of the rows of one query. The whole list takes half; Vercel answers with 4.5 MB at most.
MOST = 6_000_000
CELL = 64  # bytes that a cell costs whatever it holds
WIDEST = 12  # bytes that a letter may take as JSON
TOO_LARGE = (
    "The answer to this query is too large. Ask for fewer rows or columns, or take the whole "
    "database home: its file is linked on the home page."
)

# A query is interrupted between two of SQLite's steps, but never within one: so each must be short.
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 100_000,  # bytes of a text; all codes together have a third
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,  # bytes; Vercel takes addresses of 14 KB
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 10_000,
}
# These compare each character of their first text with each of their second.
COMPARING = {"instr": 2, "replace": 3, "trim": 2, "ltrim": 2, "rtrim": 2}
COMPARISONS = 5_000_000
PADDED = re.compile(r"\*|\d{5}")  # by printf, which pads before it looks at the length


class Rows:
    """A connection's row factory. Python's copies are no part of SQLite's heap: it counts them."""

    def __init__(self) -> None:
        self.cursor: Callable[[], Cursor | None] = lambda: None
        self.left, self.names = MOST, 0

    def __call__(self, cursor: Cursor, cells: tuple[object, ...]) -> Row:
        if self.cursor() is not cursor:
            self.cursor, self.left = weakref.ref(cursor), MOST
            # Every row is sent with their names.
            self.names = sum(len(column[0]) for column in cursor.description)
        self.left -= self.names + CELL * len(cells)
        for cell in cells:
            if isinstance(cell, str):
                self.left -= len(cell) * (1 if cell.isascii() else WIDEST)
            elif isinstance(cell, bytes):
                self.left -= len(cell)
        if self.left < 0:
            raise sqlite3.OperationalError(TOO_LARGE)
        row: Row = sqlite3.Row(cursor, cells)
        return row


def comparing(name: str, count: int, plain: Connection) -> Callable[..., Any]:
    """SQLite's own function of that name, for texts that it compares in no time."""
    sql = f"SELECT {name}({', '.join('?' * count)})"

    def compare(*given: Any) -> Any:
        first, second, *_ = (len(one) if isinstance(one, str | bytes) else 1 for one in given)
        if first * second > COMPARISONS:
            raise OverflowError  # which SQLite tells as a text that is too long
        return plain.execute(sql, given).fetchone()[0]

    return compare


def padding(plain: Connection) -> Callable[..., Any]:
    """SQLite's own printf, for what it pads in no time."""

    def pad(*given: Any) -> Any:
        if given and PADDED.search(str(given[0])):
            raise OverflowError
        return plain.execute(f"SELECT printf({', '.join('?' * len(given))})", given).fetchone()[0]

    return pad


@hookimpl
def prepare_connection(conn: Connection) -> None:
    conn.execute(f"PRAGMA hard_heap_limit = {HEAP}")
    conn.row_factory = Rows()
    for limit, most in LIMITS.items():
        conn.setlimit(limit, most)
    plain = sqlite3.connect(":memory:", check_same_thread=False)
    for name, count in COMPARING.items():
        conn.create_function(name, count, comparing(name, count, plain), deterministic=True)
    for name in ("printf", "format"):
        conn.create_function(name, -1, padding(plain), deterministic=True)
