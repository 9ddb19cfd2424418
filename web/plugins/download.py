"""/spojscore.db and its hash, where no CDN serves the files that were published beside the site."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING

from datasette import hookimpl
from datasette.utils import sqlite3
from datasette.utils.asgi import Response, asgi_send_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from sqlite3 import Connection

    from datasette.app import Datasette

NAME = "spojscore.db"


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


async def download(datasette: Datasette, send: Callable[..., object]) -> None:
    async with copied(datasette) as file:
        await asgi_send_file(
            send, str(file), filename=NAME, content_type="application/octet-stream"
        )


async def hash_of_it(datasette: Datasette) -> Response:
    async with copied(datasette) as file:
        return Response.text(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {NAME}\n")


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [(r"^/spojscore\.db$", download), (r"^/spojscore\.db\.sha256$", hash_of_it)]
