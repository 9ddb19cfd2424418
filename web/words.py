"""Numbers, days and changes in English."""

from datetime import date
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"
LONG_AGO_DAYS = 365  # from here on the month is exact enough


def number(value: float) -> str:
    """Format with thousands separators and at most six significant digits."""
    return f"{value:,.0f}" if value == round(value) else format(Decimal(f"{value:.6g}"), ",f")


def points(value: float) -> str:
    """Format with three significant digits, never with an exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else format(Decimal(f"{value:.3g}"), "f")  # noqa: PLR2004


def day_text(day: str) -> str:
    """Format an ISO day: '8 May 2012'."""
    return f"{date.fromisoformat(day):%-d %B %Y}"


def between(first: str | None, last: str) -> str:
    """Word a span of days: 'between 3 and 11 April 2026', 'by 11 April 2026' without a first."""
    if first is None or first == last:
        return f"{'on' if first else 'by'} {day_text(last)}"
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    text = f"{start:%-d %B %Y}"
    if start.year == end.year:
        text = f"{start:%-d}" if start.month == end.month else f"{start:%-d %B}"
    return f"between {text} and {day_text(last)}"


def since(first: str, last: str) -> str:
    """Word a day as seen from `last`: 'since May 2012' or 'since 2 March 2026'."""
    start = date.fromisoformat(first)
    is_long_ago = (date.fromisoformat(last) - start).days > LONG_AGO_DAYS
    return f"since {start:%B %Y}" if is_long_ago else f"since {day_text(first)}"


def change(before: float, after: float) -> str:
    """Word a relative change: 'down 91%', 'up 2%', 'unchanged'."""
    if before == after:
        return "unchanged"
    percent = abs(100 * (after - before) / before)
    # 99.95% must not be rounded to 100%.
    digits = f"{percent:.2f}" if 99.5 <= percent < 100 else f"{percent:.2g}"  # noqa: PLR2004
    return f"{'down' if after < before else 'up'} {float(digits):,.15g}%"


def band_name(band: str) -> str:
    """Shorten a range of points: 'a: 1 or more' becomes '1+'."""
    return band[3:].replace(" to ", "\N{EN DASH}").replace(" or more", "+").replace("under ", "< ")
