"""SPOJ's past lists, for the stand-in."""

from spojscore_crawler.history import DAYS, read_list
from spojscore_crawler.items import Problem as Entry

__all__ = ["DAYS", "LAST_DAY", "Entry", "problems"]

LAST_DAY = DAYS[-1]


def problems(count: int | None = None, day: str = LAST_DAY) -> list[Entry]:
    """The first `count` problems (None: all) of the list of `day`, one of DAYS, by ascending id."""
    return read_list(day)[:count]
