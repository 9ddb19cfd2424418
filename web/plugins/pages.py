"""Data of the site's own pages, as variables and functions for templates."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.utils.asgi import Response

from web import words
from web.options import DATABASE, LIST, MOST_ROWS, PAGE_ROWS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request
    from jinja2 import Environment

# Characters that XML 1.0 does not allow, https://www.w3.org/TR/xml/#charsets
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CODE = "SELECT code FROM problems WHERE code = :query COLLATE NOCASE"
# Days of the spans whose growth the table movers has, the longest first.
SPANS = {"30": 30, "7": 7, "last": 1}
SPAN = """
    SELECT (SELECT max(day) FROM crawls WHERE day <= date(last.day, '-' || :days || ' days')) AS since,
           last.day AS until
    FROM (SELECT max(day) AS day FROM crawls) AS last
    WHERE EXISTS (SELECT 1 FROM movers WHERE solves_{span} IS NOT NULL)
"""
GROWTH = """
    SELECT code, name, solves_{span} AS solves, score_{span} AS score_change FROM movers
    WHERE solves_{span} IS NOT NULL AND (:code IS NULL AND solves_{span} > 0 OR code = :code)
    ORDER BY solves_{span} DESC, code LIMIT 10
"""


class Growth(NamedTuple):
    """The ten problems with the most new solvers between the crawls of two days, or one problem."""

    since: str
    until: str
    rows: list[dict[str, Any]]


class Pages:
    """What templates ask for. Rows are dictionaries."""

    def __init__(self, datasette: Datasette) -> None:
        self.datasette = datasette
        self.database = datasette.get_database(DATABASE)

    async def rows(self, sql: str, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.database.execute(sql, params)]

    @property
    def queries(self) -> dict[str, dict[str, Any]]:
        """The canned queries by name; their metadata moved into the configuration in Datasette 1.0."""
        metadata = getattr(self.datasette, "metadata", None)
        if metadata:
            return metadata("queries", database=DATABASE) or {}
        return (self.datasette.config or {})["databases"][DATABASE].get("queries", {})

    async def answer(self, name: str, **params: str) -> list[dict[str, Any]]:
        """Return the rows of a canned query; blank parameters have their defaults."""
        query = self.queries[name]
        return await self.rows(query["sql"], dict.fromkeys(query.get("params", ()), "") | params)

    async def growth(self, max_days: int, code: str | None = None) -> Growth | None:
        """Return the growth over the longest known span of at most `max_days`, None without any."""
        for span, days in SPANS.items():
            for days_of_span in await self.rows(SPAN.format(span=span), {"days": days}):
                if days <= max_days and days_of_span["since"]:
                    rows = await self.rows(GROWTH.format(span=span), {"code": code})
                    return Growth(days_of_span["since"], days_of_span["until"], rows)
        return None

    async def history(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """Return a problem's history from its first day to the last crawl."""
        changes = [
            past
            for past in await self.answer("series", code=row["code"])
            if past["users"] is not None
        ]
        history = changes[::-1]
        [last] = await self.rows("SELECT max(day) AS day FROM crawls")
        if history and not row["delisted"] and history[-1]["day"] < last["day"]:
            history.append({"day": last["day"], "users": row["users"], "score": row["score"]})
        return history


async def find(datasette: Datasette, request: Request) -> Response:
    """Redirect a look-up: a code leads to its problem, anything else to the list."""
    query = (request.args.get("q") or "").strip()
    row = (await datasette.get_database(DATABASE).execute(CODE, {"query": query})).first()
    if row:
        return Response.redirect(datasette.urls.row(DATABASE, LIST, row["code"]))
    search = f"?{urlencode({'_q': query})}" if query else ""
    return Response.redirect(datasette.urls.table(DATABASE, LIST) + search)


async def problems(datasette: Datasette) -> Response:
    return Response.redirect(datasette.urls.table(DATABASE, LIST))


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"^/find$", find), (r"^/problems$", problems)]


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request | None) -> dict[str, Any]:
    pages = Pages(datasette)
    variables = {
        "answer": pages.answer, "recent_growth": pages.growth, "history_of": pages.history,
        "queries_by_name": pages.queries, "page_rows": PAGE_ROWS, "max_rows": MOST_ROWS,
    }  # fmt: skip
    if request:  # error pages have none
        site = datasette.absolute_url(request, "/").rstrip("/")
        variables |= {"site": site, "canonical": datasette.absolute_url(request, request.path)}
    return variables


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters |= {
        "band": words.band_name, "day": words.day_text, "number": words.number,
        "points": words.points, "xml": lambda text: NOT_XML.sub("\ufffd", text),
    }  # fmt: skip
    env.filters["fromjson"] = json.loads
    env.globals |= {
        "lookup_names": words.LOOKUPS,
        "between": words.between,
        "change": words.change,
        "since": words.since,
    }
