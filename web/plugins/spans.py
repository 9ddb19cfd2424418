"""Which spans the table `movers` covers, and how to word their days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datasette import hookimpl

from web.words import COMPARISONS, between, compared, day_text, filtered, number, percent, then

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from datasette.app import Datasette
    from jinja2 import Environment

SPAN = """
    WITH newest AS (SELECT max(day) AS day FROM crawls)
    SELECT (SELECT crawls.day FROM crawls, newest
            WHERE crawls.day <= date(newest.day, '-' || :days || ' days')
              AND EXISTS (SELECT 1 FROM movers WHERE solves_{days} IS NOT NULL)
            ORDER BY id DESC LIMIT 1) AS since,
           (SELECT day FROM crawls ORDER BY id DESC LIMIT 1 OFFSET 1) AS before,
           day
    FROM newest
"""


DAYS = (30, 7)


class Span(NamedTuple):
    """From the crawl of `since` to that of `until`; `name` is what movers' columns end with."""

    name: str
    since: str
    until: str


async def span(datasette: Datasette, most: int) -> Span | None:
    """The longest span that is known, of at most so many days, else the one since the crawl before.

    None after a single crawl.
    """
    before = until = None
    for days in (days for days in DAYS if days <= most):
        found = await datasette.get_database().execute(SPAN.format(days=days), {"days": str(days)})
        since, before, until = found.rows[0]
        if since is not None:
            return Span(str(days), since, until)
    return None if before is None or until is None else Span("last", before, until)


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Callable[[int], Awaitable[Any]]]:
    return {"span": lambda most: span(datasette, most)}


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters |= {"day": day_text, "number": number}
    env.globals |= {
        "between": between, "comparisons": COMPARISONS, "compared": compared, "filtered": filtered,
        "percent": percent, "then": then,
    }  # fmt: skip
