"""What an address asks for, and whether it is the site's own work or a visitor's."""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode

from web.options import DATABASE, LIST, PAGE_ROWS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

# What is asked for by the request that is being answered.
ASKED: ContextVar[Asked | None] = ContextVar("ASKED", default=None)

TRACKING = re.compile(r"utm_\w+|fbclid|gclid|ref")
LONG = 100  # letters of a value that may be as long as it wants only at the visitor's own cost
MANY = 20  # parameters
FEW = 3  # facets
SIZES = ("_size", "_facet_size")
FACETS = ("_facet", "_facet_array", "_facet_date", "_facet_year", "_facet_tens")
FORMS = ("page", "json", "csv", "blob")
FILES = ("db", "db.sha256")  # of the database itself
# What the site's own list and questions offer; others of Datasette's are a visitor's own words.
OWN = {
    "_q", "_search", "_delisted", "_sort", "_sort_desc", "_sort_by_desc", "_next", "_col", "_nocol",
    *FACETS, "_facet_size", "_show_sql", "_hide_sql", "_size", "_shape", "_nl", "_dl", "_header",
    "_labels", "_nocount", "_nofacet",
}  # fmt: skip


class Asked(NamedTuple):
    """`kind` is 'sql', 'database', 'table', 'question', 'row', or 'page' for all else.

    `name` is the table's or question's; `form` is one of FORMS, or nothing that is answered.
    """

    kind: str
    name: str
    form: str
    args: list[tuple[str, str]]

    def get(self, name: str) -> str | None:
        """The first value of a parameter, as Datasette takes it."""
        return next((value for key, value in self.args if key == name), None)

    @property
    def is_foreign(self) -> bool:
        """Whether a visitor may have made this as costly as he likes."""
        if self.kind in ("page", "database"):
            return False
        if self.kind == "sql" or (self.kind != "question" and self.name != LIST):
            return True
        if any(name not in OWN for name in special(name for name, _ in self.args)):
            return True
        if self.counts_much:
            return True
        return len(self.args) > MANY or any(len(part) > LONG for pair in self.args for part in pair)

    @property
    def counts_much(self) -> bool:
        """Whether there are more facets than few, or more values of one than a page has."""
        facets = sum(name in FACETS for name, _ in self.args)
        sizes = [value for name, value in self.args if name == "_facet_size"]
        return facets > FEW or any(few(size) != size for size in sizes)

    @property
    def query_string(self) -> str:
        return urlencode(self.args)

    @property
    def tidy(self) -> Asked:
        """A table's page without what its form left blank; `_sort_desc` is a box in the form."""
        if self.kind != "table" or self.form != "page":
            return self
        unused = {
            name.replace("column", part)
            for name, value in self.args
            for part in ("op", "value")
            if name.startswith("_filter_column") and not value
        }
        kept = [
            (name, value)
            for name, value in self.args
            if (value or name.startswith("_filter_value")) and name not in unused
        ]
        if self.get("_sort_by_desc"):
            kept = [("_sort_desc" if name == "_sort" else name, value) for name, value in kept]
        return self._replace(args=[pair for pair in kept if pair[0] != "_sort_by_desc"])


def special(names: Iterable[str]) -> Iterator[str]:
    """Those parameters that Datasette does not take for a filter of a column."""
    return (name for name in names if name.startswith("_") and "__" not in name)


def read(scope: dict[str, Any], questions: Collection[str]) -> Asked:
    """What the request in `scope` asks for, without what only tells where a visitor came from."""
    path = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace")
    query = scope["query_string"].decode("latin-1")
    args = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        # Nobody but the site decides how long an answer is kept.
        if not TRACKING.fullmatch(name) and name != "_ttl"
    ]
    return meant(placed(path.partition("?")[0], args, questions))


def placed(path: str, args: list[tuple[str, str]], questions: Collection[str]) -> Asked:
    """As Datasette's own routes read it."""
    database, *names = path.removeprefix("/").split("/")
    last, _, form = (names or [database])[-1].partition(".")
    if not names:
        database = last
    is_file = not names and form in FILES
    if tilde_decode(database) != DATABASE or is_file or len(names) > len(("table", "row")):
        return Asked("page", "", form or "page", args)
    if not names:
        kind = "sql" if any(name == "sql" and value for name, value in args) else "database"
        return Asked(kind, "", form or "page", args)
    if len(names) > 1:
        return Asked("row", tilde_decode(names[0]), form or "page", args)
    name = tilde_decode(last)
    return Asked("question" if name in questions else "table", name, form or "page", args)


def meant(asked: Asked) -> Asked:
    """A table's page stays light, and its CSV is all of it unless somebody wants less."""
    args = [(name, plain(value) if name in SIZES else value) for name, value in asked.args]
    args = [(name, value) for name, value in args if value or name not in SIZES]
    asked = asked._replace(args=args)
    if asked.kind == "table" and asked.name == LIST:
        # Datasette's own search knows neither accents nor words of one letter.
        args = [("_q" if name == "_search" else name, value) for name, value in args]
    if asked.kind == "table" and asked.form == "csv" and asked.get("_size") is None:
        args = [*args, ("_size", "max")]
    elif asked.kind == "table" and asked.form == "page":
        args = [(name, few(value) if name in SIZES else value) for name, value in args]
    elif asked.form == "json" and asked.get("_next") and not asked.get("_nofacet"):
        args = [*args, ("_nofacet", "1")]  # Datasette would count from here on only
    return asked._replace(args=args)


def plain(size: str) -> str:
    """A number of rows as all write it; Datasette takes ' +0_1' for one, too."""
    try:
        return str(int(size))
    except ValueError:
        return size.strip()


def few(size: str) -> str:
    """The number of rows that a page may have of so many."""
    if size == "max" or (size.isdigit() and int(size) > PAGE_ROWS):
        return str(PAGE_ROWS)
    return size
