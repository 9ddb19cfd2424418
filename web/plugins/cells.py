"""How the rows of tables are drawn: numbers below each other, codes and names as links.

They are drawn here, not cell by cell by a template, which takes ten times as long.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import repeat
from math import floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from datasette import hookimpl
from datasette.utils import tilde_encode, to_css_class
from datasette.views import table as view
from markupsafe import Markup, escape

from web.options import LIST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from sqlite3 import Row

    from datasette.app import Datasette
    from jinja2 import Environment

SPOJ = "https://www.spoj.com/"
CODE = re.compile(r"[A-Z0-9_]+")
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(\.\d+)?\+00:00")
POINTS = re.compile(r"score(_\w+)?|score_change|points(_\w+)?")
PERCENT = {"acceptance": 2, "careful_acceptance": 2, "liked": 1, "careful_approval": 1}
COUNTS = re.compile(
    r"users|solves(_\w+)?|votes_(up|down)|problems|pages|added|changed|delisted|rank|count"
)
MANY = 100
DIGITS = 3  # that count, of the smallest number of a column
MOST_DECIMALS = 8
HUGE = 1e15  # floats are no longer exact, and nobody counts digits
MINUS = "\N{MINUS SIGN}"


def points(value: float) -> str:
    """Three significant digits. The data keeps all of them."""
    if abs(value) >= MANY:
        return f"{value:,.0f}"
    return format(Decimal(f"{value:.3g}"), "f")  # never with an exponent


def decimals(values: Iterable[float]) -> int:
    """So many that the smallest of the values has three significant digits."""
    sizes = [abs(value) for value in values if value and abs(value) < HUGE]
    if not sizes:
        return 0
    return min(max(DIGITS - 1 - floor(log10(min(sizes))), 0), MOST_DECIMALS)


class Column(NamedTuple):
    """A column as it is drawn: its classes, how a cell begins, and how a value is written."""

    name: str
    label: str
    style: str
    opening: str
    is_number: bool
    write: Callable[[Any], str]


class Drawn(NamedTuple):
    columns: list[Column]
    rows: list[Markup]


def column(name: str, label: str, values: Iterable[Any], sorted_by: str | None) -> Column:
    known = [value for value in values if value is not None and value != ""]
    is_number = bool(known) and all(isinstance(value, int | float) for value in known)
    style = f"col-{to_css_class(name)}{' number' if is_number else ''}"
    if name == sorted_by:
        style += " sorted"
    # On a phone, cells tell their column's label, but for those that nobody could mistake.
    told = "" if name in ("code", "name") else f' data-label="{escape(label)}"'
    write = written(name, known) if is_number else text
    return Column(name, label, style, f'<td class="{style}"{told}', is_number, write)


def written(name: str, numbers: Iterable[float]) -> Callable[[float], str]:
    """How the numbers of a column are written, so that their digits stand below each other."""
    if POINTS.fullmatch(name):
        places = decimals(numbers)
    elif name in PERCENT or COUNTS.fullmatch(name):
        places = PERCENT.get(name, 0)
    else:
        return str  # nobody knows what they mean

    def write(value: float) -> str:
        said = f"{value:,.{places}f}" if abs(value) < HUGE else str(value)
        return said.replace("-", MINUS)

    return write


def text(value: Any) -> str:
    time = TIME.fullmatch(str(value))
    return f"{time[1]} {time[2]}" if time else escape(value)


def topics(value: str) -> str:
    return escape(", ".join(json.loads(value)).replace("-", " "))


def links(row: Row, named: Collection[str], table: str | None, page: str) -> dict[str, str]:
    """The links for the code, name and address of a listed problem, by column."""
    code = row["code"] if "code" in named else None
    name = row["name"] if "name" in named else None
    url = row["url"] if "url" in named else None
    drawn: dict[str, str] = {}
    if isinstance(url, str) and url.startswith(SPOJ):
        drawn["url"] = f'<a href="{escape(url)}">on SPOJ</a>'
    # Events may name a code that was given up; it has no name then.
    is_problem = table != "events" and (name or "name" not in named)
    if table == LIST or (is_problem and isinstance(code, str) and CODE.fullmatch(code)):
        own, shown = f'<a href="{page}/{tilde_encode(code)}">', escape(code)
        drawn["code"] = (
            f'{own}{shown}</a> <a class="spoj" href="{SPOJ}problems/{shown}/" '
            f'aria-label="{shown} on SPOJ">↗</a>'
        )
        if name is not None:
            drawn["name"] = f"{own}{escape(name)}</a>"
    return drawn


def problem(row: Row, named: Collection[str], drawn: dict[str, str]) -> str:
    """Completes what is drawn of a row of the list; returns the row's attributes."""
    if "name" in named and "delisted" in named and row["delisted"]:
        drawn["name"] += f' <span class="gone">gone since {escape(row["delisted"])}</span>'
    if "band" not in named:
        return f' data-code="{escape(row["code"])}"'
    letter, _, drawn["band"] = row["band"].partition(": ")
    return f' data-code="{escape(row["code"])}" data-band="{letter}"'


