"""The table `movers`: how many solves each problem got lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from spojscore_crawler.store.points import points
from spojscore_crawler.store.times import day_number

if TYPE_CHECKING:
    from sqlite_utils import Database

SPANS = (1, 7, 30, 365)  # days before the last crawl
USERS_AT = """
SELECT id, (SELECT history.users FROM history WHERE problem_id = id AND day <= :day
            ORDER BY day DESC LIMIT 1)
FROM problems WHERE delisted IS NULL
"""


def write_movers(db: Database) -> None:
    """Write each listed problem's growth since the last crawl of an earlier day and over SPANS.

    It is null where the problem was not listed when the span began, or no crawl says so.
    """
    crawled = db.execute("SELECT DISTINCT day FROM crawls ORDER BY day")
    days = [day_number(date.fromisoformat(day)) for [day] in crawled]
    then = {"last": _users_at(db, days[-2] if len(days) > 1 else None)}
    then |= {str(span): _users_at(db, first_day(days, span)) for span in SPANS}
    rows = []
    for row in db.query("SELECT id, code, name, users, score FROM problems WHERE delisted IS NULL"):
        id_ = row.pop("id")
        for span, users_then in then.items():
            users = users_then.get(id_)
            row[f"solves_{span}"] = None if users is None else row["users"] - users
            row[f"score_{span}"] = None if users is None else row["score"] - points(users)
        rows.append(row)
    db.table("movers").delete_where()
    db.table("movers").insert_all(rows)


def first_day(days: Sequence[int], span: int) -> int | None:
    """The day of the crawl with which a span of so many days before the last crawl begins.

    It is the first day of the span, or at most a seventh of the span (at least a day) earlier, so
    that a week's growth is about a week's. None without such a crawl. `days` ascend.
    """
    if not days:
        return None
    first = days[-1] - span
    earliest = first - max(span // 7, 1)
    return max((day for day in days if earliest <= day <= first), default=None)


def _users_at(db: Database, day: int | None) -> dict[int, int | None]:
    """Users of each listed problem, by its id, as the crawl of that day found them."""
    return {} if day is None else dict(db.execute(USERS_AT, {"day": day}))
