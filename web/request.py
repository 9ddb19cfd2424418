"""Parses and checks the URL of the current request."""

from contextvars import ContextVar
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request

from web.errors import SiteError
from web.options import DATABASE, MAX_FACETS, MAX_PAGE_ROWS, MAX_URL_BYTES
from web.queries import canned_queries
from web.suggestions import check_name

# Tracking parameters, and limits of Datasette that visitors must not change.
IGNORED_PARAMETERS = {"fbclid", "gclid", "ref", "_ttl", "_timelimit", "_trace"}
JSON_OPTIONS = {"_shape", "_nl"}
CREDENTIALS = (b"cookie", b"authorization")  # every visitor gets the same response
# JSON shapes that contain only rows, so they cannot indicate truncation.
BARE_SHAPES = ("array", "arrayfirst", "object")
PAGE_SIZES = set(map(str, range(MAX_PAGE_ROWS + 1)))
FORMATS = ("", "json", "csv", "blob", "db", "db.sha256")
# Datasette's internal pages are private, and it redirects /\\example.com/ to another site.
PRIVATE_PREFIXES, PUBLIC_PREFIXES = ("/-/", "/_", "/\\"), ("/-/freshness", "/-/static")
FACETS = ("_facet", "_facet_array", "_facet_date")

NO_WHERE_MESSAGE = f"_where= is not available. Use SQL instead: /{DATABASE}#sql."
NO_ROWS_MESSAGE = f"A database has no rows. Name a table or query, as in /{DATABASE}/problems.csv."
TOO_LONG_MESSAGE = f"This URL is too long. The limit is {MAX_URL_BYTES:,} bytes."
TOO_MANY_FACETS_MESSAGE = f"At most {MAX_FACETS} facets at a time."

current_request: ContextVar[Request | None] = ContextVar("current_request", default=None)
# The parameters named in a visitor's SQL, and their values.
sql_parameters: ContextVar[dict[str, str] | None] = ContextVar("sql_parameters", default=None)


def parse_request(scope: dict[str, Any]) -> Request:
    """The GET request of an ASGI scope, without parameters and headers that have no effect."""
    extension = response_format(Request(scope, None))
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    args = [
        ("_q" if name == "_search" else name, value)  # Datasette calls a search `_search`
        for name, value in pairs
        if name not in IGNORED_PARAMETERS and not name.startswith("utm_")
    ]
    if not extension:
        # Forms leave fields blank; Datasette reads `_filter_…` itself.
        args = [
            (name, clamp_page_size(value) if name in ("_size", "_facet_size") else value)
            for name, value in args
            if name not in JSON_OPTIONS and (value or name == "sql" or name.startswith("_filter"))
        ]
    if extension == "csv" and not any(name == "_size" for name, _ in args):
        args.append(("_size", "max"))
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in CREDENTIALS]
    changes = {"method": "GET", "query_string": urlencode(args).encode(), "headers": headers}
    return Request(scope | changes, None)


def response_format(request: Request) -> str:
    """The extension of a path, blank for a page."""
    return str(request.path.rpartition("/")[2].partition(".")[2])


def must_be_complete(request: Request) -> bool:
    """Whether the response has no way to indicate that rows are missing."""
    return response_format(request) == "csv" or request.args.get("_shape") in BARE_SHAPES


def clamp_page_size(size: str) -> str:
    """Limit a page size to MAX_PAGE_ROWS."""
    return size if size in PAGE_SIZES else str(MAX_PAGE_ROWS)


async def check_request(datasette: Datasette, request: Request) -> None:
    """Raise SiteError or NotFound for a request that must not reach Datasette."""
    parts = [tilde_decode(part.partition(".")[0]) for part in request.path[1:].split("/")]
    is_data = parts[0] == DATABASE
    if len(request.path) + len(request.query_string) > MAX_URL_BYTES:
        raise SiteError(TOO_LONG_MESSAGE, HTTPStatus.REQUEST_URI_TOO_LONG)
    is_private = f"/{parts[0]}/".startswith(PRIVATE_PREFIXES)
    if is_private and not request.path.startswith(PUBLIC_PREFIXES):
        raise NotFound("private")
    if is_data and response_format(request) not in FORMATS:
        raise NotFound("no such format")
    if "_where" in request.args:
        raise SiteError(NO_WHERE_MESSAGE)
    if sum(len(request.args.getlist(name)) for name in FACETS) > MAX_FACETS:
        raise SiteError(TOO_MANY_FACETS_MESSAGE)
    if parts == [DATABASE] and not request.args.get("sql") and must_be_complete(request):
        raise SiteError(NO_ROWS_MESSAGE)
    if is_data:
        await check_names(datasette, request)


async def check_names(datasette: Datasette, request: Request) -> None:
    """Raise SiteError for a row whose key does not fit its table, or an unknown parameter."""
    table, _, keys = request.path[1:].partition("/")[2].partition("/")
    if "\0" in tilde_decode(table):
        raise NotFound("no such table")
    if keys and table != "-":  # Datasette 1.0 has /spojscore/-/query
        key_columns = await datasette.get_database(DATABASE).primary_keys(tilde_decode(table))
        if len(key_columns) != keys.count(",") + 1:
            raise SiteError("Page not found.", HTTPStatus.NOT_FOUND)
    name = tilde_decode(table.partition(".")[0])
    if query := canned_queries(datasette).get(name):
        for parameter in request.args:
            if not parameter.startswith("_"):
                message = f"The query {name} has no parameter"
                check_name(parameter, query.get("params", ()), message)
