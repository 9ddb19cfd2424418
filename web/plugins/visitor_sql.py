"""Runs a visitor's SQL in a child process, web/run_sql.py, that the operating system limits."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite3

from web import run_sql
from web.errors import DOWNLOAD, TOO_SLOW, SiteError
from web.options import DATABASE, PAGE_ROWS, MOST_ROWS
from web.request import SiteRequest, current_request, sql_parameters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette

COMMAND = (sys.executable, "-I", "-S", str(Path(run_sql.__file__)))
MAX_PROCESSES = 3
MAX_SECONDS = 2.5  # of a process, which may use a second of CPU time
MAX_WAIT_SECONDS = 2
MAX_CELLS, MAX_PAGE_CELLS = 200_000, 10_000
COUNT_SECONDS = 60
BUSY = "The site is running as many queries as it can. Try again in a few seconds."
TOO_COSTLY = f"Query stopped: it takes too much time or memory. {DOWNLOAD}"
TOO_MANY_ROWS = (
    f"This is more than {MOST_ROWS:,} rows, the most in one response. Select fewer, take a part at a "
    "time (tables: JSON with `next`; SQL: LIMIT and OFFSET), or download the database: "
    "/spojscore.db."
)


class SiteDatabase(Database):  # type: ignore[misc]
    """A database that runs the statements of a request with `sql=` in child processes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.slots = asyncio.Semaphore(MAX_PROCESSES)

    async def execute(
        self, sql: str, params: Any = None, truncate: bool = False, *args: Any, **options: Any
    ) -> Results:
        """Raise SiteError where an error or a missing row could not be seen in the response."""
        request = current_request.get()
        # Datasette truncates exactly those results that fill a response.
        if request is None or not truncate:
            return await super().execute(sql, params, truncate, *args, **options)
        if request.has_sql:
            results = await self.run_apart(sql, params, request)
        else:
            try:
                results = await super().execute(sql, params, truncate, *args, **options)
            except QueryInterrupted as error:
                raise SiteError(TOO_SLOW) from error
            except (sqlite3.Error, OverflowError) as error:
                raise SiteError(str(error)) from error
        is_cut = results.truncated or len(results.rows) > MOST_ROWS
        # Tables in JSON have `next`, and a CSV with a size is as long as that says.
        if is_cut and request.must_be_complete and request.get("_size") in (None, "max"):
            raise SiteError(TOO_MANY_ROWS)
        return results

    async def run_apart(self, sql: str, params: Any, request: SiteRequest) -> Results:
        """Run one statement in a child process. Raises SiteError."""
        message = json.dumps({
            "uri": f"{Path(self.path).absolute().as_uri()}?"
            + ("mode=ro" if self.is_mutable else "immutable=1"),
            "sql": sql,
            "params": dict(params or {}),
            "max_rows": PAGE_ROWS + 1 if request.is_page else MOST_ROWS,
            "max_cells": MAX_PAGE_CELLS if request.is_page else MAX_CELLS,
        })  # fmt: skip
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await self.slots.acquire()
        except TimeoutError as error:
            raise SiteError(BUSY, HTTPStatus.SERVICE_UNAVAILABLE, retry_after=3) from error
        try:
            response = json.loads(await output(message.encode()))
        finally:
            self.slots.release()
        if "error" in response:
            raise SiteError(response["error"])
        sql_parameters.set({name: request.get(name) or "" for name in response["parameters"]})
        return results(response)


async def output(message: bytes) -> bytes:
    """The output of a child process. Raises SiteError for one that a limit ended."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(MAX_SECONDS):
            text, _ = await process.communicate(message)
    except TimeoutError as error:
        raise SiteError(TOO_COSTLY) from error
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise SiteError(TOO_SLOW)
    if process.returncode:
        raise SiteError(TOO_COSTLY)
    return text


def results(response: dict[str, Any]) -> Results:
    """Make Datasette's Results, whose rows have values by position and by name."""
    names = ", ".join(
        'NULL AS "{}"'.format(name.replace('"', '""')) for name in response["columns"]
    )
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.execute(f"SELECT {names}")  # noqa: S608
        rows = [sqlite3.Row(cursor, tuple(map(value, row))) for row in response["rows"]]
        return Results(rows, response["truncated"], cursor.description)


def value(item: Any) -> Any:
    """A blob arrives in hexadecimal."""
    return bytes.fromhex(item["blob"]) if isinstance(item, dict) else item


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    async def install() -> None:
        stock = datasette.get_database(DATABASE)
        database = SiteDatabase(datasette, path=stock.path, is_mutable=stock.is_mutable)
        datasette.remove_database(DATABASE)
        datasette.add_database(database, name=DATABASE)
        await database.table_counts(limit=1_000 * COUNT_SECONDS)

    return install


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    run_sql.add_functions(conn)


@hookimpl
def extra_template_vars() -> dict[str, Any]:
    return {"sql_parameters": sql_parameters.get()}
