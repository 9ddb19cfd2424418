"""The table `movers`: how many solves each problem got recently."""

from collections.abc import Sequence
from datetime import date

from sqlite_utils import Database

from spojscore_crawler.store.points import points_sql
from spojscore_crawler.store.times import day_number

SPANS = (1, 7, 30, 365)  # days before the last crawl


def write_movers(db: Database) -> None:
    """Write each listed problem's growth since the last crawl of an earlier day and over SPANS.

    Growth is null if the problem was not listed when the span began or no crawl is near that day.
    """
    rows = db.execute("SELECT DISTINCT day FROM crawls ORDER BY day")
    days = [day_number(date.fromisoformat(day)) for [day] in rows]
    first_days = {"last": days[-2] if len(days) > 1 else None}
    first_days |= {str(span): first_day(days, span) for span in SPANS}
    users_columns = ", ".join(
        "(SELECT history.users FROM history WHERE problem_id = problems.id "
        f"AND day <= :{span} ORDER BY day DESC LIMIT 1) AS users_{span}"
        for span in first_days
    )
    growth_columns = ", ".join(
        f"users - users_{span}, score - {points_sql(f'users_{span}')}" for span in first_days
    )
    db.execute("DELETE FROM movers")
    db.execute(
        f"INSERT INTO movers SELECT code, name, users, score, {growth_columns} "
        f"FROM (SELECT problems.*, {users_columns} FROM problems WHERE delisted IS NULL)",
        first_days,
    )


def first_day(days: Sequence[int], span: int) -> int | None:
    """The day of the crawl from which growth over `span` days is measured.

    It may be early by up to a seventh of the span or a day, whichever is more. None if there is no
    such crawl. `days` are the days of all crawls, ascending.
    """
    if not days:
        return None
    target_day = days[-1] - span
    earliest_day = target_day - max(span // 7, 1)
    return max((day for day in days if earliest_day <= day <= target_day), default=None)
