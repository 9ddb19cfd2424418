"""Formats the cells of tables, which templates/_rows.html draws.

Labels, decimals, units and minor columns are the plugin's configuration in metadata.yml.
"""

from __future__ import annotations

import json
import re
from math import floor, log10
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from datasette import hookimpl
from datasette.utils import tilde_encode, to_css_class
from markupsafe import Markup

from web.options import DATABASE, LIST
from web.words import MINUS, band_name, condition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from datasette.app import Datasette
    from datasette.utils.asgi import Request
    from jinja2 import Environment

CODE = re.compile(r"[A-Z0-9_]+")
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(\.\d+)?\+00:00")
SIGNIFICANT_DIGITS = 3  # of a column's smallest value, where metadata.yml says `auto`
MAX_DECIMALS = 8
MAX_EXACT = 1e15  # larger floats are no longer exact
NAMING_ARGUMENTS = ("_sort", "_sort_desc", "_facet", "_facet_array", "_col")


class Column(NamedTuple):
    """A column; `decimals` is None where numbers stay as they are."""

    name: str
    label: str
    is_number: bool = False
    decimals: int | None = None
    unit: str = ""
    source: Mapping[str, Any] = MappingProxyType({})  # Datasette's description of a table's column

    @property
    def style(self) -> str:
        return f"col-{to_css_class(self.name)}{' number' if self.is_number else ''}"

    def format(self, value: float) -> str:
        """Format a number: '1,234', '0.250', '<0.001', '36%'."""
        if self.decimals is None or not abs(value) < MAX_EXACT:
            return str(value)
        text = f"{abs(value):,.{self.decimals}f}"
        if value and not float(text.replace(",", "")):
            text = f"<{10**-self.decimals:.{self.decimals}f}"
        return (MINUS if value < 0 else "") + text + self.unit


class Cell(NamedTuple):
    """A cell's text and, if that is a rounded number, the number."""

    column: Column
    text: str
    exact: float | None


class Row(NamedTuple):
    """A row; `values` by column name, `page` is the address of the problem that it names."""

    values: Mapping[str, Any]
    cells: list[Cell]
    page: str | None


class Table(NamedTuple):
    columns: list[Column]
    rows: list[Row]


class Condition(NamedTuple):
    """A filter in words and the parameter that sets it."""

    parameter: str
    text: str


