"""The home page, without the counts of all tables that Datasette's own would make for it, and its
look-up: a code leads to its problem, all else to the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.utils.asgi import Response

from web.options import DATABASE, LIST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

CODE = "SELECT code FROM problems WHERE code = :typed COLLATE NOCASE"


async def home(datasette: Datasette, request: Request) -> Response:
    known: dict[str, Any] = {"metadata": datasette.metadata()}
    return Response.html(await datasette.render_template("index.html", known, request=request))


async def look_up(datasette: Datasette, request: Request) -> Response:
    typed = (request.args.get("q") or "").strip()
    found = (await datasette.get_database().execute(CODE, {"typed": typed})).first()
    if found:
        return Response.redirect(datasette.urls.row(DATABASE, LIST, found["code"]))
    query = f"?{urlencode({'_q': typed})}" if typed else ""
    return Response.redirect(datasette.urls.table(DATABASE, LIST) + query)


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    """Where the page and the site are, for what is shared elsewhere; error pages lack a request."""
    if request is None:
        return {}
    return {
        "site": datasette.absolute_url(request, "/").rstrip("/"),
        "canonical": datasette.absolute_url(request, request.path),
    }


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"^/$", home), (r"^/find$", look_up)]
