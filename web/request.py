"""The request that is being answered, as the site's plugins need to know it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple

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
    def has_sql(self) -> bool:
        return self.get("sql") is not None

    @property
    def is_page(self) -> bool:
        return not self.format

    @property
    def must_be_complete(self) -> bool:
        """Whether the response has no place to say that rows are missing."""
        return self.format == "csv" or self.get("_shape") in BARE_SHAPES


current_request: ContextVar[SiteRequest | None] = ContextVar("current_request", default=None)
# The parameters that a visitor's SQL names, and their values.
sql_parameters: ContextVar[dict[str, str] | None] = ContextVar("sql_parameters", default=None)
