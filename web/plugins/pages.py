"""Template variables and queries, the search redirect, and freshness.

Pages are cached, so they give the time of the last crawl, not its age; a script shows the age.
"""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from jinja2 import Environment

from web import formatting
from web.options import DATABASE, LIST, MAX_PAGE_ROWS, MAX_ROWS, VERSION
from web.queries import canned_queries
from web.request import sql_parameters

USER_SCRIPT = Path(__file__).parents[1] / "static" / "spoj.user.js"
# Characters that XML 1.0 does not allow, https://www.w3.org/TR/xml/#charsets
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CODE_SQL = "SELECT code FROM problems WHERE code = :query COLLATE NOCASE"
LAST_CRAWL_SQL = "SELECT id, finished, problems, source FROM crawls ORDER BY id DESC LIMIT 1"
DEMO_NOTICE = "Demo data: SPOJ’s list of {:%-d %B %Y}."


class Pages:
    """Queries for templates. Rows are dictionaries."""

    def __init__(self, datasette: Datasette) -> None:
        self.datasette = datasette

    async def rows(self, sql: str, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        database = self.datasette.get_database(DATABASE)
        return [dict(row) for row in await database.execute(sql, params)]

    async def answer(self, name: str, **params: str) -> list[dict[str, Any]]:
        """Return the rows of a canned query; missing parameters are blank."""
        query = canned_queries(self.datasette)[name]
        return await self.rows(query["sql"], dict.fromkeys(query.get("params", ()), "") | params)

    async def band_counts(self, address: str) -> list[dict[str, Any]]:
        """Return the counts of the ranges in the JSON at `address`."""
        response = await self.datasette.client.get(address)
        facets = response.json().get("facet_results", {})
        return list(facets.get("band", {}).get("results", ()))

    async def freshness(self) -> dict[str, Any]:
        """Return the last crawl; it is stale after `stale_hours`."""
        [row] = await self.rows(LAST_CRAWL_SQL)
        finished = datetime.fromisoformat(row["finished"]).astimezone(UTC)
        notice = DEMO_NOTICE.format(finished) if row["source"] == "demo" else ""
        config = self.datasette.plugin_config("freshness") or {}
        return {**row, **config, "finished": finished, "notice": notice}


async def freshness_json(datasette: Datasette) -> Response:
    last_crawl = await Pages(datasette).freshness()
    age = datetime.now(UTC) - last_crawl["finished"]
    facts = {
        "crawl": last_crawl["id"],
        "finished": last_crawl["finished"].isoformat(),
        "age_hours": round(age / timedelta(hours=1), 2),
        "problems": last_crawl["problems"],
        "stale": age > timedelta(hours=last_crawl["stale_hours"]),
        "version": VERSION,
    }
    return Response.json(facts, headers={"Cache-Control": "no-store"})


async def find(datasette: Datasette, request: Request) -> Response:
    """Redirect a code to its problem, and any other query to a search of the list."""
    query = (request.args.get("q") or "").strip()
    for row in await Pages(datasette).rows(CODE_SQL, {"query": query}):
        return Response.redirect(datasette.urls.row(DATABASE, LIST, row["code"]))
    search = f"?{urlencode({'_q': query})}" if query else ""
    return Response.redirect(datasette.urls.table(DATABASE, LIST) + search)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"^/(?:find|problems)$", find), (r"^/-/freshness\.json$", freshness_json)]


@hookimpl
async def extra_template_vars(datasette: Datasette, request: Request) -> dict[str, Any]:
    pages = Pages(datasette)
    return {
        "answer": pages.answer, "band_counts": pages.band_counts,
        "page_rows": MAX_PAGE_ROWS, "max_rows": MAX_ROWS, "freshness": await pages.freshness(),
        "queries_by_name": canned_queries(datasette), "version": VERSION,
        "database_hash": datasette.get_database(DATABASE).hash,
        "sql_parameters": sql_parameters.get(),
        "user_script": partial(USER_SCRIPT.read_text, "utf-8"),
        "site": datasette.absolute_url(request, "/").rstrip("/"),
        "canonical": datasette.absolute_url(request, request.path),
    }  # fmt: skip


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters |= {
        "band": formatting.format_band, "day": formatting.format_day,
        "number": formatting.format_number, "points": formatting.format_points,
        "fromjson": json.loads,
        "xml": lambda text: NOT_XML.sub("\ufffd", text),
    }  # fmt: skip
    env.globals |= {"period": formatting.describe_period, "change": formatting.describe_change}
