"""Days and moments as the project counts and writes them, all in UTC."""

from __future__ import annotations

from datetime import date, datetime, timedelta

# What the clocks of two machines may differ by.
CLOCK_SKEW = timedelta(minutes=5)
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """A day as history counts it: since 1970-01-01."""
    return (day - EPOCH).days


def minute(moment: datetime) -> str:
    """A moment for people."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
