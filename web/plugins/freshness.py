"""The last crawl, for each page's footer and, at /-/freshness.json, for programs.

Pages are cached, so they contain its time; a script adds how long ago that was.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Response

LAST_CRAWL = "SELECT id, finished, problems, source FROM crawls ORDER BY id DESC LIMIT 1"
NOT_CACHED = {"Cache-Control": "no-store"}
CLOCK_SKEW = timedelta(minutes=5)  # a crawl further in the future had a wrong clock
# For databases that do not show SPOJ's current list, by the source of the last crawl.
NOTICES = {
    "demo": "Demo data: SPOJ’s list of {:%-d %B %Y}.",
    "simulated": "Simulated data, not SPOJ’s.",
}


class Freshness(NamedTuple):
    """The last crawl. After `stale_hours` it is out of date."""

    crawl: int
    finished: datetime
    problems: int
    notice: str
    stale_hours: float


async def last_crawl(datasette: Datasette) -> Freshness | None:
    """Return the last crawl, None if the database has none."""
    hours = (datasette.plugin_config("freshness") or {}).get("stale_hours", 36)
    try:
        row = (await datasette.get_database().execute(LAST_CRAWL)).first()
    except sqlite3.Error:  # another database
        row = None
    if row is None:
        return None
    finished = datetime.fromisoformat(row["finished"]).astimezone(UTC)
    notice = NOTICES.get(row["source"], "").format(finished)
    return Freshness(row["id"], finished, row["problems"], notice, hours)


async def freshness_json(datasette: Datasette) -> Response:
    last = await last_crawl(datasette)
    if last is None:
        return Response.json({"error": "no crawl"}, status=500, headers=NOT_CACHED)
    age = datetime.now(UTC) - last.finished
    facts = {
        "crawl": last.crawl,
        "finished": last.finished.isoformat(),
        "age_hours": round(age / timedelta(hours=1), 2),
        "problems": last.problems,
        "stale": not -CLOCK_SKEW < age <= timedelta(hours=last.stale_hours),
    }
    return Response.json(facts, headers=NOT_CACHED)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"^/-/freshness\.json$", freshness_json)]


@hookimpl
def extra_template_vars(datasette: Datasette) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def variables() -> dict[str, Any]:
        return {"freshness": await last_crawl(datasette)}

    return variables
