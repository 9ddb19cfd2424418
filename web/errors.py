"""Errors as sentences with a status, in HTML, JSON and CSV."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted
from datasette.utils import sqlite3
from datasette.utils.asgi import Base400, Forbidden, NotFound, Response
from datasette.views.base import DatasetteError

from web.options import SQL_SECONDS
from web.run_sql import DOWNLOAD
from web.suggestions import similar_name, suggest_problems

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

TOO_SLOW = f"Query stopped after {SQL_SECONDS} second. {DOWNLOAD}"
WRONG_VALUE = "A parameter of this address has a value that makes no sense."
TITLES = {404: "Page not found", 500: "Error", 503: "Busy"}
# SQLite's message for an unknown name.
UNKNOWN_NAME = re.compile(r"no such (column|table|function): (?:\w+\.)?(\w+)")
# Exceptions from parameters that Datasette does not check.
ADDRESS_ERRORS = (sqlite3.Error, OverflowError, ValueError, RecursionError)


class SiteError(Base400):  # type: ignore[misc]
    """A sentence for the visitor; `retry_after` is in seconds."""

    def __init__(self, message: str, status: int = 400, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


def describe_exception(request: Request, exception: Exception) -> tuple[str, int]:
    """Describe an exception for the visitor. The status is 500 unless the request caused it."""
    if isinstance(exception, NotFound | Forbidden):
        return "Page not found.", 404
    if QueryInterrupted in map(type, (exception, exception.__context__)):
        return TOO_SLOW, 400
    if isinstance(exception, DatasetteError):  # caused by the request, although its default is 500
        return exception.message, 400
    if isinstance(exception, Base400):
        return str(exception), exception.status
    if request.query_string and isinstance(exception, ADDRESS_ERRORS):
        return str(exception) or WRONG_VALUE, 400
    return "Something went wrong on our side.", 500


async def error_response(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Build the response to a failed request, in the format of its path."""
    message, status = describe_exception(request, exception)
    if match := UNKNOWN_NAME.search(message):
        kind, name = match.groups()
        message = f"No {kind} “{name}”.{await similar_name(datasette, name)}"
    similar = await suggest_problems(datasette, request) if status == HTTPStatus.NOT_FOUND else []
    if isinstance(similar, Response):
        return similar
    context: dict[str, Any] = {"ok": False, "error": message, "status": status, "title": None}
    if request.path.endswith(".json"):
        response = Response.json(context, status=status)
    elif request.path.endswith(".csv"):
        response = Response.text(message, status=status)
    else:
        context |= {"title": TITLES.get(status, "Query failed"), "similar": similar}
        if sql := request.args.get("sql"):
            names = [name for name in request.args if name[:1] != "_" and name != "sql"]
            context["query"] = {"sql": sql}
            context["named_parameter_values"] = {name: request.args[name] for name in names}
        page = await datasette.render_template("error.html", context, request=request)
        response = Response.html(page, status=status)
    if retry_after := getattr(exception, "retry_after", None):
        response.headers["Retry-After"] = str(retry_after)
    return response
