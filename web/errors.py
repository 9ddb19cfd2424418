"""Errors as sentences with a status, in HTML, JSON and CSV."""

import re
from typing import Any

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils import sqlite3
from datasette.utils.asgi import Base400, Forbidden, NotFound, Request, Response
from datasette.views.base import DatasetteError

from web.options import SQL_SECONDS
from web.run_sql import DOWNLOAD_HINT
from web.suggestions import suggest_name, suggest_problems

TOO_SLOW_MESSAGE = f"Query stopped after {SQL_SECONDS} second. {DOWNLOAD_HINT}"
TITLES = {404: "Page not found", 500: "Error", 503: "Busy"}
# SQLite's message for an unknown name.
UNKNOWN_NAME = re.compile(r"no such (column|table|function): (?:\w+\.)?(\w+)")
# Exceptions from parameters that Datasette does not check.
PARAMETER_ERRORS = (sqlite3.Error, OverflowError, ValueError, RecursionError)


class SiteError(Base400):  # type: ignore[misc]
    """A sentence for the visitor; `retry_after` is in seconds."""

    def __init__(self, message: str, status: int = 400, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


def describe_exception(request: Request, exception: Exception) -> tuple[str, int]:
    """Describe an exception for the visitor. The status is 500 unless the request caused it."""
    if isinstance(exception, NotFound | Forbidden):
        return "Page not found.", 404
    if isinstance(exception, QueryInterrupted):
        return TOO_SLOW_MESSAGE, 400
    if isinstance(exception, DatasetteError):  # the request's fault; the class defaults to 500
        return exception.message, 400
    if isinstance(exception, Base400):
        return str(exception), exception.status
    if request.query_string and isinstance(exception, PARAMETER_ERRORS):
        return str(exception) or "A parameter in this URL has an invalid value.", 400
    return "Something went wrong on our side.", 500


async def error_response(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Build the response to a failed request, in the format of its path."""
    message, status = describe_exception(request, exception)
    if match := UNKNOWN_NAME.search(message):
        message = f"No {match[1]} “{match[2]}”.{await suggest_name(datasette, *match.groups())}"
    problems = await suggest_problems(datasette, request) if isinstance(exception, NotFound) else []
    if isinstance(problems, Response):
        return problems
    context: dict[str, Any] = {"ok": False, "error": message, "status": status, "title": None}
    if request.path.endswith(".json"):
        response = Response.json(context, status=status)
    elif request.path.endswith(".csv"):
        response = Response.text(message, status=status)
    else:
        context |= {"title": TITLES.get(status, "Query failed"), "similar_problems": problems}
        if sql := request.args.get("sql"):
            names = [name for name in request.args if name[:1] != "_" and name != "sql"]
            context["query"] = {"sql": sql}
            context["named_parameter_values"] = {name: request.args[name] for name in names}
        page = await datasette.render_template("error.html", context, request=request)
        response = Response.html(page, status=status)
    if retry_after := getattr(exception, "retry_after", None):
        response.headers["Retry-After"] = str(retry_after)
    return response
