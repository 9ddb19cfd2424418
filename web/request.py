"""Parses and checks the address of the current request."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound

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


class SiteRequest(NamedTuple):
    """`format` is the path's extension, blank for a page; `args` is the parsed query string."""

    path: str
    format: str
    args: list[tuple[str, str]]

    def get(self, name: str) -> str | None:
        """The first value of a parameter, which is the one that Datasette uses."""
        return next((value for key, value in self.args if key == name), None)

    @property
    def query_string(self) -> str:
        return urlencode(self.args)

    @property
    def has_sql(self) -> bool:
        return self.get("sql") is not None

    @property
    def must_be_complete(self) -> bool:
        """Whether the response could not indicate that rows are missing."""
        return self.format == "csv" or self.get("_shape") in BARE_SHAPES


current_request: ContextVar[SiteRequest | None] = ContextVar("current_request", default=None)
# The parameters named in a visitor's SQL, and their values.
sql_parameters: ContextVar[dict[str, str] | None] = ContextVar("sql_parameters", default=None)


def parse_request(scope: dict[str, Any]) -> SiteRequest:
    """Parse an ASGI scope. Drops parameters that have no effect on the response."""
    path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace")
    path = path.partition("?")[0]
    extension = path.rpartition("/")[2].partition(".")[2]
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
    return SiteRequest(path, extension, args)


def page_size(size: str) -> str:
    """Limit a page size to PAGE_ROWS."""
    return size if size.isdecimal() and int(size) <= PAGE_ROWS else str(PAGE_ROWS)


def check(request: SiteRequest, queries: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise SiteError or NotFound for a request that must not reach Datasette."""
    names = [name for name, _ in request.args]
    database, *others = (
        tilde_decode(part.partition(".")[0]) for part in request.path[1:].split("/")
    )
    is_data = database == DATABASE
    is_database = is_data and not others and not request.get("sql")
    if len(request.path) + len(request.query_string) > MAX_ADDRESS_BYTES:
        raise SiteError(TOO_LONG, HTTPStatus.REQUEST_URI_TOO_LONG)
    is_private = f"/{database}/".startswith(PRIVATE_PREFIXES) and not request.path.startswith(
        PUBLIC_PREFIXES
    )
    if is_private or (is_data and request.format not in FORMATS):
        raise NotFound("nothing there")
    if "_where" in names:
        raise SiteError(NO_WHERE)
    if sum(name in FACETS for name in names) > MAX_FACETS:
        raise SiteError(TOO_MANY_FACETS)
    if is_database and request.must_be_complete:
        raise SiteError(NO_ROWS)
    if is_data and len(others) == 1 and (query := queries.get(others[0])):
        for name in names:
            if not name.startswith("_"):
                message = f"The query {others[0]} has no parameter"
                check_name(name, query.get("params", ()), message)
