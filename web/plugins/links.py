"""Codes that lead to their problem's page, and addresses on SPOJ as a short link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from markupsafe import Markup

if TYPE_CHECKING:
    from sqlite3 import Row

    from datasette.app import Datasette

DATABASE, TABLE = "spojscore", "problems"
SPOJ = "https://www.spoj.com/"
CODE = re.compile(r"[A-Z0-9_]+")


@hookimpl
def render_cell(
    row: Row, value: Any, column: str, table: str | None, database: str, datasette: Datasette
) -> str | None:
    if database != DATABASE or not isinstance(value, str):
        return None
    if column == "code" and CODE.fullmatch(value) and is_listed(row, table):
        return link(datasette.urls.row(database, TABLE, value), value)
    if column == "url" and value.startswith(SPOJ):
        return link(value, "on SPOJ")
    return None


def is_listed(row: Row, table: str | None) -> bool:
    """Whether the problems have the code: events may name one that was given up."""
    if table in (TABLE, "events"):
        return False  # Datasette links the first by itself
    return "name" not in row.keys() or row["name"] is not None  # noqa: SIM118  (a Row)


def link(address: str, text: str) -> str:
    return Markup('<a href="{}">{}</a>').format(address, text)
