"""The address of the request that is being answered, as the site's plugins need to know it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from web.options import DATABASE, PAGE_ROWS

# What says where a visitor came from, or sets limits that are the site's.
IGNORED = {"fbclid", "gclid", "ref", "_ttl", "_timelimit", "_trace"}
SIZES = ("_size", "_facet_size")
JSON_OPTIONS = ("_shape", "_nl")
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

    def without_blanks(self) -> SiteRequest:
        """A table or query without what its form left blank; Datasette reads `_filter_…` itself."""
        if self.format or self.has_sql or not self.path.startswith(f"/{DATABASE}/"):
            return self
        args = [(name, value) for name, value in self.args if value or name.startswith("_filter")]
        return self._replace(args=args)


current_request: ContextVar[SiteRequest | None] = ContextVar("current_request", default=None)
# The parameters that a visitor's SQL names, and their values.
sql_parameters: ContextVar[dict[str, str] | None] = ContextVar("sql_parameters", default=None)


def parse_request(scope: dict[str, Any]) -> SiteRequest:
    """Parse an ASGI scope, without parameters that have no effect on the response."""
    path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace")
    path = path.partition("?")[0]
    extension = path.rpartition("/")[2].partition(".")[2]
    query = scope["query_string"].decode("latin-1")
    args = [
        (name, page_size(value) if name in SIZES and not extension else value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name not in IGNORED and not name.startswith("utm_")
        if value.strip() or name not in SIZES
        if extension or name not in JSON_OPTIONS
    ]
    values = dict(args)
    if extension == "csv" and "_size" not in values:
        args.append(("_size", "max"))
    if values.get("_next") and "_nofacet" not in values:
        args.append(("_nofacet", "1"))  # Datasette would count from that row on
    return SiteRequest(path, extension, args)


def page_size(size: str) -> str:
    """Limit a number of rows to that of a page."""
    try:
        return str(min(int(size), PAGE_ROWS))
    except ValueError:
        return str(PAGE_ROWS) if size == "max" else size
