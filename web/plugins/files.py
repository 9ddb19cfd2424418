"""Files at fixed addresses: the mark that browsers ask for, robots.txt, the database and its hash.

Where a CDN serves the files that were published beside the site, it has the last two.
"""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING

from datasette import hookimpl
from datasette.utils import sqlite3
from datasette.utils.asgi import Response, asgi_send_file

from web.options import DATABASE_HEADERS, DATABASE_TYPE, HASH_TYPE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from sqlite3 import Connection

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

NAME = "spojscore.db"
FAVICON = Path(__file__).parent.parent / "static" / "favicon.png"
DAILY = {"Cache-Control": "max-age=86400, public"}
# Every page, but not every way to sort and filter one.
ROBOTS = "User-agent: *\nDisallow: /*?\n"


async def favicon(send: Callable[..., object]) -> None:
    await asgi_send_file(send, str(FAVICON), content_type="image/png", headers=dict(DAILY))


async def robots() -> Response:
    return Response.text(ROBOTS, headers=dict(DAILY))


@asynccontextmanager
async def copied(datasette: Datasette) -> AsyncIterator[Path]:
    """A copy of the database: whole, even while a crawl writes to it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, NAME)

        def copy(connection: Connection) -> None:
            with closing(sqlite3.connect(file)) as target:
                connection.backup(target)

        await datasette.get_database().execute_fn(copy)
        yield file


async def database(
    datasette: Datasette, request: Request, send: Callable[..., object]
) -> Response | None:
    written = Path(datasette.get_database().path).stat()
    headers = DATABASE_HEADERS | {"ETag": f'"{written.st_mtime_ns:x}-{written.st_size:x}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response("", status=304, headers=headers)
    async with copied(datasette) as file:
        await asgi_send_file(
            send, str(file), filename=NAME, content_type=DATABASE_TYPE, headers=headers
        )
    return None


async def hash_of_it(datasette: Datasette) -> Response:
    async with copied(datasette) as file:
        line = f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {NAME}\n"
    return Response(line, headers=dict(DATABASE_HEADERS), content_type=HASH_TYPE)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [
        (r"^/favicon\.ico$", favicon),
        (r"^/robots\.txt$", robots),
        (r"^/spojscore\.db$", database),
        (r"^/spojscore\.db\.sha256$", hash_of_it),
    ]
