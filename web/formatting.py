"""Formats numbers, days and changes as English text."""

from datetime import date
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"


def format_number(value: float) -> str:
    """Format with thousands separators and at most six significant digits."""
    return f"{value:,.0f}" if value == round(value) else format(Decimal(f"{value:.6g}"), ",f")


def format_points(value: float) -> str:
    """Format with three significant digits, never with an exponent."""
    return f"{value:,.0f}" if abs(value) >= 100 else format(Decimal(f"{value:.3g}"), "f")  # noqa: PLR2004


def format_day(day: str) -> str:
    """Format an ISO day: '8 May 2012'."""
    return f"{date.fromisoformat(day):%-d %B %Y}"


def describe_period(first_day: str, last_day: str) -> str:
    """Describe the time between two updates by their days."""
    if first_day == last_day:
        return f"on {format_day(last_day)}"
    return f"between {format_day(first_day)} and {format_day(last_day)}"


def describe_change(old_value: float, new_value: float) -> str:
    """Describe a relative change: 'down 90.9%', 'up 2%'."""
    percent = format_points(abs(100 * (new_value - old_value) / old_value))
    return f"{'down' if new_value < old_value else 'up'} {percent}%"


def format_band(band: str) -> str:
    """Shorten a range of points: 'a: 1 or more' becomes '1+'."""
    return band[3:].replace(" to ", "\N{EN DASH}").replace(" or more", "+").replace("under ", "< ")
