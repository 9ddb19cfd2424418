"""Parses and checks the address of the current request."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Request

from web.errors import SiteError
from web.options import DATABASE, MAX_ADDRESS_BYTES, MAX_FACETS, PAGE_ROWS
from web.suggestions import check_name

# Tracking parameters, and limits of Datasette that visitors must not change.
IGNORED_PARAMETERS = {"fbclid", "gclid", "ref", "_ttl", "_timelimit", "_trace"}
JSON_OPTIONS = {"_shape", "_nl"}
# JSON shapes that contain only rows, so they cannot indicate truncation.
BARE_SHAPES = ("array", "arrayfirst", "object")
FORMATS = ("", "json", "csv", "blob", "db", "db.sha256")
# Datasette's internal pages are private.
PRIVATE_PREFIXES, PUBLIC_PREFIXES = ("/-/", "/_"), ("/-/freshness", "/-/static")
FACETS = ("_facet", "_facet_array", "_facet_date")

NO_WHERE = f"_where= is not available. Use SQL instead: /{DATABASE}#sql."
NO_ROWS = f"A database has no rows. Name a table or query, as in /{DATABASE}/problems.csv."
TOO_LONG = f"This address is too long. The limit is {MAX_ADDRESS_BYTES:,} bytes."
TOO_MANY_FACETS = f"At most {MAX_FACETS} facets at a time."


current_request: ContextVar[Request | None] = ContextVar("current_request", default=None)
# The parameters named in a visitor's SQL, and their values.
sql_parameters: ContextVar[dict[str, str] | None] = ContextVar("sql_parameters", default=None)


def parse_request(scope: dict[str, Any]) -> Request:
    """The GET request of an ASGI scope, without parameters that have no effect on the response."""
    extension = response_format(Request(scope, None))
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    args = [
        pair
        for pair in pairs
        if pair[0] not in IGNORED_PARAMETERS and not pair[0].startswith("utm_")
    ]
    if not extension:
        # Forms leave fields blank; Datasette reads `_filter_…` itself.
        args = [
            (name, page_size(value) if name in ("_size", "_facet_size") else value)
            for name, value in args
            if name not in JSON_OPTIONS and (value or name == "sql" or name.startswith("_filter"))
        ]
    if extension == "csv" and not any(name == "_size" for name, _ in args):
        args.append(("_size", "max"))
    return Request({**scope, "method": "GET", "query_string": urlencode(args).encode()}, None)


def response_format(request: Request) -> str:
    """The extension of a path, blank for a page."""
    return str(request.path.rpartition("/")[2].partition(".")[2])


def must_be_complete(request: Request) -> bool:
    """Whether the response could not indicate that rows are missing."""
    return response_format(request) == "csv" or request.args.get("_shape") in BARE_SHAPES


def page_size(size: str) -> str:
    """Limit a page size to PAGE_ROWS."""
    return size if size.isdecimal() and int(size) <= PAGE_ROWS else str(PAGE_ROWS)


def check(request: Request, queries: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise SiteError or NotFound for a request that must not reach Datasette."""
    database, *others = (
        tilde_decode(part.partition(".")[0]) for part in request.path[1:].split("/")
    )
    is_data = database == DATABASE
    is_database = is_data and not others and not request.args.get("sql")
    if len(request.path) + len(request.query_string) > MAX_ADDRESS_BYTES:
        raise SiteError(TOO_LONG, HTTPStatus.REQUEST_URI_TOO_LONG)
    is_private = f"/{database}/".startswith(PRIVATE_PREFIXES) and not request.path.startswith(
        PUBLIC_PREFIXES
    )
    if is_private or (is_data and response_format(request) not in FORMATS):
        raise NotFound("nothing there")
    if "_where" in request.args:
        raise SiteError(NO_WHERE)
    if sum(len(request.args.getlist(name)) for name in FACETS) > MAX_FACETS:
        raise SiteError(TOO_MANY_FACETS)
    if is_database and must_be_complete(request):
        raise SiteError(NO_ROWS)
    if is_data and len(others) == 1 and (query := queries.get(others[0])):
        for name in request.args:
            if not name.startswith("_"):
                message = f"The query {others[0]} has no parameter"
                check_name(name, query.get("params", ()), message)
