"""The site's database. Visitors' SQL runs in child processes, web/run_sql.py, which have limits."""

import asyncio
import json
import sys
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite3
from datasette.utils.asgi import Request

from web import run_sql
from web.errors import SiteError, describe_exception
from web.options import DATABASE, MAX_PAGE_ROWS, MAX_ROWS
from web.request import current_request, must_be_complete, response_format, sql_parameters
from web.run_sql import DOWNLOAD_HINT

COMMAND = (sys.executable, "-I", "-S", str(Path(run_sql.__file__)))
MAX_PROCESSES = 3
MAX_SECONDS = 2  # for a process, which has a second of CPU time
MAX_WAIT_SECONDS = 1.5
RETRY_SECONDS = 3
MAX_CELLS, MAX_PAGE_CELLS = 200_000, 10_000
BUSY_MESSAGE = "The site is running as many queries as it can. Try again in a few seconds."
QUERY_STOPPED_MESSAGE = f"Query stopped: it needs too much time or memory. {DOWNLOAD_HINT}"
TOO_MANY_ROWS_MESSAGE = f"The result has more than {MAX_ROWS:,} rows. {DOWNLOAD_HINT}"


class SiteDatabase(Database):  # type: ignore[misc]
    """Runs the statements of a request with `sql=` in child processes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.slots = asyncio.Semaphore(MAX_PROCESSES)

    async def execute(
        self, sql: str, params: Any = None, truncate: bool = False, *args: Any, **options: Any
    ) -> Results:
        """Run a statement. Raises SiteError for errors, and for truncation that the response could
        not indicate."""
        request = current_request.get()
        # Datasette's views of a row, a table and a query pass truncate=True for what they show.
        if request is None or not truncate:
            return await super().execute(sql, params, truncate, *args, **options)
        if "sql" in request.args:
            results = await self.run_in_child(sql, params, request)
        else:
            try:
                results = await super().execute(sql, params, truncate, *args, **options)
            except (QueryInterrupted, sqlite3.Error, OverflowError) as error:
                message, status = describe_exception(request, error)
                if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                    # Datasette logs this one, but neither a Base400 nor an sqlite3.Error.
                    raise RuntimeError(message) from error
                raise SiteError(message, status) from error
        is_partial = results.truncated or len(results.rows) > MAX_ROWS
        # A table's CSV may ask for MAX_ROWS explicitly; queries ignore _size.
        if is_partial and must_be_complete(request) and request.args.get("_size") != str(MAX_ROWS):
            raise SiteError(TOO_MANY_ROWS_MESSAGE)
        return results

    async def run_in_child(self, sql: str, params: Any, request: Request) -> Results:
        """Run one statement in a child process. Raises SiteError."""
        message = {
            "uri": f"{Path(self.path).absolute().as_uri()}?immutable=1",
            "sql": sql,
            "params": dict(params or {}),
            "max_rows": MAX_ROWS if response_format(request) else MAX_PAGE_ROWS + 1,
            "max_cells": MAX_CELLS if response_format(request) else MAX_PAGE_CELLS,
        }
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await self.slots.acquire()
        except TimeoutError as error:
            raise SiteError(BUSY_MESSAGE, 503, RETRY_SECONDS) from error
        try:
            output = await run_process(json.dumps(message).encode())
        finally:
            self.slots.release()
        if not output:
            raise SiteError(QUERY_STOPPED_MESSAGE)
        response = json.loads(output, object_hook=decode_blob)
        if "error" in response:
            raise SiteError(response["error"])
        sql_parameters.set({name: request.args.get(name) or "" for name in response["parameters"]})
        return make_results(response)


async def run_process(message: bytes) -> bytes:
    """Run a child process. Returns its output, blank if a limit ended it."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(MAX_SECONDS):
            output, _ = await process.communicate(message)
    except TimeoutError:
        output = b""
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        status = await process.wait()
    return b"" if status else output


def make_results(response: dict[str, Any]) -> Results:
    """Build Datasette's Results, whose rows have values by position and by name."""
    names = ('NULL AS "{}"'.format(name.replace('"', '""')) for name in response["columns"])
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.execute(f"SELECT {', '.join(names)}")
        rows = [sqlite3.Row(cursor, tuple(row)) for row in response["rows"]]
        return Results(rows, response["truncated"], cursor.description)


def decode_blob(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value["blob"]) if "blob" in value else value


@hookimpl
async def startup(datasette: Datasette) -> None:
    """Install SiteDatabase."""
    stock_database = datasette.get_database(DATABASE)
    database = SiteDatabase(
        datasette, path=stock_database.path, is_mutable=stock_database.is_mutable
    )
    datasette.remove_database(DATABASE)
    datasette.add_database(database, name=DATABASE)


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    run_sql.add_functions(conn)
