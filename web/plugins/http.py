"""Everything about a request and its response that does not depend on the page."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from datasette import __version__, hookimpl
from datasette.utils.asgi import NotFound, Request, Response

from web.errors import DOWNLOAD, SiteError, error_response
from web.options import (
    DATABASE, DATABASE_HEADERS, HASH_TYPE, MAX_ADDRESS_BYTES, MAX_FACETS, MAX_RESPONSE_BYTES,
    MOST_ROWS, ORIGINS, PAGE_ROWS,
)  # fmt: skip
from web.request import BARE_SHAPES, SiteRequest, current_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette

    Message = dict[str, Any]
    App = Callable[..., Awaitable[None]]
    Send = Callable[[Message], Awaitable[None]]

METHODS = b"GET, HEAD, OPTIONS"
HEADERS = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"access-control-allow-origin": ORIGINS.encode(),
    b"access-control-allow-methods": METHODS,
    b"access-control-allow-headers": b"Authorization, Content-Type",
    b"access-control-expose-headers": b"Link, ETag, Retry-After",
}
# A publication clears the CDN's cache.
CDN_CACHE = b"public, s-maxage=1800, stale-while-revalidate=600"
CREDENTIALS = (b"cookie", b"authorization")  # every visitor gets the same response
STREAMED = ("/static/", f"/{DATABASE}.db", "/favicon.ico", "/-/freshness")
# Of Datasette's own pages, which are for those who run it, only the plugins' are public.
PRIVATE, PUBLIC = ("/-/", "/_"), ("/-/freshness", "/-/static")
TRACKING = {"fbclid", "gclid", "ref", "_ttl", "_timelimit", "_trace"}
SIZES = ("_size", "_facet_size")
ROW_FORMATS = ("_shape", "_nl")  # of JSON
LISTS = {"topics", "families"}  # columns that hold JSON arrays
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")

NO_WHERE = f"_where= is not available. Ask the same in SQL: /{DATABASE}#sql."
NO_ROWS = f"A database has no rows. Name a table or query, such as /{DATABASE}/problems.json."
NO_CSV = f"A database has no CSV. Add .csv to a table or query, such as /{DATABASE}/problems.csv."
TOO_LONG = f"This address is too long. It may have {MAX_ADDRESS_BYTES:,} bytes."
TOO_MANY_FACETS = f"At most {MAX_FACETS} facets at a time."
TOO_LARGE = f"The response would be larger than {MAX_RESPONSE_BYTES / 1e6:g} MB. {DOWNLOAD}"

csv.field_size_limit(sys.maxsize)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    def wrap(app: App) -> App:
        async def respond(scope: Message, receive: App, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            send = with_headers(send, scope["method"])
            if scope["method"] not in METHODS.decode().split(", "):
                await reply(send, HTTPStatus.METHOD_NOT_ALLOWED, {b"allow": METHODS})
            elif scope["method"] == "OPTIONS":
                await reply(send, HTTPStatus.NO_CONTENT, {b"allow": METHODS})
            else:
                await answer(datasette, app, scope, send)

        return respond

    return wrap


async def answer(datasette: Datasette, app: App, scope: Message, send: Send) -> None:
    """Answer a GET request, from Datasette's response if it passes the checks."""
    site_request = parse(scope)
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in CREDENTIALS]
    query = urlencode(site_request.args).encode()
    scope = {**scope, "method": "GET", "headers": headers, "query_string": query}
    current_request.set(site_request)
    try:
        check(site_request)
        if site_request.path.startswith(STREAMED):
            await app(scope, no_body, send)
            return
        if location := without_blanks(site_request):
            await reply(send, HTTPStatus.FOUND, {b"location": location.encode()})
            return
        tag = entity_tag(datasette, site_request)
        if tag and tag.encode() in dict(headers).get(b"if-none-match", b""):
            await reply(send, HTTPStatus.NOT_MODIFIED, {b"etag": tag.encode()})
            return
        status, fields, body = await collect(app, scope)
        if status == HTTPStatus.OK:
            body = finish(site_request, body)
            fields |= {b"etag": tag.encode()} if tag else {}
        if fields.get(b"location", b"/")[1:2] in (b"/", b"\\"):
            raise NotFound("another site")
        await reply(send, status, fields, body)
    except Exception as error:
        # Datasette's own hook answers what fails inside Datasette.
        request = Request({**scope, "csrftoken": str}, no_body)
        response = await error_response(datasette, request, error)
        await response.asgi_send(send)


def parse(scope: Message) -> SiteRequest:
    """Parse the address, without parameters that change nothing or that only visitors set."""
    path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace")
    path = path.partition("?")[0]
    last = path.rpartition("/")[2]
    extension = last.rpartition(".")[2] if "." in last else ""
    args = []
    for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
        if name in TRACKING or name.startswith("utm_") or (name in SIZES and not value.strip()):
            continue
        if not extension and name in ROW_FORMATS:
            continue
        args.append((name, page_size(value) if not extension and name in SIZES else value))
    if extension == "csv" and not any(name == "_size" for name, _ in args):
        args.append(("_size", "max"))
    if any(name == "_next" for name, _ in args):
        args.append(("_nofacet", "1"))  # Datasette would count from there on only
    return SiteRequest(path, extension, args)


def page_size(size: str) -> str:
    """Limit a number of rows to that of a page."""
    try:
        return str(min(int(size), PAGE_ROWS))
    except ValueError:
        return str(PAGE_ROWS) if size == "max" else size


