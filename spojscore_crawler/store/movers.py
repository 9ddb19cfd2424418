"""The table `movers`: how many solves each problem got lately, each over a span that is true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from spojscore_crawler.store.points import points
from spojscore_crawler.store.times import day_number

if TYPE_CHECKING:
    from sqlite_utils import Database

# What is looked back to, in days, beside the last crawl of an earlier day.
SPANS = (1, 7, 30, 365)

LISTED = """
SELECT id, (SELECT history.users FROM history WHERE problem_id = id AND day <= :base
            ORDER BY day DESC LIMIT 1)
FROM problems WHERE delisted IS NULL
"""


def write_movers(db: Database) -> None:
    """Write the growth of every listed problem, within the transaction that is open.

    Where a problem was not listed at the beginning of a span, or no crawl tells, its growth over
    it is null.
    """
    crawled = db.execute("SELECT DISTINCT day FROM crawls ORDER BY day")
    days = [day_number(date.fromisoformat(day)) for [day] in crawled]
    then = {"last": _users_at(db, days[-2] if len(days) > 1 else None)}
    then |= {str(span): _users_at(db, beginning(days, span)) for span in SPANS}
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


def beginning(days: Sequence[int], span: int) -> int | None:
    """The crawl's day with which a span of so many days before the last crawl begins.

    It lies on the first day of the span, or at most a seventh of it (a day at least) before: growth
    over three months is not called a week's. None when there is no such crawl. `days` ascend.
    """
    if not days:
        return None
    first = days[-1] - span
    earliest = first - max(span // 7, 1)
    return max((day for day in days if earliest <= day <= first), default=None)


def _users_at(db: Database, base: int | None) -> dict[int, int | None]:
    """The users of each listed problem, by its id, as the crawl of the day `base` found them."""
    return {} if base is None else dict(db.execute(LISTED, {"base": base}))
