"""Errors as sentences with a status, in HTML, JSON and CSV."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted
from datasette.utils import sqlite3
from datasette.utils.asgi import BadRequest, Forbidden, NotFound, Response
from datasette.views.base import DatasetteError

from web.options import TABLE_SECONDS
from web.request import current_request
from web.suggestions import redirect_to_problem, similar_name, similar_problems

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

DOWNLOAD = "Narrow it down, or download the database: /spojscore.db."
TOO_SLOW = f"Query stopped after {TABLE_SECONDS} second. {DOWNLOAD}"
NOT_FOUND = "Page not found."
INTERNAL = "Something went wrong on our side."
TITLES = {404: "Page not found", 500: "Error", 503: "Busy"}
# SQLite's message for a misspelt name.
MISSPELT = re.compile(r"no such (column|table|function): (?:\w+\.)?(\w+)")
# What Datasette raises for parameters that it does not check.
ADDRESS_ERRORS = (sqlite3.Error, OverflowError, ValueError, RecursionError)


class SiteError(BadRequest):  # type: ignore[misc]
    """A sentence for the visitor; `retry_after` is in seconds."""

    def __init__(self, message: str, status: int = 400, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message, self.status, self.retry_after = message, status, retry_after


def site_error(exception: Exception) -> SiteError:
    """The SiteError for any exception; status 500 if the address does not explain it."""
    request = current_request.get()
    if isinstance(exception, SiteError):
        return exception
    if isinstance(exception, NotFound | Forbidden):
        return SiteError(NOT_FOUND, 404)
    if QueryInterrupted in map(type, (exception, exception.__context__)):
        return SiteError(TOO_SLOW)
    if isinstance(exception, DatasetteError):
        # About the address, even where it has the default status, 500.
        status = 400 if exception.status == HTTPStatus.INTERNAL_SERVER_ERROR else exception.status
        return SiteError(exception.message, status)
    if isinstance(exception, BadRequest) or (
        request is not None and request.args and isinstance(exception, ADDRESS_ERRORS)
    ):
        return SiteError(str(exception))
    return SiteError(INTERNAL, 500)


async def error_response(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """The response to a request that failed, in the format of its path."""
    error = site_error(exception)
    context: dict[str, Any] = {"ok": False, "error": error.message, "status": error.status}
    if misspelt := MISSPELT.search(error.message):
        kind, name = misspelt.groups()
        context["error"] = f"No {kind} “{name}”.{await similar_name(datasette, name)}"
    if error.status == HTTPStatus.NOT_FOUND and (
        redirect := await redirect_to_problem(datasette, request)
    ):
        return redirect
    if request.path.endswith(".json"):
        response = Response.json(context | {"title": None}, status=error.status)
    elif request.path.endswith(".csv"):
        response = Response.text(context["error"], status=error.status)
    else:
        context |= {"title": TITLES.get(error.status, "Query failed"), **sql_form()}
        if error.status == HTTPStatus.NOT_FOUND:
            context["similar"] = await similar_problems(datasette, request)
        page = await datasette.render_template("error.html", context, request=request)
        response = Response.html(page, status=error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def sql_form() -> dict[str, Any]:
    """The SQL that failed and its parameters, for the form."""
    request = current_request.get()
    if request is None or not request.has_sql:
        return {}
    values = {name: value for name, value in request.args if name[:1] != "_" and name != "sql"}
    return {"query": {"sql": request.get("sql")}, "named_parameter_values": values}
