"""Gives the list its topics, and their own pages the questions that they answer for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette

PAGES = "pages/topics"
KNOWN = """
    SELECT DISTINCT value FROM (SELECT DISTINCT topics FROM problems), json_each(topics)
    ORDER BY value
"""


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    async def load() -> None:
        """Once: there are new ones only when data/topics.csv was changed."""
        rows = await datasette.get_database().execute(KNOWN)
        datasette.topics = [topic for [topic] in rows]

    return load


@hookimpl
def extra_template_vars(template: str, datasette: Datasette) -> dict[str, Any]:
    if not template.startswith(PAGES):
        return {"topics": datasette.topics}
    return {"questions": datasette.metadata("queries", database="spojscore")}