def draw(
    names: Sequence[str],
    rows: Sequence[Row],
    shown: Iterable[Sequence[Any]] | None,
    labels: Mapping[str, str],
    table: str | None,
    page: str,
    first: int | None = None,
    sorted_by: str | None = None,
    *,
    addresses: bool = True,
) -> Drawn:
    """Draw the rows of a table, or of a query (`table` is None).

    `shown`: the cells as Datasette shows them; None for the list, which is drawn without it.
    `page`: the list's address. `first`: the first row's number; None: rows are not numbered.
    `addresses`: whether a column of them is drawn beside codes, which lead to SPOJ anyway.
    """
    kept = [
        index
        for index, name in enumerate(names)
        if addresses or name != "url" or "code" not in names
    ]
    named = set(rows[0].keys())
    if table == LIST:
        values = [[row[names[index]] for index in kept] for row in rows]
    elif table:
        values = [[plain(row, names[index]) for index in kept] for row in rows]
    else:
        values = [[row[index] for index in kept] for row in rows]
    columns = [
        column(names[index], labels.get(names[index], names[index]), of_it, sorted_by)
        for index, of_it in zip(kept, zip(*values, strict=True), strict=True)
    ]
    if table == LIST:
        columns = [one._replace(write=topics) if one.name == "topics" else one for one in columns]
    lines = []
    cells_shown: Iterable[Iterable[Any]] = repeat(repeat(None))
    if shown:
        cells_shown = ([one[index] for index in kept] for one in map(list, shown))
    for number, (row, cells, as_shown) in enumerate(
        zip(rows, values, cells_shown, strict=False), first or 0
    ):
        drawn = links(row, named, table, page)
        attributes = problem(row, named, drawn) if table == LIST else ""
        tds = "".join(
            cell(one, value, drawn.get(one.name), seen, exact=table is None)
            for one, value, seen in zip(columns, cells, as_shown, strict=False)
        )
        ordinal = "" if first is None else f'<td class="col-row">{number}</td>'
        lines.append(Markup(f"<tr{attributes}>{ordinal}{tds}</tr>"))  # noqa: S704  (all escaped)
    return Drawn(columns, lines)


def plain(row: Row, name: str) -> Any:
    """A value of a table's row. A foreign key comes with its label, a compound key has no value."""
    value = row[name] if name in row.keys() else None  # noqa: SIM118  (a Row)
    return value["value"] if isinstance(value, dict) else value


def cell(one: Column, value: Any, drawn: str | None, shown: Any, *, exact: bool) -> str:
    """A cell. `exact`: it carries the unrounded value too, to sort by."""
    if drawn is not None:
        return f"{one.opening}>{drawn}</td>"
    if isinstance(shown, dict):
        shown = shown["value"]
    if isinstance(shown, Markup) and shown.startswith("<"):
        return f"{one.opening}>{shown}</td>"  # a link, a download
    if value is None or value == "":
        return f'<td class="{one.style}"></td>'
    if not one.is_number:
        return f"{one.opening}>{one.write(shown or value)}</td>"
    said = one.write(value)
    if exact and isinstance(value, float) and said != str(value):
        return f'{one.opening} data-value="{value}">{said}</td>'
    return f"{one.opening}>{said}</td>"


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
    env.globals["draw"] = draw
    view.display_columns_and_rows = without_cells(view.display_columns_and_rows)
    view.LINK_WITH_LABEL = view.LINK_WITH_VALUE  # crawls, whose label is their number again