def check(request: SiteRequest) -> None:
    """Raise SiteError or NotFound for an address that Datasette must not answer."""
    names = [name for name, _ in request.args]
    is_database = request.path.partition(".")[0] == f"/{DATABASE}" and not request.get("sql")
    if len(request.path) + len(urlencode(request.args)) > MAX_ADDRESS_BYTES:
        raise SiteError(TOO_LONG, HTTPStatus.REQUEST_URI_TOO_LONG)
    if request.path.startswith(PRIVATE) and not request.path.startswith(PUBLIC):
        raise NotFound("private")
    if "_where" in names:
        raise SiteError(NO_WHERE)
    if sum(name.startswith("_facet") and name != "_facet_size" for name in names) > MAX_FACETS:
        raise SiteError(TOO_MANY_FACETS)
    if is_database and request.format == "csv":
        raise SiteError(NO_CSV)
    if is_database and request.get("_shape") in BARE_SHAPES:
        raise SiteError(NO_ROWS)


def without_blanks(request: SiteRequest) -> str | None:
    """The address of a page without what its form left blank, None if nothing is blank."""
    if request.format or request.has_sql or not request.path.startswith(f"/{DATABASE}/"):
        return None
    args = [(name, value) for name, value in request.args if value or name.startswith("_filter")]
    if args == request.args:
        return None
    return request.path + (f"?{urlencode(args)}" if args else "")


@cache
def site_version() -> str:
    """A hash of the files that pages are made of, here or in the published function."""
    folder = Path(__file__).parents[1]
    patterns = ("plugins/*.py", "templates/**/*.html", "static/*", "*.py", "web/*.py", "metadata.*")
    files = [file for pattern in patterns for file in sorted(folder.glob(pattern))]
    files += sorted(folder.parent.glob("metadata.yml"))
    contents = (file.read_bytes() for file in files if file.is_file())
    return hashlib.sha256(b"\0".join([__version__.encode(), *contents])).hexdigest()


def entity_tag(datasette: Datasette, request: SiteRequest) -> str | None:
    """The ETag of a page, JSON or CSV; None for SQL, and for a database that can change."""
    database = datasette.get_database(DATABASE)
    if request.has_sql or not database.hash:
        return None
    parts = [database.hash, site_version(), request.path, urlencode(request.args)]
    return f'W/"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"'


async def collect(app: App, scope: Message) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of the app's response. Raises SiteError for one too large."""
    start: Message = {}
    body = bytearray()

    async def keep(message: Message) -> None:
        start.update(message if message["type"] == "http.response.start" else {})
        body.extend(message.get("body", b""))

    await app(scope, no_body, keep)
    if len(body) > MAX_RESPONSE_BYTES:
        raise SiteError(TOO_LARGE)
    return start["status"], {name.lower(): value for name, value in start["headers"]}, bytes(body)


def finish(request: SiteRequest, body: bytes) -> bytes:
    """The body of a response with status 200. Raises SiteError for an error in JSON."""
    if request.format == "csv":
        return rewrite_csv(body.decode()).encode()
    if request.format == "json" and body.startswith(b'{"ok": false'):
        raise SiteError(json.loads(body)["error"])
    return body


def rewrite_csv(text: str) -> str:
    """Separate the values of lists by spaces, and put an apostrophe before formulas.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    rows = csv.reader(io.StringIO(text, newline=""))
    output = io.StringIO()
    writer = csv.writer(output)
    lists: list[int] = []
    for number, row in enumerate(rows):
        if number == 0:
            lists = [index for index, name in enumerate(row) if name in LISTS]
        for index in lists:
            if row[index].startswith("["):
                row[index] = " ".join(map(str, json.loads(row[index])))
        writer.writerow([f"'{cell}" if is_formula(cell) else cell for cell in row])
    return output.getvalue()


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would take a text for a formula; numbers are none."""
    if not cell.startswith(FORMULA_PREFIXES):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def with_headers(send: Send, method: str) -> Send:
    """Add the headers of every response, and leave out the body for HEAD."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {name.lower(): value for name, value in message["headers"]} | HEADERS
            headers.pop(b"vary", None)
            if message["status"] >= HTTPStatus.BAD_REQUEST:
                headers[b"cache-control"] = b"no-store"
            elif message["status"] == HTTPStatus.OK and b"no-store" not in headers.get(
                b"cache-control", b""
            ):
                headers[b"cdn-cache-control"] = CDN_CACHE
            message = {**message, "headers": list(headers.items())}
        elif method == "HEAD":
            message = {**message, "body": b""}
        await send(message)

    return send_with_headers


async def reply(send: Send, status: int, headers: dict[bytes, bytes], body: bytes = b"") -> None:
    if status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        headers[b"content-length"] = str(len(body)).encode()
    await send({"type": "http.response.start", "status": status, "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": body})


async def no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    async def respond() -> Response:
        return await error_response(datasette, request, exception)

    return respond


def favicon(datasette: Datasette) -> Response:
    return Response.redirect(datasette.urls.path("/static/favicon.png"), 301)


def database_hash(datasette: Datasette) -> Response:
    line = f"{datasette.get_database(DATABASE).hash}  {DATABASE}.db\n"
    return Response(line, headers=dict(DATABASE_HEADERS), content_type=HASH_TYPE)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Response]]]:
    return [(r"^/favicon\.ico$", favicon), (rf"^/{DATABASE}\.db\.sha256$", database_hash)]


@hookimpl
def extra_template_vars() -> dict[str, Any]:
    return {"page_rows": PAGE_ROWS, "most_rows": MOST_ROWS, "sql_offered": True}
