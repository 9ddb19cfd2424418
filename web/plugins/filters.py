"""Which rows of a table a page shows: known columns only, listed problems, search, literal LIKE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette import hookimpl
from datasette.filters import FilterArguments, Filters
from datasette.utils import escape_sqlite
from datasette.utils.asgi import BadRequest

from web.options import LIST
from web.search import query_words
from web.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from datasette.app import Datasette
    from datasette.utils.asgi import MultiParams, Request

SEARCH = ("_q", "_search")
COLUMN_ARGUMENTS = (
    "_sort",
    "_sort_desc",
    "_facet",
    "_facet_array",
    "_facet_date",
    "_col",
    "_nocol",
)
# Names that a misspelt argument is compared with. Others that begin with _ are Datasette's business.
ARGUMENTS = (
    *SEARCH, *COLUMN_ARGUMENTS, "_delisted", "_dl", "_extra", "_facet_size", "_header", "_json",
    "_label", "_labels", "_next", "_nl", "_nocount", "_nofacet", "_nosuggest", "_shape", "_size",
    "_sort_by_desc", "_stream", "_timelimit", "_trace", "_ttl", "_where",
)  # fmt: skip
FORM = ("_filter_column", "_filter_op", "_filter_value")
REMOVED = {
    "_facet_year": "`_facet_year` is gone. Count by year with `_facet=year`, or in SQL.",
    "_facet_tens": "`_facet_tens` is gone. Count by tens in SQL: `group by acceptance / 10`.",
}
NUMERIC_TYPES = ("INTEGER", "REAL", "FLOAT")
COMPARISONS = ("gt", "gte", "lt", "lte")
LIKE_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
LIKE_SPECIAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def is_filter(name: str) -> bool:
    """Whether Datasette takes a parameter for a column's filter."""
    return not name.startswith("_") or "__" in name


def column_filters(args: MultiParams) -> Iterable[tuple[str, str, str]]:
    """Yield column, lookup and parameter of each filter."""
    for name in filter(is_filter, args):
        column, _, lookup = name.rpartition("__") if "__" in name else (name, "", "exact")
        yield column, lookup, name


@hookimpl(specname="filters_from_request")
def check_arguments(
    request: Request, table: str, database: str, datasette: Datasette
) -> Callable[[], Awaitable[None]]:
    """Refuse unknown columns, lookups and arguments, which Datasette ignores or takes for text."""

    async def check() -> None:
        types = {
            column.name: column.type
            for column in await datasette.get_database(database).table_column_details(table)
        }
        lookups = [lookup for lookup, *_ in Filters(()).lookups()]
        for name in request.args:
            if name in REMOVED:
                raise BadRequest(REMOVED[name])
            if name in SEARCH and table != LIST:
                raise BadRequest(f"The table {table} can’t be searched, only {LIST}.")
            if not is_filter(name) and name not in ARGUMENTS and not name.startswith(FORM):
                suggestion = did_you_mean(name, ARGUMENTS)
                if suggestion != ".":
                    raise BadRequest(f"There is no parameter `{name}`{suggestion}")
        for column, lookup, name in column_filters(request.args):
            check_column(column, types, table)
            if lookup not in lookups:
                suggestion = did_you_mean(lookup, lookups)
                raise BadRequest(f"There is no comparison `{lookup}`{suggestion}")
            if lookup in COMPARISONS and types.get(column) in NUMERIC_TYPES:
                check_numbers(column, request.args.getlist(name))
        for name in COLUMN_ARGUMENTS:
            for column in filter(None, request.args.getlist(name)):
                check_column(column, types, table)

    return check


def check_column(column: str, known: Iterable[str], table: str) -> None:
    if column not in known and column != "rowid":
        suggestion = did_you_mean(column, known)
        raise BadRequest(f"The table {table} has no column `{column}`{suggestion}")


def check_numbers(column: str, values: Iterable[str]) -> None:
    for value in values:
        try:
            float(value)
        except ValueError:
            message = f"`{column}` is compared with numbers, not with `{value}`."
            raise BadRequest(message) from None


@hookimpl(specname="filters_from_request")
def match_literally(request: Request) -> FilterArguments | None:
    """Let `contains`, `startswith` and `endswith` mean `_` and `%` literally.

    The condition is added to Datasette's own, in which both are wildcards.
    """
    where, params = [], {}
    for column, lookup, name in column_filters(request.args):
        if lookup in LIKE_PATTERNS:
            for value in request.args.getlist(name):
                escaped = value.translate(LIKE_SPECIAL)
                if escaped != value:
                    key = f"literal_{len(params)}"
                    where.append(f"{escape_sqlite(column)} LIKE :{key} ESCAPE '\\'")
                    params[key] = LIKE_PATTERNS[lookup].format(escaped)
    return FilterArguments(where, params=params) if where else None


@hookimpl(specname="filters_from_request")
def hide_delisted(request: Request, table: str) -> FilterArguments | None:
    """Show problems that left SPOJ's list only on request: `_delisted=1` or a filter by `delisted`."""
    is_requested = any(name.startswith("delisted") for name in request.args)
    if table != LIST or is_requested or request.args.get("_delisted"):
        return None
    return FilterArguments(["delisted IS NULL"])


@hookimpl(specname="filters_from_request")
def search(request: Request, table: str) -> FilterArguments | None:
    """Require each word of the search in the code or the name."""
    query = next(filter(None, map(request.args.get, SEARCH)), "")
    if table != LIST or not query_words(query):
        return None
    text = f"code or name contains {' and '.join(query.split())}"
    return FilterArguments(
        ["found(:q, code || ' ' || name)"], params={"q": query}, human_descriptions=[text]
    )
