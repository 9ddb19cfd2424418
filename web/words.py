"""Numbers, days and changes in English."""

from datetime import date
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"


def number(value: float) -> str:
    """Format with thousands separators and at most six significant digits."""
    return f"{value:,.0f}" if value == round(value) else format(Decimal(f"{value:.6g}"), ",f")


def points(value: float) -> str:
    """Format with three significant digits, never with an exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else format(Decimal(f"{value:.3g}"), "f")  # noqa: PLR2004


def day_text(day: str) -> str:
    """Format an ISO day: '8 May 2012'."""
    return f"{date.fromisoformat(day):%-d %B %Y}"


def between(first: str, last: str) -> str:
    """Word the time between two updates by their days."""
    if first == last:
        return f"on {day_text(last)}"
    return f"between {day_text(first)} and {day_text(last)}"


def change(before: float, after: float) -> str:
    """Word a relative change: 'down 90.9%', 'up 2%'."""
    return f"{'down' if after < before else 'up'} {points(abs(100 * (after - before) / before))}%"


def band_name(band: str) -> str:
    """Shorten a range of points: 'a: 1 or more' becomes '1+'."""
    return band[3:].replace(" to ", "\N{EN DASH}").replace(" or more", "+").replace("under ", "< ")
