"""Runs a visitor's query under limits that the operating system enforces.

A script: reads {"uri", "sql", "params", "max_rows", "max_cells"} as JSON from standard input,
writes {"columns", "rows", "truncated", "parameters"} or {"error"} to standard output.
"""

import json
import os
import resource
import sqlite3
import sys
from contextlib import suppress
from typing import Any

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120

from web.search import matches

LIMITS = {
    "RLIMIT_CPU": 1,  # seconds
    "RLIMIT_AS": 96_000_000,  # bytes of address space; macOS has no such limit
    "RLIMIT_FSIZE": 64_000_000,  # bytes of each temporary file
    "RLIMIT_CORE": 0,
}
MAX_OUTPUT_BYTES = 4_000_000

DOWNLOAD_HINT = "Narrow it down, or download the database: /spojscore.db."
TOO_MUCH_MEMORY_MESSAGE = f"Query stopped: it needs too much memory. {DOWNLOAD_HINT}"
TOO_LARGE_MESSAGE = f"Query stopped: its result is too large. {DOWNLOAD_HINT}"
RESERVED_NAME_MESSAGE = "The parameter :sql is the query itself. Give it another name."

LOCATION_COLUMN = ("pragma_database_list", "file")
TOKENIZER = "fts3_tokenizer"  # reads and writes pointers of the process
# The codes of a full disk, a disk I/O error, and a text or blob that is too big.
SPACE_ERRORS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_TOOBIG}


class Parameters(dict[str, str]):
    """The values of the names that SQLite has looked up, blank by default."""

    def __init__(self, request: dict[str, str]) -> None:
        self.request = request

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, self.request.get(name, ""))


class Median:
    """SQL's median(x). Ignores values that are not numbers; null without numbers."""

    def __init__(self) -> None:
        self.numbers: list[float] = []

    def step(self, value: object) -> None:
        if isinstance(value, int | float):
            self.numbers.append(value)

    def finalize(self) -> float | None:
        numbers, middle = sorted(self.numbers), len(self.numbers) // 2
        return (numbers[middle] + numbers[~middle]) / 2 if numbers else None


def authorize(action: int, arg1: str | None, arg2: str | None, *_: object) -> int:
    """SQLite's authorizer. The location of the database file reads as null."""
    if action == sqlite3.SQLITE_FUNCTION and arg2 == TOKENIZER:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_READ and (str(arg1).lower(), arg2) == LOCATION_COLUMN:
        return sqlite3.SQLITE_IGNORE
    return sqlite3.SQLITE_OK


def add_functions(connection: sqlite3.Connection) -> None:
    connection.create_aggregate("median", 1, Median)  # type: ignore[arg-type]
    connection.create_function("found", 2, matches, deterministic=True)


def set_limits() -> None:
    os.nice(10)  # the site's own pages come first
    for name, value in LIMITS.items():
        # The system may lack a limit, or already have a lower one.
        with suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


def run(request: dict[str, Any]) -> str:
    """Return the response to `request` as JSON. Raises MemoryError."""
    connection = sqlite3.connect(request["uri"], uri=True)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    add_functions(connection)
    connection.set_authorizer(authorize)
    parameters = Parameters(request["params"])
    rows: list[str] = []
    try:
        cursor = connection.execute(request["sql"], parameters)
        if "sql" in parameters:
            return error(RESERVED_NAME_MESSAGE)
        columns = [column[0] for column in cursor.description]
        size, truncated = 0, False
        for row in cursor:
            if truncated := len(rows) == request["max_rows"]:
                break
            rows.append(json.dumps(row, default=lambda blob: {"blob": blob.hex()}))
            size += len(rows[-1])
            if size > MAX_OUTPUT_BYTES or len(rows) * len(columns) > request["max_cells"]:
                return error(TOO_LARGE_MESSAGE)
    except (sqlite3.Error, sqlite3.Warning) as exception:
        code = getattr(exception, "sqlite_errorcode", 0) & 0xFF
        return error(TOO_MUCH_MEMORY_MESSAGE if code in SPACE_ERRORS else str(exception))
    head = {"columns": columns, "truncated": truncated, "parameters": list(parameters)}
    return f'{json.dumps(head)[:-1]}, "rows": [{",".join(rows)}]}}'


def error(message: str) -> str:
    return json.dumps({"error": message})


def main() -> None:
    request = json.load(sys.stdin)
    set_limits()
    try:
        output = run(request)
    except MemoryError:
        output = error(TOO_MUCH_MEMORY_MESSAGE)
    sys.stdout.write(output)


if __name__ == "__main__":
    main()
