"""No row is lost, none left out in silence: what Datasette's own queries lack."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from datasette.database import QueryInterrupted, Results
from datasette.utils import escape_sqlite, sqlite3

from web.answers.asked import ASKED, Asked
from web.answers.refusals import TOO_LONG, RefusedError, sentence
from web.options import DATABASE, LIST, MOST_ROWS, PAGE_ROWS

if TYPE_CHECKING:
    from datasette.database import Database


class Args(Protocol):
    """The parameters of an address."""

    def get(self, name: str) -> str | None: ...


# As Datasette ends the query that fills a table's page.
ORDER = re.compile(r".* order by (.+) limit \d+$", re.DOTALL)  # the last one, not a filter's
BARE = ("array", "arrayfirst", "object")  # shapes of JSON that hold rows and nothing else
ALL = f"take the whole database home: /{DATABASE}.db."
NOT_ALL = (
    f"That is more than {MOST_ROWS:,} rows, the most of one answer. Ask for fewer, or for a part "
    f"at a time (tables: as JSON, whose `next` leads on; SQL: LIMIT and OFFSET), or {ALL}"
)


def make_whole(database: Database) -> None:
    """Let no answer of `database` lose rows, and none lack some without a word."""
    execute = database.execute

    async def whole(
        sql: str, params: Any = None, truncate: bool = False, **options: Any
    ) -> Results:
        asked = ASKED.get()
        options["log_sql_errors"] = False  # the visitor sees them
        # Only what fills an answer truncates.
        if asked is None or not truncate:
            return await execute(sql, params, truncate, **options)
        if asked.kind == "table":
            sql, params = in_one_order(sql, params, asked, await database.primary_keys(asked.name))
        try:
            results = await execute(sql, params, truncate, **options)
        except QueryInterrupted as error:
            raise RefusedError(TOO_LONG) from error
        except sqlite3.DatabaseError as error:
            raise RefusedError(sentence(str(error))) from error
        return as_asked(results, asked)

    database.execute = whole


def in_one_order(
    sql: str, params: dict[str, Any], asked: Asked, keys: list[str]
) -> tuple[str, dict[str, Any]]:
    """Rows that are equal in the column they are sorted by come in the order of their key.

    Datasette sorts so from the second page on; the first may then hold others of them. Of a search,
    the problem with that very code comes first.
    """
    found = ORDER.search(sql)
    if not found or not keys:
        return sql, params
    order = f"{found[1]}, {', '.join(map(escape_sqlite, keys))}"
    if asked.name == LIST and (code := first_code(asked)):
        order, params = f"code = :first_code DESC, {order}", {**params, "first_code": code}
    return sql[: found.start(1)] + order + sql[found.end(1) :], params


def first_code(args: Args) -> str | None:
    """The code that problems are searched by, if what was typed is one."""
    typed = args.get("_q")
    # A page of one row has no place for a row before the others.
    return typed.strip().upper() if typed and args.get("_size") != "1" else None


def as_asked(results: Results, asked: Asked) -> Results:
    """Few enough rows for a page; all of them where an answer could not say that some lack."""
    rows = results.rows
    if asked.form == "page":
        most = PAGE_ROWS + 1  # by the one more, pages know that there are more
        return Results(rows[:most], len(rows) > most, results.description)
    if asked.kind == "table":  # JSON has `next`
        is_all = asked.form == "csv" and asked.get("_size") == "max"
    else:
        is_all = asked.form == "csv" or asked.get("_shape") in BARE
    if is_all and (results.truncated or len(rows) > MOST_ROWS):
        raise RefusedError(NOT_ALL)
    return results
