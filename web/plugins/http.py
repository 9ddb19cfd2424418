"""Checks requests, caches responses and adds headers."""

import hashlib
import json
import traceback
from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Base400, Request, Response

from web.csv_cells import rewrite_csv
from web.errors import SiteError, error_response
from web.options import DATABASE, MAX_RESPONSE_BYTES, PYPROJECT
from web.request import check_request, current_request, parse_request, response_format
from web.run_sql import DOWNLOAD_HINT

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
# Files that pages depend on, locally and in the published function.
SOURCES = (
    "plugins/*.py", "templates/**/*.html", "static/*.*", "*.py", "web/*.py", "metadata.json",
    "../metadata.yml",
)  # fmt: skip
TOO_LARGE_MESSAGE = f"The response is larger than {MAX_RESPONSE_BYTES / 1e6:g} MB. {DOWNLOAD_HINT}"


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    def wrap(app: App) -> App:
        async def respond(scope: Message, receive: App, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            send = add_headers(send)
            if scope["method"] in ("GET", "HEAD"):
                await handle_get(datasette, app, scope, send)
            else:
                status = 204 if scope["method"] == "OPTIONS" else 405
                await Response("", status=status, headers={"Allow": METHODS}).asgi_send(send)

        return respond

    return wrap


async def handle_get(datasette: Datasette, app: App, scope: Message, send: Send) -> None:
    request = Request(scope, None)
    try:
        request = parse_request(scope)
        current_request.set(request)
        await datasette.invoke_startup()  # installs SiteDatabase
        await check_request(datasette, request)
        if request.path.startswith("/static/") or request.path == f"/{DATABASE}.db":
            await app(request.scope, no_body, send)
            return
        tag = entity_tag(datasette, request)
        if tag and tag in request.headers.get("if-none-match", ""):
            response = Response("", status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
            await response.asgi_send(send)
            return
        start, body = await collect_response(app, request.scope)
        if start["status"] == HTTPStatus.OK and response_format(request) == "csv":
            body = rewrite_csv(body.decode()).encode()
        if start["status"] == HTTPStatus.OK and tag:
            start["headers"] = [*start["headers"], (b"etag", tag.encode())]
        await send(start)
        await send({"type": "http.response.body", "body": body})
    except Exception as error:  # Datasette handles those raised inside its app
        if not isinstance(error, Base400):
            traceback.print_exc()
        request.scope["csrftoken"] = lambda: ""  # Datasette sets it too late for this template
        response = await error_response(datasette, request, error)
        await response.asgi_send(send)


@cache
def hash_site_files() -> bytes:
    """Hash the files that pages depend on."""
    files = sorted(chain.from_iterable(map(Path(__file__).parents[1].glob, SOURCES)))
    return hashlib.sha256(b"".join(file.read_bytes() for file in (PYPROJECT, *files))).digest()


def entity_tag(datasette: Datasette, request: Request) -> str | None:
    """The ETag of a page, JSON or CSV; None for SQL and for a mutable database."""
    database_hash = datasette.get_database(DATABASE).hash
    if "sql" in request.args or request.path.startswith("/-/") or not database_hash:
        return None
    url = f"{database_hash}{request.path}?{request.query_string}".encode()
    return f'W/"{hashlib.sha256(hash_site_files() + url).hexdigest()}"'


async def collect_response(app: App, scope: Message) -> tuple[Message, bytes]:
    """Collect the app's response. Raises SiteError if it is too large or a JSON error."""
    start: Message = {}
    body = bytearray()

    async def receive_part(message: Message) -> None:
        start.update(message if message["type"] == "http.response.start" else {})
        body.extend(message.get("body", b""))

    await app(scope, no_body, receive_part)
    if len(body) > MAX_RESPONSE_BYTES:
        raise SiteError(TOO_LARGE_MESSAGE)
    if start["status"] == HTTPStatus.OK and body.startswith(b'{"ok": false'):
        raise SiteError(json.loads(body)["error"])
    return start, bytes(body)


def add_headers(send: Send) -> Send:
    """Add the headers of every response."""
    extra_headers = {name.encode(): text.encode() for name, text in HEADERS.items()}

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.lower(): value for name, value in message["headers"]} | extra_headers
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
async def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Response:
    return await error_response(datasette, request, exception)
