"""Filters for table pages: check columns, hide removed problems, search, match LIKE literally."""

from collections.abc import Iterator

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments, Filters
from datasette.utils import escape_sqlite
from datasette.utils.asgi import BadRequest, MultiParams, Request

from web.options import LIST
from web.search import query_words
from web.suggestions import check_name

COLUMN_PARAMETERS = ("_sort", "_sort_desc", "_facet", "_facet_array", "_facet_date")
LIKE_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
LIKE_ESCAPES = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def column_filters(args: MultiParams) -> Iterator[tuple[str, str, list[str]]]:
    """Yield column, lookup and values of each argument that Datasette treats as a filter."""
    for name in args:
        column, _, lookup = name.rpartition("__") if "__" in name else (name, "", "exact")
        if "__" in name or not name.startswith("_"):
            yield column, lookup, args.getlist(name)


@hookimpl(specname="filters_from_request")
async def check_arguments(
    request: Request, table: str, database: str, datasette: Datasette
) -> None:
    """Refuse unknown columns, which SQLite would read as text, and unknown lookups."""
    if "_through" in request.args:
        raise BadRequest("`_through` is not available. Use a join in SQL.")
    if table != LIST and "_q" in request.args:
        raise BadRequest(f"The table {table} can’t be searched, only {LIST}.")
    columns = [*await datasette.get_database(database).table_columns(table), "rowid", ""]
    names = [column for name in COLUMN_PARAMETERS for column in request.args.getlist(name)]
    for column in (*names, *(column for column, *_ in column_filters(request.args))):
        check_name(column, columns, f"The table {table} has no column")
    for _, lookup, _ in column_filters(request.args):
        check_name(lookup, [key for key, *_ in Filters(()).lookups()], "There is no comparison")


@hookimpl(specname="filters_from_request")
def match_literally(request: Request) -> FilterArguments:
    """Add conditions that match `_` and `%` literally, unlike Datasette's own."""
    where_clauses: list[str] = []
    params: dict[str, str] = {}
    for column, lookup, values in column_filters(request.args):
        for value in values if lookup in LIKE_PATTERNS else ():
            key = f"literal_{len(params)}"
            where_clauses.append(f"{escape_sqlite(column)} LIKE :{key} ESCAPE '\\'")
            params[key] = LIKE_PATTERNS[lookup].format(value.translate(LIKE_ESCAPES))
    return FilterArguments(where_clauses, params=params)


@hookimpl(specname="filters_from_request")
def filter_list(request: Request, table: str) -> FilterArguments:
    """Require each word of the search in the code or the name, and hide removed problems unless
    the request has `_delisted=1` or filters by the column."""
    where_clauses: list[str] = []
    query = request.args.get("_q") or ""
    if table == LIST and query_words(query):
        where_clauses.append("found(:q, code || ' ' || name)")
    has_filter = any(name.startswith("delisted") for name in request.args)
    if table == LIST and not has_filter and not request.args.get("_delisted"):
        where_clauses.append("delisted IS NULL")
    return FilterArguments(where_clauses, params={"q": query} if query else {})
