"""Handles what all requests and responses have in common: checks, caching and headers."""

from __future__ import annotations

import hashlib
import json
import traceback
from functools import cache
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.utils.asgi import Base400, NotFound, Request, Response

from web.csv_cells import rewrite_csv
from web.errors import SiteError, error_response
from web.metadata import canned_queries
from web.options import DATABASE, MAX_RESPONSE_BYTES, PYPROJECT
from web.request import check, current_request, parse_request, response_format
from web.run_sql import DOWNLOAD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette

    Message = dict[str, Any]
    App = Callable[..., Awaitable[None]]
    Send = Callable[[Message], Awaitable[None]]

METHODS = "GET, HEAD, OPTIONS"
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "access-control-allow-origin": "*",
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": "Authorization, Content-Type",
    "access-control-expose-headers": "Link, ETag, Retry-After",
}
# Each deployment clears the CDN's cache.
CDN_CACHE = b"public, s-maxage=1800, stale-while-revalidate=600"
CREDENTIALS = (b"cookie", b"authorization")  # every visitor gets the same response
# Files that pages depend on, locally and in the published function.
SOURCES = (
    "plugins/*.py", "templates/**/*.html", "static/*.*", "*.py", "web/*.py", "metadata.json",
    "../metadata.yml",
)  # fmt: skip
TOO_LARGE = f"The response would be larger than {MAX_RESPONSE_BYTES / 1e6:g} MB. {DOWNLOAD}"


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    def wrap(app: App) -> App:
        async def respond(scope: Message, receive: App, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            send = with_headers(send)
            if scope["method"] in ("GET", "HEAD"):
                response = await handle_get(datasette, app, scope, send)
            else:
                status = 204 if scope["method"] == "OPTIONS" else 405
                response = Response("", status=status, headers={"Allow": METHODS})
            if response:
                await response.asgi_send(send)

        return respond

    return wrap


async def handle_get(datasette: Datasette, app: App, scope: Message, send: Send) -> Response | None:
    """Handle a GET request. Returns the response, None if it was already sent."""
    request = parse_request(scope)
    current_request.set(request)
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in CREDENTIALS]
    scope = {**request.scope, "headers": headers}
    try:
        await datasette.invoke_startup()
        check(request, canned_queries(datasette))
        if request.path.startswith("/static/") or request.path == f"/{DATABASE}.db":
            await app(scope, no_body, send)
            return None
        tag = entity_tag(datasette, request)
        if tag and tag.encode() in dict(scope["headers"]).get(b"if-none-match", b""):
            return Response("", status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        response = finish(request, await collect(app, scope))
        if tag and response.status == HTTPStatus.OK:
            response.headers["etag"] = tag
        return response
    except Exception as error:  # Datasette handles those inside its app
        if not isinstance(error, Base400):
            traceback.print_exc()
        scope["csrftoken"] = str  # no page posts a form
        return await error_response(datasette, Request(scope, no_body), error)


@cache
def site_version() -> bytes:
    """A hash of the files that pages depend on."""
    files = sorted(chain.from_iterable(map(Path(__file__).parents[1].glob, SOURCES)))
    return hashlib.sha256(b"".join(file.read_bytes() for file in (PYPROJECT, *files))).digest()


def entity_tag(datasette: Datasette, request: Request) -> str | None:
    """The ETag of a page, JSON or CSV; None for SQL and for a mutable database."""
    database_hash = datasette.get_database(DATABASE).hash
    if "sql" in request.args or request.path.startswith("/-/") or not database_hash:
        return None
    address = f"{database_hash}{request.path}?{request.query_string}".encode()
    return f'W/"{hashlib.sha256(site_version() + address).hexdigest()}"'


async def collect(app: App, scope: Message) -> Response:
    """Collect the app's complete response. Raises SiteError if it is too large."""
    start: Message = {}
    body = bytearray()

    async def receive_part(message: Message) -> None:
        start.update(message if message["type"] == "http.response.start" else {})
        body.extend(message.get("body", b""))

    await app(scope, no_body, receive_part)
    if len(body) > MAX_RESPONSE_BYTES:
        raise SiteError(TOO_LARGE)
    headers = {name.decode("latin-1").lower(): v.decode("latin-1") for name, v in start["headers"]}
    content_type = headers.pop("content-type", "text/plain")
    headers.pop("content-length", None)
    return Response(bytes(body), start["status"], headers, content_type)


def finish(request: Request, response: Response) -> Response:
    """Rewrite a CSV. Raises NotFound for a redirect to another site, SiteError for JSON errors."""
    if response.headers.get("location", "").startswith(("//", "/\\")):
        raise NotFound("another site")
    if response.status == HTTPStatus.OK and response.body.startswith(b'{"ok": false'):
        raise SiteError(json.loads(response.body)["error"])
    if response.status == HTTPStatus.OK and response_format(request) == "csv":
        response.body = rewrite_csv(response.body.decode()).encode()
    return response


def with_headers(send: Send) -> Send:
    """Add the headers of every response."""
    extra = {name.encode(): text.encode() for name, text in HEADERS.items()}

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.lower(): value for name, value in message["headers"]} | extra
            headers.pop(b"vary", None)
            if status >= HTTPStatus.BAD_REQUEST:
                headers[b"cache-control"] = b"no-store"
            elif status == HTTPStatus.OK and headers.get(b"cache-control") != b"no-store":
                headers[b"cdn-cache-control"] = CDN_CACHE
            message = {**message, "headers": list(headers.items())}
        await send(message)

    return send_with_headers


async def no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    async def respond() -> Response:
        return await error_response(datasette, request, exception)

    return respond


def database_hash(datasette: Datasette) -> Response:
    line = f"{datasette.get_database(DATABASE).hash}  {DATABASE}.db\n"
    return Response.text(line)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Response]]]:
    return [(rf"^/{DATABASE}\.db\.sha256$", database_hash)]
