"""Count by the year of a day, `_facet_year=first_seen`, or by tens, `_facet_tens=acceptance`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.utils import escape_sqlite, path_with_added_args, path_with_removed_args

if TYPE_CHECKING:
    from collections.abc import Callable


class Grouped(Facet):  # type: ignore[misc]
    """A facet of groups of a column's values, in their order.

    `group` is SQL of the group of a value; `chosen` the filters that leave only one group's rows.
    """

    type: ClassVar[str]
    group: ClassVar[str]
    label: ClassVar[str] = "{}"
    chosen: Callable[[str, Any], dict[str, str]]

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        results, timed_out = [], []
        for config in self.get_configs():
            column = config["config"].get("column") or config["config"]["simple"]
            try:
                results.append(await self.counted(column, hideable=config["source"] != "metadata"))
            except QueryInterrupted:
                timed_out.append(column)
        return results, timed_out

    async def counted(self, column: str, *, hideable: bool) -> dict[str, Any]:
        group = self.group.format(escape_sqlite(column))
        most = self.get_facet_size()
        sql = (
            f"SELECT {group} AS value, count(*) AS count FROM ({self.sql}) "  # noqa: S608
            f"WHERE value IS NOT NULL GROUP BY value ORDER BY value LIMIT {most + 1}"
        )
        rows = await self.ds.execute(
            self.database,
            sql,
            self.params,
            truncate=False,
            custom_time_limit=self.ds.setting("facet_time_limit_ms"),
        )
        without = path_with_removed_args(self.request, {f"_facet_{self.type}": column})
        return {
            "name": column,
            "type": self.type,
            "hideable": hideable,
            "toggle_url": self.ds.urls.path(without),
            "results": [self.result(column, value, count) for value, count in rows.rows[:most]],
            "truncated": len(rows.rows) > most,
        }

    def result(self, column: str, value: Any, count: int) -> dict[str, Any]:
        chosen = type(self).chosen(column, value)
        selected = set(chosen.items()) <= set(self.get_querystring_pairs())
        toggle = path_with_removed_args if selected else path_with_added_args
        url = self.ds.absolute_url(self.request, self.ds.urls.path(toggle(self.request, chosen)))
        label = self.label.format(value)
        return {
            "value": value, "label": label, "count": count, "toggle_url": url, "selected": selected,
        }  # fmt: skip


class YearFacet(Grouped):
    type = "year"
    group = "substr({}, 1, 4)"

    @staticmethod
    def chosen(column: str, value: str) -> dict[str, str]:
        return {f"{column}__startswith": value}


class TensFacet(Grouped):
    type = "tens"
    group = "CAST({} / 10 AS INTEGER) * 10"
    label = "from {}"

    @staticmethod
    def chosen(column: str, value: int) -> dict[str, str]:
        return {f"{column}__gte": str(value), f"{column}__lt": str(value + 10)}


@hookimpl
def register_facet_classes() -> list[type[Facet]]:
    return [YearFacet, TensFacet]
