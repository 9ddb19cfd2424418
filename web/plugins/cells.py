"""How values are shown: points with three digits, codes and addresses on SPOJ as links.

The rows of the list are drawn here, not cell by cell by a template, which takes ten times as long.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.utils import tilde_encode
from datasette.views import table as view
from markupsafe import Markup, escape

from web.options import DATABASE, LIST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from sqlite3 import Row

    from datasette.app import Datasette
    from jinja2 import Environment

SPOJ = "https://www.spoj.com/"
CODE = re.compile(r"[A-Z0-9_]+")
POINTS = re.compile(r"score(_\d+)?|score_change|points(_\w+)?")
MANY = 100


@hookimpl
def render_cell(
    row: Row, value: Any, column: str, table: str | None, database: str, datasette: Datasette
) -> str | None:
    if database != DATABASE:
        return None
    if isinstance(value, float):
        return rounded(column, value)
    if not isinstance(value, str):
        return None
    if column == "code" and CODE.fullmatch(value) and is_listed(row, table):
        return link(datasette.urls.row(database, LIST, value), value)
    if column == "url" and value.startswith(SPOJ):
        return link(value, "on SPOJ")
    return None


def rounded(column: str, value: float) -> str | None:
    """As people read it, where the data says it more exactly; None of all else."""
    if column == "liked":
        return f"{value:.1f}"
    return points(value) if POINTS.fullmatch(column) else None


def points(value: float) -> str:
    """Three significant digits. The data keeps all of them."""
    if abs(value) >= MANY:
        return f"{value:,.0f}"
    return format(Decimal(f"{value:.3g}"), "f")  # never with an exponent


def is_listed(row: Row, table: str | None) -> bool:
    """Whether the problems have the code: events may name one that was given up."""
    if table in (LIST, "events"):
        return False  # Datasette links the first by itself
    return "name" not in row.keys() or row["name"] is not None  # noqa: SIM118  (a Row)


def link(address: str, text: str) -> str:
    return Markup('<a href="{}">{}</a>').format(address, text)


def problem_row(row: Row, columns: Sequence[tuple[str, str]], page: str) -> Markup:
    """A row of the list: columns of those names and classes. `page`: what its link begins with."""
    code, spoj = row["code"], escape(f"{SPOJ}problems/{row['code']}/")
    drawn = {
        "code": f'<a href="{page}{tilde_encode(code)}">{escape(code)}</a> '
        f'<a class="spoj" href="{spoj}" aria-label="{escape(code)} on SPOJ">↗</a>'
    }
    named = row.keys()
    if "name" in named:
        left = escape(row["delisted"]) if "delisted" in named and row["delisted"] else None
        gone = f' <span class="gone">gone since {left}</span>' if left else ""
        drawn["name"] = f'<a href="{spoj}">{escape(row["name"])}</a>{gone}'
    cells = "".join(
        f'<td class="{style}">{drawn.get(name) or cell(name, row[name])}</td>'
        for name, style in columns
    )
    return Markup(f'<tr data-code="{escape(code)}">{cells}</tr>')  # noqa: S704  (all escaped)


def cell(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "users":
        return f"{value:,}"
    if isinstance(value, float):
        return rounded(name, value) or str(value)
    if name == "topics":
        return escape(", ".join(json.loads(value)).replace("-", " "))
    return link(value, "on SPOJ") if name == "url" else escape(value)


def problem_rows(
    rows: Iterable[Row], columns: Iterable[dict[str, Any]], page: str
) -> Iterable[Markup]:
    """The list's rows, one by one."""
    styled = [
        (column["name"], f"col-{column['name']}{'' if column['type'] == 'TEXT' else ' number'}")
        for column in columns
    ]
    return [problem_row(row, styled, page) for row in rows]


def without_cells(displayed: Callable[..., Any]) -> Callable[..., Any]:
    """Datasette's function that draws a table's cells, but for the list, which draws its own."""

    async def display(
        datasette: Datasette, database: str, table: str, description: Any, rows: Any, **options: Any
    ) -> tuple[Any, Any]:
        if table != LIST or not options.get("link_column"):
            drawn: tuple[Any, Any] = await displayed(
                datasette, database, table, description, rows, **options
            )
            return drawn
        columns, _ = await displayed(datasette, database, table, description, [], **options)
        return columns, rows

    return display


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters["points"] = points
    env.globals["problem_rows"] = problem_rows
    view.display_columns_and_rows = without_cells(view.display_columns_and_rows)
