"""The home page, without the counts of all tables that Datasette's own would make for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.utils.asgi import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request


async def home(datasette: Datasette, request: Request) -> Response:
    known: dict[str, Any] = {"metadata": datasette.metadata()}
    return Response.html(await datasette.render_template("index.html", known, request=request))


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"^/$", home)]
