"""What of a table is shown: columns that it has, problems that are listed, what is searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette import hookimpl
from datasette.filters import FilterArguments, Filters

from web.answers.asked import FACETS, OWN, special
from web.answers.refusals import RefusedError, did_you_mean
from web.answers.rows import first_code
from web.answers.search import found, words
from web.options import LIST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from sqlite3 import Connection

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

NAMED = ("_sort", "_sort_desc", *FACETS, "_col", "_nocol", "_label")
SEARCHED = ("_q", "_search")
KNOWN = OWN | {
    "_where", "_json", "_json_infinity", "_label", "_timelimit", "_nosuggest",
    "_blob_column", "_blob_hash", "_stream", "_trace",
}  # fmt: skip
# Of Datasette's form, which leads on to an address without them.
FORM = ("_filter_column", "_filter_op", "_filter_value")
# Columns, and the comparisons of them, that take a number only.
NUMBERS = ("INTEGER", "REAL", "FLOAT")
RANGES = ("gt", "gte", "lt", "lte")


@hookimpl
def prepare_connection(conn: Connection) -> None:
    conn.create_function("found", 2, found, deterministic=True)


@hookimpl(specname="filters_from_request")
def columns(
    request: Request, table: str, database: str, datasette: Datasette
) -> Callable[[], Awaitable[None]]:
    """Refuse what the table does not have, which Datasette would fail at or pass over."""

    async def check() -> None:
        details = await datasette.get_database(database).table_column_details(table)
        known = [*(column.name for column in details), "rowid"]
        numbers = {column.name for column in details if column.type in NUMBERS}
        for name in request.args:
            if name in SEARCHED and table != LIST:
                raise RefusedError(f"The table {table} can't be searched, only {LIST}.")
            if name in special([name]):
                check_special(name)
            else:
                column, _, lookup = name.rpartition("__") if "__" in name else (name, "", "exact")
                check_column(column, known, table)
                if lookup not in Filters._filters_by_key:
                    mean = did_you_mean(lookup, Filters._filters_by_key)
                    raise RefusedError(f"There is no comparison `{lookup}`{mean}")
                if lookup in RANGES and column in numbers:
                    for value in request.args.getlist(name):
                        check_number(column, value)
        for name in NAMED:
            for column in filter(None, request.args.getlist(name)):
                check_column(column, known, table)

    return check


def check_special(name: str) -> None:
    if name not in KNOWN and not name.startswith(FORM):
        raise RefusedError(f"There is no parameter `{name}`{did_you_mean(name, KNOWN)}")


def check_number(column: str, value: str) -> None:
    try:
        float(value)
    except ValueError:
        raise RefusedError(f"`{column}` is compared with numbers, not with `{value}`") from None


def check_column(column: str, known: list[str], table: str) -> None:
    if column not in known:
        mean = did_you_mean(column, known)
        raise RefusedError(f"The table {table} has no column `{column}`{mean}")


@hookimpl(specname="filters_from_request")
def listed(request: Request, table: str) -> FilterArguments | None:
    """Problems that left SPOJ's list are shown only on request: `_delisted=1`."""
    asked = any(name.startswith(("delisted", "_where")) for name in request.args)
    if table != LIST or asked or request.args.get("_delisted"):
        return None
    return FilterArguments(["delisted IS NULL"])


@hookimpl(specname="filters_from_request")
def search(request: Request, table: str) -> FilterArguments | None:
    """Every word that was typed must be in the code or the name; from one letter on."""
    typed = request.args.get("_q") or ""
    if table != LIST or not words(typed):
        return None
    where, params = ["found(:q, code || ' ' || name)"], {"q": typed}
    if request.args.get("_next") and (code := first_code(request.args)):
        where.append("code != :first_code")  # which came first, on the first page
        params["first_code"] = code
    said = f"code or name contains {' and '.join(typed.split())}"
    return FilterArguments(where, params=params, human_descriptions=[said])
