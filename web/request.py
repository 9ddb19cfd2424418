"""The address of the request that is being answered."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from web.options import PAGE_ROWS

# What says where a visitor came from, or sets limits that are the site's.
IGNORED = {"fbclid", "gclid", "ref", "_ttl", "_timelimit", "_trace"}
JSON_OPTIONS = {"_shape", "_nl"}
# Shapes of JSON that hold rows and nothing else, so they cannot say that rows are missing.
BARE_SHAPES = ("array", "arrayfirst", "object")


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
