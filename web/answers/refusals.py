"""What is said instead of an answer: a sentence and a status, in the form that was asked for."""

from __future__ import annotations

import re
import sys
import traceback
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted
from datasette.utils import InvalidSql, sqlite3
from datasette.utils.asgi import BadRequest, Forbidden, NotFound, Response
from datasette.views.base import DatasetteError

from web.answers.asked import ASKED
from web.answers.lost import elsewhere
from web.options import DATABASE, SQL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Collection

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

HOME = f"or take the whole database home: /{DATABASE}.db."
TOO_LONG = f"This query took too long, more than {SQL_SECONDS} second. Ask for less, {HOME}"
TOO_MUCH_MEMORY = f"This query needs more memory than this site gives. Ask for less, {HOME}"
TOO_COSTLY = f"This query takes more time or memory than this site gives. Ask for less, {HOME}"
NO_CSV = "There is no CSV of that. Each table and each question has one."
BROKEN = "Something is broken here. It is not your question's fault."
NOWHERE = 404
NOT_FOUND = "There is no such page."
# What SQLite says when a file that it sorts in, or a text, grows beyond what it may have.
OUT_OF_SPACE = ("disk I/O error", "database or disk is full", "string or blob too big")
MISSPELT = re.compile(r"no such (column|table|function): (?:\w+\.)?(\w+)")
WORDS = """
    SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
    UNION SELECT p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
"""


class RefusedError(Exception):
    """What was asked is not answered, and here is why. `wait`: seconds after which to ask again."""

    def __init__(self, message: str, status: int = 400, wait: int | None = None) -> None:
        super().__init__(message)
        self.message, self.status, self.wait = message, status, wait


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Half a sentence, if one of the known words is like it."""
    close = get_close_matches(word.lower(), known, n=1)
    return f"; did you mean `{close[0]}`?" if close else "."


def refusal(exception: Exception, path: str) -> RefusedError:
    """The sentence for an exception. Our own faults go to standard error, not to visitors."""
    if isinstance(exception, RefusedError):
        return exception
    if isinstance(exception, NotFound | Forbidden):
        return RefusedError(NOT_FOUND, NOWHERE)
    if message := said(exception, path):
        return RefusedError(message)
    traceback.print_exception(exception, file=sys.stderr)
    return RefusedError(BROKEN, 500)


def said(exception: Exception, path: str) -> str | None:
    """What is wrong with the question, if it is the question."""
    asked, message = ASKED.get(), None
    if isinstance(exception, MemoryError):
        message = TOO_MUCH_MEMORY
    elif isinstance(exception, QueryInterrupted):
        message = TOO_LONG
    elif isinstance(exception, KeyError) and path.endswith(".csv"):
        message = NO_CSV
    elif isinstance(exception, DatasetteError):
        interrupted = exception.title == "SQL Interrupted"
        message = TOO_LONG if interrupted else sentence(exception.message)
    elif isinstance(exception, BadRequest) or (asked and asked.args and is_about_it(exception)):
        message = sentence(str(exception))
    return message


def is_about_it(exception: Exception) -> bool:
    """Datasette reads and binds what stands in an address without looking at it first."""
    wrong = sqlite3.Error | InvalidSql | OverflowError | ValueError | RecursionError
    return isinstance(exception, wrong)


def sentence(error: str) -> str:
    """What SQLite or Datasette says, as a part of ours."""
    if error in OUT_OF_SPACE:
        return TOO_MUCH_MEMORY
    return f"That can't be answered: {error}"


async def answer(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """The answer to a request that failed."""
    refused = refusal(exception, request.path)
    message = refused.message
    if misspelt := MISSPELT.search(message):
        names = await datasette.get_database().execute(WORDS)
        message += did_you_mean(misspelt[2], [name for (name,) in names.rows])
    facts: dict[str, Any] = {
        "ok": False, "error": message, "status": refused.status, "title": None,
    }  # fmt: skip
    more = typed()
    if refused.status == NOWHERE:
        other = await elsewhere(datasette, request)
        if isinstance(other, Response):
            return other
        more = other
    if request.path.endswith(".json"):
        response = Response.json(facts, status=refused.status)
    elif request.path.endswith(".csv"):
        response = Response.text(message, status=refused.status)
    else:
        page = await datasette.render_template("error.html", facts | more, request=request)
        response = Response.html(page, status=refused.status)
    if refused.wait is not None:
        response.headers["Retry-After"] = str(refused.wait)
    return response


def typed() -> dict[str, Any]:
    """What a visitor had typed, for him to go on with."""
    asked = ASKED.get()
    if asked is None or asked.kind != "sql":
        return {}
    values = {
        name: value for name, value in asked.args if name != "sql" and not name.startswith("_")
    }
    return {"query": {"sql": asked.get("sql")}, "named_parameter_values": values}
