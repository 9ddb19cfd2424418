"""Days, numbers and changes as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

FAR_APART = 365  # days from which on the month is enough
NEARLY_ALL = 99.5  # percent, which would be rounded to a hundred


def number(value: float) -> str:
    """No more digits than it needs, thousands apart."""
    return f"{value:,.0f}" if value == round(value) else format(Decimal(f"{value:.6g}"), ",f")


def day_text(day: str) -> str:
    """'8 May 2012', of a day in ISO form."""
    return f"{date.fromisoformat(day):%-d %B %Y}"


def between(first: str | None, last: str) -> str:
    """'between the crawls of 31 May and 26 August 2025'; what both days share is said once.

    'by 31 May 2025' where no crawl is known before that.
    """
    if first is None:
        return f"by {day_text(last)}"
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start == end:
        return f"between two crawls of {day_text(last)}"
    told = f"{start:%-d %B %Y}"
    if start.year == end.year:
        told = f"{start:%-d}" if start.month == end.month else f"{start:%-d %B}"
    return f"between the crawls of {told} and {day_text(last)}"


def then(first: str, last: str) -> str:
    """'in May 2012' if that is long before `last`, else 'on 2 March 2026'."""
    start = date.fromisoformat(first)
    if (date.fromisoformat(last) - start).days > FAR_APART:
        return f"in {start:%B %Y}"
    return f"on {day_text(first)}"


def percent(before: float, after: float) -> str:
    """By how much a value changed, in size and without a sign: '87 %'."""
    change = abs(100 * (after - before) / before)
    digits = f"{change:.2f}" if NEARLY_ALL <= change < 100 else f"{change:.2g}"  # noqa: PLR2004
    return f"{float(digits):,.15g} %"


def compared(before: float, after: float) -> str:
    """'87 % less', '2 % more' or 'as much'."""
    if before == after:
        return "as much"
    return f"{percent(before, after)} {'less' if after < before else 'more'}"
