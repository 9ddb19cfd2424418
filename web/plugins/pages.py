"""Data of the site's pages, as variables and functions for templates; the look-up."""

import json
import re
from asyncio import create_task
from collections.abc import Awaitable, Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from jinja2 import Environment

from web import words
from web.metadata import canned_queries
from web.options import DATABASE, LIST, MAX_ROWS, PAGE_ROWS

# Characters that XML 1.0 does not allow, https://www.w3.org/TR/xml/#charsets
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CODE = "SELECT code FROM problems WHERE code = :query COLLATE NOCASE"
# Days of the spans whose growth the table movers has, the longest first.
SPANS = {"30": 30, "7": 7, "last": 1}
SPAN = """
    SELECT (SELECT max(day) FROM crawls WHERE day <= date(until, :days || ' days')) AS since, until
    FROM (SELECT max(day) AS until FROM crawls)
    WHERE EXISTS (SELECT 1 FROM movers WHERE solves_{span} IS NOT NULL)
"""
GROWTH = """
    SELECT code, name, solves_{span} AS solves, score_{span} AS score_change FROM movers
    WHERE :codes IS NULL AND solves_{span} > 0
          OR solves_{span} IS NOT NULL AND code IN (SELECT value FROM json_each(:codes))
    ORDER BY solves_{span} DESC, code LIMIT iif(:codes IS NULL, 10, -1)
"""

# Arguments that do not belong to the counts of ranges.
NOT_COUNTED = ("band", "_next", "_page", "_size", "_facet", "_facet_array", "_nofacet")


class Growth(NamedTuple):
    """New solvers between the crawls of two days: the ten problems with most, or some problems."""

    since: str
    until: str
    rows: list[dict[str, Any]]

    @property
    def solves(self) -> dict[str, int]:
        """New solvers by code."""
        return {row["code"]: row["solves"] for row in self.rows}


class Pages:
    """What templates ask for. Rows are dictionaries."""

    def __init__(self, datasette: Datasette) -> None:
        self.datasette = datasette
        self.database = datasette.get_database(DATABASE)

    async def rows(self, sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.database.execute(sql, params)]

    async def answer(self, name: str, **params: str) -> list[dict[str, Any]]:
        """Return the rows of a canned query; blank parameters have their defaults."""
        query = canned_queries(self.datasette)[name]
        return await self.rows(query["sql"], dict.fromkeys(query.get("params", ()), "") | params)

    async def band_counts(self, request: Request, facets: dict[str, Any]) -> list[dict[str, Any]]:
        """Count the ranges of a page of the list, whatever range and part of it the page shows.

        Datasette's `facets` of the page count only its own range and the rows from `_next` on.
        """
        if "band" in request.args or "_next" in request.args or "band" not in facets:
            arguments = [
                (name, value)
                for name in request.args
                if name not in NOT_COUNTED
                for value in request.args.getlist(name)
            ]
            query = urlencode([*arguments, ("_facet", "band"), ("_size", "0")])
            path = self.datasette.urls.table(DATABASE, LIST, format="json")
            # In a task of its own, so that web.request.current_request stays this page’s.
            response = await create_task(self.datasette.client.get(f"{path}?{query}"))
            facets = response.json().get("facet_results", {})
        return sorted(facets.get("band", {}).get("results", ()), key=itemgetter("value"))

    async def growth(self, max_days: int, codes: Sequence[str] | None = None) -> Growth | None:
        """Return the growth over the longest known span of at most `max_days`, None without any."""
        params = {"codes": json.dumps(codes) if codes else None}
        for span in (span for span, days in SPANS.items() if days <= max_days):
            for known in await self.rows(SPAN.format(span=span), {"days": -SPANS[span]}):
                if known["since"]:
                    rows = await self.rows(GROWTH.format(span=span), params)
                    return Growth(known["since"], known["until"], rows)
        return None


async def find(datasette: Datasette, request: Request) -> Response:
    """Redirect a look-up: a code leads to its problem, anything else to the list."""
    query = (request.args.get("q") or "").strip()
    row = (await datasette.get_database(DATABASE).execute(CODE, {"query": query})).first()
    if row:
        return Response.redirect(datasette.urls.row(DATABASE, LIST, row["code"]))
    search = f"?{urlencode({'_q': query})}" if query else ""
    return Response.redirect(datasette.urls.table(DATABASE, LIST) + search)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"^/(?:find|problems)$", find)]


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    pages = Pages(datasette)
    variables = {
        "answer": pages.answer, "recent_growth": pages.growth, "band_counts": pages.band_counts,
        "queries_by_name": canned_queries(datasette), "page_rows": PAGE_ROWS, "max_rows": MAX_ROWS,
    }  # fmt: skip
    if request:  # error pages have none
        site = datasette.absolute_url(request, "/").rstrip("/")
        variables |= {"site": site, "canonical": datasette.absolute_url(request, request.path)}
    return variables


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters |= {
        "band": words.band_name, "day": words.day_text, "number": words.number,
        "points": words.points, "fromjson": json.loads,
        "xml": lambda text: NOT_XML.sub("\ufffd", text),
    }  # fmt: skip
    env.globals |= {
        "between": words.between, "change": words.change, "since": words.since,
        "lookup_names": words.LOOKUPS,
    }  # fmt: skip
