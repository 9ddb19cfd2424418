"""A sentence and status 400 for what can't be answered, where Datasette has a 500 or less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils import sqlite3
from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

SERVER_ERROR = 500
TOO_MUCH_MEMORY = "This query needs more memory than this site gives. Ask for less of it at a time."
TOO_LONG = (
    "This query took too long, more than a second. Ask for less, or take the whole database "
    "home: its file is linked on the home page."
)
NO_CSV = "There is no CSV of that. Each table and each question has one."


def sentence(exception: Exception, request: Request) -> str | None:
    """What to say, if it is the question that is wrong and not the site."""
    if isinstance(exception, DatasetteError) and exception.title == "Refused":
        return str(exception)
    if isinstance(exception, MemoryError):
        return TOO_MUCH_MEMORY
    if isinstance(exception, QueryInterrupted) or is_interruption(exception):
        return TOO_LONG
    if isinstance(exception, KeyError) and request.path.endswith(".csv"):
        return NO_CSV
    if request.query_string and is_about_the_address(exception):
        return f"That can't be answered: {exception}"
    return None


def is_interruption(exception: Exception) -> bool:
    return isinstance(exception, DatasetteError) and exception.title == "SQL Interrupted"


def is_about_the_address(exception: Exception) -> bool:
    """Datasette reads and binds what stands there without looking at it first."""
    if isinstance(exception, DatasetteError):
        return bool(exception.status == SERVER_ERROR)
    return isinstance(exception, sqlite3.Error | OverflowError | ValueError)


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]] | None:
    message = sentence(exception, request)
    if message is None:
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
