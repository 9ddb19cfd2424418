"""What a visitor's SQL may cost: memory, and the size of its rows. The time is Datasette's."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils import sqlite3
from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from sqlite3 import Connection, Cursor, Row

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

# Bytes that SQLite may hold at a time, for all connections. The site's own pages need a tenth.
HEAP = 48_000_000
# Bytes of the rows of one query. The whole list takes half; Vercel answers with 4.5 MB at most.
MOST = 6_000_000
CELL = 32  # bytes that a cell costs whatever it holds

TOO_MUCH_MEMORY = "This query needs more memory than this site gives. Ask for less of it at a time."
TOO_LARGE = (
    f"The answer to this query is larger than {MOST // 1_000_000} MB. Ask for fewer rows or "
    "columns, or take the whole database home: its file is linked on the home page."
)
TOO_LONG = (
    "This query took too long, more than a second. Ask for less, or take the whole database "
    "home: its file is linked on the home page."
)


class Rows:
    """A connection's row factory. Python's copies are no part of SQLite's heap: it counts them."""

    def __init__(self) -> None:
        self.cursor: Callable[[], Cursor | None] = lambda: None
        self.left = MOST

    def __call__(self, cursor: Cursor, cells: tuple[object, ...]) -> Row:
        if self.cursor() is not cursor:
            self.cursor, self.left = weakref.ref(cursor), MOST
        self.left -= CELL * len(cells)
        for cell in cells:
            if isinstance(cell, str | bytes):
                self.left -= len(cell)
        if self.left < 0:
            raise sqlite3.OperationalError(TOO_LARGE)
        row: Row = sqlite3.Row(cursor, cells)
        return row


@hookimpl
def prepare_connection(conn: Connection) -> None:
    conn.execute(f"PRAGMA hard_heap_limit = {HEAP}")
    conn.row_factory = Rows()


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    """A sentence, where Datasette answers 500 or with a page that the site's policy forbids."""
    if isinstance(exception, MemoryError):
        message = TOO_MUCH_MEMORY
    elif isinstance(exception, QueryInterrupted) or is_interruption(exception):
        message = TOO_LONG
    else:
        return None

    async def answer() -> Response:
        facts: dict[str, Any] = {"ok": False, "error": message, "status": 400, "title": None}
        if request.path.endswith(".json"):
            return Response.json(facts, status=400)
        if request.path.endswith(".csv"):
            return Response.text(message, status=400)
        page = await datasette.render_template("error.html", facts, request=request)
        return Response.html(page, status=400)

    return answer


def is_interruption(exception: Exception) -> bool:
    return isinstance(exception, DatasetteError) and exception.title == "SQL Interrupted"
