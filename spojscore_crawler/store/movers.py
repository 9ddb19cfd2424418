"""The table `movers`: how many solves each problem got lately, each over a span that is true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spojscore_crawler.store.points import points

if TYPE_CHECKING:
    from sqlite_utils import Database

# What is looked back to, in days.
SPANS = (1, 7, 30, 365)

# The last crawl that lies on the day on which a span begins, or at most a seventh of the span (a
# day at least) before it: growth over three months is not called a week's.
BASE = """
SELECT max(day) FROM (SELECT CAST(julianday(day) - 2440587.5 AS INTEGER) AS day FROM crawls),
    (SELECT CAST(julianday(max(day)) - 2440587.5 AS INTEGER) - :span AS first FROM crawls)
WHERE day BETWEEN first - max(:span / 7, 1) AND first
"""
LISTED = """
SELECT id, (SELECT history.users FROM history WHERE problem_id = id AND day <= :base
            ORDER BY day DESC LIMIT 1)
FROM problems WHERE delisted IS NULL
"""


def write_movers(db: Database, before: Mapping[int, Mapping[str, Any]]) -> None:
    """Write the growth of every listed problem, within the transaction that is open.

    `before` are the rows of problems before the crawl, by id. Where a problem was not listed at the
    beginning of a span, or no crawl tells, its growth over it is null.
    """
    then: dict[str | int, dict[int, int | None]] = {span: _users_at(db, span) for span in SPANS}
    then["last"] = {id_: row["users"] for id_, row in before.items() if not row["delisted"]}
    rows = []
    for row in db.query("SELECT id, code, name, users, score FROM problems WHERE delisted IS NULL"):
        id_ = row.pop("id")
        for span, users in then.items():
            known = users.get(id_)
            row[f"solves_{span}"] = None if known is None else row["users"] - known
            row[f"score_{span}"] = None if known is None else row["score"] - points(known)
        rows.append(row)
    db.table("movers").delete_where()
    db.table("movers").insert_all(rows)


def _users_at(db: Database, span: int) -> dict[int, int | None]:
    """The users of each listed problem, by its id, when the span began."""
    [[base]] = db.execute(BASE, {"span": span})
    return {} if base is None else dict(db.execute(LISTED, {"base": base}))
