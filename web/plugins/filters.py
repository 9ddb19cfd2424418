"""Which rows of a table a page shows: known columns only, listed problems, search, literal LIKE."""

from collections.abc import Awaitable, Callable, Iterator

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments, Filters
from datasette.utils import escape_sqlite
from datasette.utils.asgi import BadRequest, MultiParams, Request

from web.options import LIST
from web.search import query_words
from web.suggestions import check_name

SEARCH = ("_q", "_search")
NAMING_COLUMNS = ("_sort", "_sort_desc", "_facet", "_facet_array", "_facet_date")
REMOVED = {
    "_through": "`_through` is not available. Use a join in SQL.",
    "_facet_year": "`_facet_year` is gone. Count by year with `_facet=year`, or in SQL.",
    "_facet_tens": "`_facet_tens` is gone. Count by tens in SQL: `group by acceptance / 10`.",
}
LIKE_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
LIKE_SPECIAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def column_filters(args: MultiParams) -> Iterator[tuple[str, str, list[str]]]:
    """Yield column, lookup and values of each argument that Datasette takes for a filter."""
    for name in args:
        column, _, lookup = name.rpartition("__") if "__" in name else (name, "", "exact")
        if "__" in name or not name.startswith("_"):
            yield column, lookup, args.getlist(name)


@hookimpl(specname="filters_from_request")
def check_arguments(
    request: Request, table: str, database: str, datasette: Datasette
) -> Callable[[], Awaitable[None]]:
    """Refuse unknown columns and lookups, which Datasette takes for text, and what is gone."""
    for name in request.args:
        if name in REMOVED:
            raise BadRequest(REMOVED[name])
        if name in SEARCH and table != LIST:
            raise BadRequest(f"The table {table} can’t be searched, only {LIST}.")

    async def check() -> None:
        columns = [*await datasette.get_database(database).table_columns(table), "rowid", ""]
        filters = list(column_filters(request.args))
        named = [column for name in NAMING_COLUMNS for column in request.args.getlist(name)]
        for column in (*named, *(column for column, *_ in filters)):
            check_name(column, columns, f"The table {table} has no column")
        for _, lookup, _ in filters:
            check_name(lookup, [key for key, *_ in Filters(()).lookups()], "There is no comparison")

    return check


@hookimpl(specname="filters_from_request")
def match_literally(request: Request) -> FilterArguments:
    """Add a condition to Datasette's own, in which `_` and `%` are wildcards."""
    where: list[str] = []
    params: dict[str, str] = {}
    for column, lookup, values in column_filters(request.args):
        for value in values if lookup in LIKE_PATTERNS else ():
            key = f"literal_{len(params)}"
            where.append(f"{escape_sqlite(column)} LIKE :{key} ESCAPE '\\'")
            params[key] = LIKE_PATTERNS[lookup].format(value.translate(LIKE_SPECIAL))
    return FilterArguments(where, params=params)


@hookimpl(specname="filters_from_request")
def hide_delisted(request: Request, table: str) -> FilterArguments | None:
    """Hide problems that left SPOJ's list unless the address says `_delisted=1` or filters them."""
    is_named = any(name.startswith("delisted") for name in request.args)
    is_hidden = table == LIST and not is_named and not request.args.get("_delisted")
    return FilterArguments(["delisted IS NULL"] if is_hidden else [])


@hookimpl(specname="filters_from_request")
def search(request: Request, table: str) -> FilterArguments | None:
    """Require each word of the search in the code or the name."""
    query = request.args.get("_q") or request.args.get("_search") or ""
    if table != LIST or not query_words(query):
        return None
    text = f"Code or name contains {' and '.join(query.split())}"
    return FilterArguments(
        ["found(:q, code || ' ' || name)"], params={"q": query}, human_descriptions=[text]
    )