class Tables:
    """Turns Datasette's rows into tables for templates."""

    def __init__(self, datasette: Datasette) -> None:
        config = datasette.plugin_config("tables") or {}
        self.labels: dict[str, str] = config.get("labels", {})
        self.decimals: dict[str, int | str] = config.get("decimals", {})
        self.units: dict[str, str] = config.get("units", {})
        self.minor: set[str] = set(config.get("minor", ()))
        self.problems = datasette.urls.table(DATABASE, LIST)

    def label(self, name: str, table: str | None = LIST) -> str:
        """Return a column's label; tables other than the list show their columns' names."""
        return self.labels.get(name, name) if table in (LIST, None) else name

    def of_table(
        self,
        columns: Sequence[Mapping[str, Any]],
        rows: Iterable[Any],
        table: str,
        request: Request,
    ) -> Table:
        """Return a table's page from Datasette's `display_columns` and `display_rows`."""
        drawn = list(rows)
        names = [column["name"] for column in columns]
        if table == LIST:
            hidden = set() if "_col" in request.args else self.minor - named_columns(request)
        else:
            hidden = {"url"} if "code" in names else set()
        return self.build(
            [
                Column(name, self.label(name, table), source=source)
                for name, source in zip(names, columns, strict=True)
            ],
            [[one["raw"] for one in row] for row in drawn],
            [[one["value"] for one in row] for row in drawn],
            hidden,
            has_pages=table != "events",
        )

    def of_query(
        self, names: Sequence[str], rows: Iterable[Any], shown: Iterable[Any], query: str | None
    ) -> Table:
        """Return a query's answer; `query` is the name of a canned query, None for other SQL."""
        hidden = {"url"} if query and "code" in names else set()
        columns = [Column(name, self.label(name) if query else name) for name in names]
        return self.build(columns, list(rows), list(shown), hidden, has_pages=True)

    def build(
        self,
        columns: list[Column],
        rows: Sequence[Sequence[Any]],
        shown: Sequence[Sequence[Any]],
        hidden: set[str],
        *,
        has_pages: bool,
    ) -> Table:
        names = [column.name for column in columns]
        kept = [
            (index, self.formatted(column, [row[index] for row in rows]))
            for index, column in enumerate(columns)
            if column.name not in hidden
        ]
        table = Table([column for _, column in kept], [])
        for row, texts in zip(rows, shown, strict=False):
            values = dict(zip(names, row, strict=True))
            cells = [cell(column, row[index], texts[index]) for index, column in kept]
            table.rows.append(Row(values, cells, self.page(values) if has_pages else None))
        return table

    def formatted(self, column: Column, values: Iterable[Any]) -> Column:
        """Return the column with its format, which depends on its values."""
        numbers = [value for value in values if value is not None and value != ""]
        if not numbers or not all(isinstance(value, int | float) for value in numbers):
            return column
        decimals = self.decimals.get(column.name)
        return column._replace(
            is_number=True,
            decimals=decimals_for(numbers) if decimals == "auto" else decimals,
            unit=self.units.get(column.name, ""),
        )

    def page(self, row: Mapping[str, Any]) -> str | None:
        """Return the address of the problem that a row names; former codes come without a name."""
        code = row.get("code")
        is_problem = isinstance(code, str) and CODE.fullmatch(code) and row.get("name", code)
        return f"{self.problems}/{tilde_encode(code)}" if is_problem else None

    def conditions(self, filters: Any, request: Request, table: str) -> list[Condition]:
        """Return the search and the filters of a table's page in words."""
        search = " and ".join((request.args.get("_q") or "").split())
        found = [Condition("_q", f"code or name contains {search}")] if search else []
        for column, lookup, value in filters.selections():
            parameter = column if lookup == "exact" else f"{column}__{lookup}"
            if parameter not in request.args:
                parameter = f"{column}__exact"
            text = condition(self.label(column, table), lookup, value + self.units.get(column, ""))
            if (column, value) == ("topics", "[]"):
                text = "no known topic" if lookup == "exact" else "a known topic"
            elif column == "topics":
                text = text.replace("-", " ")
            elif (column, lookup) == ("band", "exact"):
                text = f"{band_name(value)} points"
            found.append(Condition(parameter, text))
        return found


def other_filters(filters: Any, common: Collection[str]) -> list[tuple[str, str, str]]:
    """Return the filters that have no field of their own in the form; bands have chips."""
    return [
        (column, lookup, value)
        for column, lookup, value in filters.selections()
        if f"{column}__{lookup}" not in common and (column, lookup) != ("band", "exact")
    ]


def named_columns(request: Request) -> set[str]:
    """Return the columns that a request filters, sorts or groups by; a band shows as a chip."""
    names = {name.partition("__")[0] for name in request.args if name != "band"}
    for name in NAMING_ARGUMENTS:
        names.update(request.args.getlist(name))
    return names


def decimals_for(numbers: Iterable[float]) -> int:
    """Return the decimals that show the smallest number with three significant digits."""
    sizes = [abs(value) for value in numbers if value and abs(value) < MAX_EXACT]
    if not sizes:
        return 0
    return min(max(SIGNIFICANT_DIGITS - 1 - floor(log10(min(sizes))), 0), MAX_DECIMALS)


def cell(column: Column, value: Any, shown: Any) -> Cell:
    """Return a cell; `shown` is what Datasette would show."""
    if value is None or value == "":
        return Cell(column, "", None)
    if isinstance(shown, Markup):
        return Cell(column, shown, None)  # a link, a download
    if column.is_number:
        text = column.format(value)
        return Cell(column, text, None if text == str(value) else value)
    if column.name == "topics" and isinstance(value, str) and value.startswith("["):
        return Cell(column, ", ".join(json.loads(value)).replace("-", " "), None)
    if column.name == "band" and column.label != "band":
        return Cell(column, band_name(value), None)
    time = TIME.fullmatch(str(value))
    return Cell(column, f"{time[1]} {time[2]}" if time else str(shown), None)


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    env.globals |= {"tables": Tables(datasette), "other_filters": other_filters}
