"""What a page of a table says beyond its rows: their numbers, and how many lie in each band."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.database import QueryInterrupted

if TYPE_CHECKING:
    from datasette.app import Datasette

LIMIT = re.compile(r" limit \d+(?: offset (\d+))?$")
CHOSEN = re.compile(r'(?:\bband|"band"|\[band\]) = :p\d+')


class Paging:
    """Asks about the query of a page, `{"sql": …, "params": …}`, as Datasette wrote it."""

    def __init__(self, datasette: Datasette) -> None:
        self.database = datasette.get_database()

    async def first_row(self, query: dict[str, Any], total: int | None) -> int | None:
        """The number of the page's first row among `total` ones; None if that is not known."""
        sql, params = query["sql"], query["params"]
        found = LIMIT.search(sql)
        if found is None or total is None:
            return None
        if found[1]:
            return int(found[1]) + 1
        try:
            left = await self.database.execute(
                f"SELECT count(*) FROM ({sql[: found.start()]})",  # noqa: S608
                params,
            )
        except QueryInterrupted:
            return None
        # The code that was searched for came first and is in neither count.
        before: int = total - left.single_value() + ("first_code" in params)
        return before + 1

    async def bands(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """Each band with the count of its rows, as if none was chosen."""
        sql = LIMIT.sub("", CHOSEN.sub("1", query["sql"]))
        listed = sql[sql.index(" from ") :]
        rows = await self.database.execute(
            f"SELECT band AS value, count(*) AS count FROM (SELECT band{listed}) GROUP BY band",  # noqa: S608
            query["params"],
        )
        return [dict(row) for row in rows]


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Paging]:
    return {"paging": Paging(datasette)}
