"""Gives the pages of topics the site's questions, which they answer for one topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl

if TYPE_CHECKING:
    from datasette.app import Datasette

PAGES = "pages/topics"


@hookimpl
def extra_template_vars(template: str, datasette: Datasette) -> dict[str, Any]:
    if not template.startswith(PAGES):
        return {}
    return {"questions": datasette.metadata("queries", database="spojscore")}
