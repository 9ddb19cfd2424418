"""How fresh the data is: in every page's footer, for programs, and as a badge."""

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

LAST = "SELECT * FROM crawls ORDER BY id DESC LIMIT 1"
NEVER_CACHED = {"Cache-Control": "no-store"}
HOUR = timedelta(hours=1)
SKEW = timedelta(minutes=5)  # what is further in the future had a wrong clock
DAYS_FROM = timedelta(hours=48)

# What is no news from SPOJ, by the source of the last crawl.
SHOWN_ONLY = {
    "demo": "A demo: SPOJ’s list of {day}.",
    "simulated": "Simulated: none of these figures is SPOJ’s.",
}

BADGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}">
<title>{label}</title>
<rect width="{left}" height="20" fill="#333"/>
<rect x="{left}" width="{right}" height="20" fill="{color}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="{left_middle}" y="14">{subject}</text>
<text x="{right_middle}" y="14">{status}</text>
</g></svg>
"""
SUBJECT = "SPOJ crawled"
LETTER, MARGIN = 7, 12  # pixels


class Freshness(NamedTuple):
    """The last crawl, a row of `crawls`, and whether it is older than the data may be."""

    crawl: dict[str, Any]
    finished: datetime
    age: timedelta
    stale: bool

    @property
    def when(self) -> str:
        return f"{self.finished:%Y-%m-%d %H:%M} UTC"

    @property
    def shown_only(self) -> str | None:
        """A sentence for a demo or a simulation, None for what was read from SPOJ."""
        sentence = SHOWN_ONLY.get(self.crawl["source"])
        return sentence and sentence.format(day=f"{self.finished:%-d %B %Y}")

    @property
    def ago(self) -> str:
        """In hours, which a cached page may be off by; in days from two on."""
        if self.age < HOUR:
            return "less than an hour ago"
        unit, name = (timedelta(days=1), "day") if self.age >= DAYS_FROM else (HOUR, "hour")
        number = self.age // unit
        return f"{number} {name}{'s' if number > 1 else ''} ago"


async def last_crawl(datasette: Datasette) -> Freshness | None:
    """None if the database records no crawl."""
    config = datasette.plugin_config("freshness")
    if config is None:
        return None  # metadata.yml did not arrive; the title tells
    try:
        [row] = (await datasette.get_database().execute(LAST)).rows
        finished = datetime.fromisoformat(row["finished"]).astimezone(UTC)
    except (sqlite3.Error, QueryInterrupted, TypeError, ValueError):
        return None
    age = datetime.now(UTC) - finished
    # What the build put into metadata.yml, or, in `make serve`, what the environment says.
    hours = float(os.environ.get("STALE_HOURS") or config["stale_hours"])
    return Freshness(dict(row), finished, age, not -SKEW < age <= timedelta(hours=hours))


async def as_json(datasette: Datasette) -> Response:
    last = await last_crawl(datasette)
    if last is None:
        return Response.json({"error": "no crawl"}, status=500, headers=NEVER_CACHED)
    facts = {
        "crawl": last.crawl["id"],
        "finished": last.crawl["finished"],
        "age_hours": round(last.age / HOUR, 2),
        "problems": last.crawl["problems"],
        "stale": last.stale,
        "sql": True,
    }
    return Response.json(facts, headers=NEVER_CACHED)


async def as_badge(datasette: Datasette) -> Response:
    last = await last_crawl(datasette)
    status = "never" if last is None else f"{last.ago}{', stale' if last.stale else ''}"
    color = "#a11" if last is None or last.stale else "#276a27"
    left, right = (len(text) * LETTER + MARGIN for text in (SUBJECT, status))
    badge = BADGE.format(
        label=f"{SUBJECT} {status}", subject=SUBJECT, status=status, color=color,
        width=left + right, left=left, right=right,
        left_middle=left // 2, right_middle=left + right // 2,
    )  # fmt: skip
    return Response(badge, headers=NEVER_CACHED, content_type="image/svg+xml; charset=utf-8")


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"^/-/freshness\.json$", as_json), (r"^/-/freshness\.svg$", as_badge)]


@hookimpl
def extra_template_vars(datasette: Datasette) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def freshness() -> dict[str, Any]:
        return {"freshness": await last_crawl(datasette)}

    return freshness
