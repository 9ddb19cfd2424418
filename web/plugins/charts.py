"""Geometry of line charts, which templates/_charts.html draws as SVG without script."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from datasette import hookimpl

from web.words import day_text, number, points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from jinja2 import Environment

HEIGHT, TOP, BOTTOM = 220, 30, 192
TICKS = 4  # the approximate number on an axis
MAX_POINTS, MAX_DOTS = 200, 12  # of a line
ROUND_STEPS = (1, 2, 2.5, 5, 10)
MIN_YEARS = 3  # from here on the x axis names years
LABEL_ROOM = (25, 75)  # percent of the x axis where labels do not touch those of its ends


class Mark(NamedTuple):
    """A labelled place: x in percent of the width, y in pixels."""

    x: float
    y: float
    label: str
    anchor: str = "middle"


class Line(NamedTuple):
    """A line as two SVG paths, `gaps` where data is missing; `ends` are labels of its ends."""

    path: str
    gaps: str
    x_ticks: list[Mark]
    y_ticks: list[Mark]
    dots: list[Mark]
    ends: list[Mark]
    height: int = HEIGHT


def line(
    rows: Sequence[Mapping[str, Any]],
    x: str,
    y: str,
    *,
    zero: bool = False,
    gaps: Iterable[Mapping[str, str]] = (),
    unit: str = "",
) -> Line:
    """Lay out columns `x`, days in ISO form or numbers, and `y` of rows in the order of x.

    `zero`: the y axis includes 0. `gaps`: rows with `since` and `day`, without data in between.
    """
    drawn = thinned(rows, MAX_POINTS)
    first, last = drawn[0][x], drawn[-1][x]
    has_days = isinstance(first, str)
    name: Callable[[Any], str] = day_text if has_days else number
    levels = round_numbers([row[y] for row in rows] + [0] * zero)
    missing = [(gap["since"], gap["day"]) for gap in gaps]

    def across(value: Any) -> float:
        ends = map(ordinal, (value, first, last)) if has_days else (value, first, last)
        return scale(*ends, 0, 100)

    def mark(row: Mapping[str, Any]) -> Mark:
        height = scale(row[y], levels[0], levels[-1], BOTTOM, TOP)
        return Mark(across(row[x]), height, f"{name(row[x])}: {points(row[y])}{unit}")

    places = ["{:g},{:g}".format(*mark(row)[:2]) for row in drawn]
    path, dashes = f"M{places[0]}", ""
    for (before, here), (start, end) in zip(pairwise(places), pairwise(drawn), strict=True):
        if any(start[x] < until and since < end[x] for since, until in missing):
            dashes += f"M{before} {here}"
            path += "M"
        path += f" {here}"
    inner = (
        years(first, last) if has_days else [(n, number(n)) for n in round_numbers([first, last])]
    )
    inner_ticks = [Mark(across(value), 0, label) for value, label in inner]
    dots = [mark(row) for row in thinned(drawn, MAX_DOTS)]
    return Line(
        path,
        dashes,
        [
            Mark(0, 0, name(first), "start"),
            *(tick for tick in inner_ticks if LABEL_ROOM[0] <= tick.x <= LABEL_ROOM[1]),
            *([Mark(100, 0, name(last), "end")] if first != last else []),
        ],
        [Mark(0, scale(n, levels[0], levels[-1], BOTTOM, TOP), number(n)) for n in levels],
        dots,
        [
            Mark(dot.x, dot.y + (20 if dot.y < TOP + 24 else -10), points(row[y]), anchor)
            for dot, row, anchor in zip(
                (dots[0], dots[-1]), (drawn[0], drawn[-1]), ("start", "end"), strict=True
            )
        ],
    )


def thinned(rows: Sequence[Any], limit: int) -> list[Any]:
    """Return every n-th row and the last one, at most `limit` and at least two in all."""
    step = max(1, ceil((len(rows) - 1) / (max(limit, 2) - 1)))
    return [*rows[:-1:step], rows[-1]]


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def scale(value: float, low: float, high: float, start: float, end: float) -> float:
    """Map `value` from the range low to high to the range start to end."""
    return round(start + (end - start) * (value - low) / ((high - low) or 1), 2)


def round_numbers(values: Iterable[float]) -> list[float]:
    """Return equidistant round numbers that span all values."""
    low, high = min(found := list(values)), max(found)
    if high == low:
        return [low]
    exact = (high - low) / TICKS
    power = 10.0 ** floor(log10(exact))
    step = next(step * power for step in ROUND_STEPS if step * power >= exact)
    return [float(f"{step * n:.12g}") for n in range(floor(low / step), ceil(high / step) + 1)]


def years(first: str, last: str) -> list[tuple[str, str]]:
    """Return the first days of years between two days, and the years."""
    between = range(int(first[:4]) + 1, int(last[:4]) + 1)
    step = ceil(len(between) / TICKS) or 1
    return [(f"{n}-01-01", str(n)) for n in between[::step]] if len(between) >= MIN_YEARS else []


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.globals["line_chart"] = line
    env.filters["thinned"] = thinned
