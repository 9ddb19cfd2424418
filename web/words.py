"""Days, numbers and changes as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

FAR_APART = 365  # days from which on the month is enough
# What the filters above the list say, where that is more than label, comparison and value.
PHRASES = {
    ("points_if_solved", "gte"): "at least {} points if you solve it",
    ("points_if_solved", "lte"): "at most {} points if you solve it",
    ("acceptance", "gte"): "accepted at least {} %",
    ("acceptance", "lt"): "accepted under {} %",
    ("liked", "gte"): "liked by at least {} %",
    ("liked", "lt"): "liked by under {} %",
    ("users", "gte"): "solved by at least {}",
    ("users", "lte"): "solved by at most {}",
    ("topics", "arraycontains"): "topic {}",
}
COMPARISONS = {
    "exact": "is", "not": "is not", "gt": "over", "gte": "at least", "lt": "under",
    "lte": "at most", "startswith": "begins with", "in": "is one of", "notin": "is none of",
    "arraycontains": "has", "isnull": "is unknown", "notnull": "is known", "date": "is on",
}  # fmt: skip
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


def filtered(column: str, lookup: str, value: str, label: str) -> str:
    """What a filter leaves: 'accepted at least 40 %'. `label` is the column's name for people."""
    if (column, lookup, value) == ("topics", "exact", "[]"):
        return "no topic known"
    if (column, lookup, value) == ("topics", "not", "[]"):
        return "a topic known"
    if (column, lookup) == ("band", "exact"):
        return f"{value[3:]} points per solver"
    if phrase := PHRASES.get((column, lookup)):
        return phrase.format(value.replace("-", " ") if column == "topics" else value)
    words = [label, COMPARISONS.get(lookup, lookup)]
    return " ".join(words if lookup.endswith(("null", "blank")) else [*words, value])
