"""SPOJ's past lists, for the stand-in."""

from datetime import date

from spojscore_crawler.history import DAYS, read_list, votes_day
from spojscore_crawler.items import Problem as Entry

__all__ = ["DAYS", "LAST_DAY", "Entry", "about", "problems"]

LAST_DAY = DAYS[-1]


def problems(count: int | None = None, day: str = LAST_DAY) -> list[Entry]:
    """The first `count` problems (None: all) of the list of `day`, one of DAYS, by ascending id."""
    return read_list(day)[:count]


def about(day: str) -> str:
    """Describe a list, such as 'SPOJ's list of 26 August 2025, with the votes of 31 May 2025'."""
    votes = votes_day(day)
    suffix = "" if votes is None or votes == day else f", with the votes of {_format_day(votes)}"
    return f"SPOJ's list of {_format_day(day)}{suffix}"


def _format_day(day: str) -> str:
    return f"{date.fromisoformat(day):%-d %B %Y}"
