"""The last crawl, for the footer of each page and, at /-/freshness.json, for programs.

Pages are cached, so they contain times only; a script adds how long ago that was.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette

LAST_CRAWL = "SELECT id, day, finished, problems, source FROM crawls ORDER BY id DESC LIMIT 1"
NOT_CACHED = {"Cache-Control": "no-store"}
HOUR = timedelta(hours=1)
CLOCK_SKEW = timedelta(minutes=5)  # a crawl further in the future had a wrong clock
# Sentences for databases that do not show SPOJ's current list, by the source of the last crawl.
NOTICES = {
    "demo": "Demo data: SPOJ’s list of {:%-d %B %Y}.",
    "simulated": "Simulated data, not SPOJ’s.",
}


class Freshness(NamedTuple):
    """The last crawl. After `stale_hours` it is out of date."""

    crawl: int
    day: str
    finished: datetime
    problems: int
    notice: str | None
    stale_hours: float


async def last_crawl(datasette: Datasette) -> Freshness | None:
    """Return the last crawl, None if the database has none."""
    config = datasette.plugin_config("freshness") or {}
    hours = os.environ.get("STALE_HOURS") or config.get("stale_hours", 36)
    try:
        row = (await datasette.get_database().execute(LAST_CRAWL)).first()
        finished = datetime.fromisoformat(row["finished"]).astimezone(UTC)
    except (sqlite3.Error, QueryInterrupted, TypeError, ValueError):
        return None
    notice = NOTICES.get(row["source"], "").format(finished) or None
    return Freshness(row["id"], row["day"], finished, row["problems"], notice, float(hours))


async def freshness_json(datasette: Datasette) -> Response:
    last = await last_crawl(datasette)
    if last is None:
        return Response.json({"error": "no crawl"}, status=500, headers=NOT_CACHED)
    age = datetime.now(UTC) - last.finished
    facts = {
        "crawl": last.crawl,
        "finished": last.finished.isoformat(),
        "age_hours": round(age / HOUR, 2),
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
