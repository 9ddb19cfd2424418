"""The address of the request that is being answered: parsed, then checked."""

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

# What says where a visitor came from, or sets limits that are the site's.
IGNORED = {"fbclid", "gclid", "ref", "_ttl", "_timelimit", "_trace"}
JSON_OPTIONS = {"_shape", "_nl"}
# Shapes of JSON that hold rows and nothing else, so they cannot say that rows are missing.
BARE_SHAPES = ("array", "arrayfirst", "object")
FORMATS = ("", "json", "csv", "blob", "db", "db.sha256")
# Datasette's own pages are for those who run it.
PRIVATE, PUBLIC = ("/-/", "/_"), ("/-/freshness", "/-/static")
FACETS = ("_facet", "_facet_array", "_facet_date")

NO_WHERE = f"_where= is not available. Use SQL instead: /{DATABASE}#sql."
NO_ROWS = f"A database has no rows. Name a table or query, as in /{DATABASE}/problems.csv."
TOO_LONG = f"This address is too long. It may have {MAX_ADDRESS_BYTES:,} bytes."
TOO_MANY_FACETS = f"At most {MAX_FACETS} facets at a time."


class SiteRequest(NamedTuple):
    """`format` is the path's extension, blank for a page; `args` is the parsed query string."""

    path: str
    format: str
    args: list[tuple[str, str]]

    def get(self, name: str) -> str | None:
        """The first value of a parameter, as Datasette takes it."""
        return next((value for key, value in self.args if key == name), None)

    @property
    def query_string(self) -> str:
        return urlencode(self.args)

    @property
    def has_sql(self) -> bool:
        return self.get("sql") is not None

    @property
    def must_be_complete(self) -> bool:
        """Whether the response has no place to say that rows are missing."""
        return self.format == "csv" or self.get("_shape") in BARE_SHAPES


current_request: ContextVar[SiteRequest | None] = ContextVar("current_request", default=None)
# The parameters that a visitor's SQL names, and their values.
sql_parameters: ContextVar[dict[str, str] | None] = ContextVar("sql_parameters", default=None)


def parse_request(scope: dict[str, Any]) -> SiteRequest:
    """Parse an ASGI scope, without parameters that have no effect on the response."""
    path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace")
    path = path.partition("?")[0]
    extension = path.rpartition("/")[2].partition(".")[2]
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    args = [pair for pair in pairs if pair[0] not in IGNORED and not pair[0].startswith("utm_")]
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
    """The number of rows of a page."""
    return size if size.isdecimal() and int(size) <= PAGE_ROWS else str(PAGE_ROWS)


def check(request: SiteRequest, queries: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise SiteError or NotFound for an address that Datasette must not answer."""
    names = [name for name, _ in request.args]
    database, *others = (
        tilde_decode(part.partition(".")[0]) for part in request.path[1:].split("/")
    )
    is_data = database == DATABASE
    is_database = is_data and not others and not request.get("sql")
    if len(request.path) + len(request.query_string) > MAX_ADDRESS_BYTES:
        raise SiteError(TOO_LONG, HTTPStatus.REQUEST_URI_TOO_LONG)
    is_private = f"/{database}/".startswith(PRIVATE) and not request.path.startswith(PUBLIC)
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
