"""Days and times, all in UTC."""

from datetime import date, datetime, timedelta

CLOCK_SKEW = timedelta(minutes=5)  # by which the clocks of two machines may differ
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01, as the table `history` counts them."""
    return (day - EPOCH).days


def format_minute(moment: datetime) -> str:
    """Format a time for people, such as '2026-11-23 00:04 UTC'."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
