"""Addresses that Datasette must not answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound

from web.errors import SiteError
from web.options import DATABASE, MAX_ADDRESS_BYTES, MAX_FACETS
from web.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from web.request import SiteRequest

FORMATS = ("", "json", "csv", "blob", "db", "db.sha256")
# Datasette's own pages are for those who run it.
PRIVATE, PUBLIC = ("/-/", "/_"), ("/-/freshness", "/-/static")
FACETS = ("_facet", "_facet_array", "_facet_date")

NO_WHERE = f"_where= is not available. Use SQL instead: /{DATABASE}#sql."
NO_ROWS = f"A database has no rows. Name a table or query, as in /{DATABASE}/problems.json."
NO_CSV = f"A database has no CSV. Name a table or query, as in /{DATABASE}/problems.csv."
TOO_LONG = f"This address is too long. It may have {MAX_ADDRESS_BYTES:,} bytes."
TOO_MANY_FACETS = f"At most {MAX_FACETS} facets at a time."


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
    is_private = request.path.startswith(PRIVATE) and not request.path.startswith(PUBLIC)
    if is_private or (is_data and request.format not in FORMATS):
        raise NotFound("nothing there")
    if "_where" in names:
        raise SiteError(NO_WHERE)
    if sum(name in FACETS for name in names) > MAX_FACETS:
        raise SiteError(TOO_MANY_FACETS)
    if is_database and request.must_be_complete:
        raise SiteError(NO_CSV if request.format == "csv" else NO_ROWS)
    if is_data and len(others) == 1 and (query := queries.get(others[0])):
        check_parameters(others[0], names, query.get("params", ()))


def check_parameters(query: str, names: Collection[str], known: Collection[str]) -> None:
    """Raise SiteError for a parameter that a query does not have."""
    for name in names:
        if not name.startswith("_") and name not in known:
            suggestion = did_you_mean(name, known)
            raise SiteError(f"The query {query} has no parameter {name}.{suggestion}")
