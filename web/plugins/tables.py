"""Formats tables for templates/_data_table.html as metadata.yml says: labels, decimals, units …"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import Filters
from datasette.utils import tilde_encode
from datasette.utils.asgi import Request
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from web.options import DATABASE, LIST
from web.words import MINUS, band_name, points

LISTS = ("topics", "families")  # columns that hold JSON arrays


class Column(NamedTuple):
    """A column; numbers stay as they are if `decimals` is None, `auto` is three digits."""

    name: str
    label: str
    source: Mapping[str, Any] | None = None  # what Datasette says of a table's column
    is_number: bool = False
    decimals: int | str | None = None
    unit: str = ""
    style: str = ""  # its place in the two lines that a problem has on a phone
    short: str = ""  # what follows its value there

    def text(self, value: Any, shown: Any) -> str:
        """Return what a cell shows of a value, of which Datasette shows `shown`."""
        if value is None or value == "":
            return ""
        if isinstance(shown, Markup):  # a link, a download
            return shown
        if self.is_number and self.decimals is not None:
            least = 0 if self.decimals == "auto" else 10 ** -int(self.decimals)
            if 0 < value < least:
                return f"<{least:g}{self.unit}"
            text = f"{value:,.{self.decimals}f}" if least else points(value)
            return text.replace("-", MINUS) + self.unit
        if self.name in LISTS and str(value).startswith("["):
            return ", ".join(json.loads(value)).replace("-", " ")
        return str(shown)


class Cell(NamedTuple):
    """A cell's text and, where that is rounded, the number."""

    column: Column
    text: str
    exact: float | None


class Row(NamedTuple):
    """A row: all its values by name, its visible cells, the address of the problem it names."""

    values: Mapping[str, Any]
    cells: list[Cell]
    page: str | None


class Table(NamedTuple):
    columns: list[Column]
    rows: list[Row]
    has_problems: bool


class Tables:
    """Turns Datasette's rows and filters into what templates show."""

    def __init__(self, datasette: Datasette) -> None:
        self.config: dict[str, Any] = datasette.plugin_config("tables") or {}
        self.problems = datasette.urls.table(DATABASE, LIST)

    def option(self, kind: str, name: str, default: Any = "") -> Any:
        return self.config.get(kind, {}).get(name, default)

    def label(self, name: str, table: str = LIST) -> str:
        """Return a column's label; tables other than the list show their columns' names."""
        return str(self.option("labels", name, name)) if table == LIST else name

    def of_table(
        self, columns: Sequence[Any], rows: Iterable[Any], table: str, request: Request
    ) -> Table:
        """Return a table's page from Datasette's `display_columns` and `display_rows`."""
        hidden = {"url"} if table == "latest_events" else set()  # the code is a link
        if table == LIST:
            hidden = set(self.config.get("minor", ())) - named_columns(request)
        cells = [list(row) for row in rows]
        return self.build(
            [Column(one["name"], self.label(one["name"], table), one) for one in columns],
            [[cell["raw"] for cell in row] for row in cells],
            [[cell["value"] for cell in row] for row in cells],
            hidden,
        )

    def of_query(
        self, names: Sequence[str], rows: Iterable[Any], shown: Iterable[Any], query: str | None
    ) -> Table:
        """Return the answer of a canned query; of other SQL if `query` is None."""
        columns = [Column(name, self.label(name) if query else name) for name in names]
        hidden = {"url", "band"} if query and "code" in names else set()
        return self.build(columns, list(rows), list(shown), hidden)

    def of_rows(self, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Table:
        """Return a table of dictionaries with the columns `names`; their bands colour the rows."""
        values = [[row[name] for name in (*names, "band")] for row in rows]
        columns = [Column(name, self.label(name)) for name in (*names, "band")]
        return self.build(columns, values, values, {"band"})

    def build(
        self, columns: list[Column], rows: Sequence[Sequence[Any]],
        shown: Sequence[Sequence[Any]], hidden: Collection[str],
    ) -> Table:  # fmt: skip
        visible = [
            (n, self.formatted(column, [row[n] for row in rows]))
            for n, column in enumerate(columns)
            if column.name not in hidden
        ]
        names = [column.name for column in columns]
        has_problems = {"code", "name"} <= {column.name for _, column in visible}
        if has_problems:
            order: list[str] = self.config.get("order", [])
            visible.sort(key=lambda one: (*order, one[1].name).index(one[1].name))
        table = Table([column for _, column in visible], [], has_problems)
        for row, texts in zip(rows, shown, strict=False):
            values, cells = dict(zip(names, row, strict=True)), []
            for n, column in visible:
                text = column.text(row[n], texts[n])
                is_rounded = column.is_number and text and text != str(row[n])
                cells.append(Cell(column, text, row[n] if is_rounded else None))
            code = values.get("code")
            page = f"{self.problems}/{tilde_encode(code)}" if isinstance(code, str) else None
            table.rows.append(Row(values, cells, page))
        return table

    def formatted(self, column: Column, values: Iterable[Any]) -> Column:
        """Return the column with its format, for which all its values must be numbers."""
        present = [value for value in values if value is not None and value != ""]
        return column._replace(
            is_number=bool(present) and all(isinstance(value, int | float) for value in present),
            decimals=self.option("decimals", column.name, None),
            **{key: self.option(f"{key}s", column.name) for key in ("unit", "style", "short")},
        )

    def conditions(self, filters: Filters, request: Request, table: str) -> list[dict[str, str]]:
        """Return the search and the filters of a table's page: their parameters and texts."""
        search = " and ".join((request.args.get("_q") or "").split())
        texts = {"_q": f"Code or name contains {search}"} if search else {}
        for column, lookup, value in filters.selections():
            is_plain = lookup == "exact" and column in request.args
            one = Filters([(f"{self.label(column, table)}__{lookup}", value)])
            text = one.human_description_en().removeprefix("where ")
            if column == "band" and lookup in ("exact", "in"):
                text = f"{' or '.join(map(band_name, value.split(',')))} points"
            texts[column if is_plain else f"{column}__{lookup}"] = text
        return [{"parameter": name, "text": text} for name, text in texts.items()]


def named_columns(request: Request) -> set[str]:
    """Return the columns that a request filters, sorts, groups by or chooses; ranges have chips."""
    names = {name.partition("__")[0] for name in request.args if name not in ("band", "band__in")}
    for name in ("_sort", "_sort_desc", "_facet", "_facet_array", "_col"):
        names.update(request.args.getlist(name))
    return names


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    synchronous = env.overlay(enable_async=False)

    @pass_context
    def render(context: Context, name: str, **variables: Any) -> str:
        """Render a template without awaiting anything: a table in a third of the time."""
        template = synchronous.get_template(name)
        return Markup(template.render({**context.get_all(), **variables}))  # noqa: S704

    env.globals |= {"tables": Tables(datasette), "render": render}
