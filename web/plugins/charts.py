"""Geometry of charts, which templates/_charts.html draws as SVG without script."""

from __future__ import annotations

from datetime import date
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from datasette import hookimpl

from web.words import day_text, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jinja2 import Environment

    Point = tuple[Any, float]

# In units of the SVG, which the page scales.
WIDTH, HEIGHT = 400, 220
LEFT, RIGHT, TOP, BOTTOM = 66, 10, 30, 26
TICKS = 4  # the approximate number on an axis
MAX_POINTS = 200  # of a line, which has fewer pixels
MAX_DOTS = 12  # of a line; each is a Tab stop
ROUND_STEPS = (1, 2, 2.5, 5, 10)
MIN_YEARS = 3  # from here on the x axis names years
LABEL_ROOM = (0.25, 0.68)  # the part of an axis where a label does not touch those at its ends


class Tick(NamedTuple):
    at: float
    label: str


class Dot(NamedTuple):
    """A point that shows its figures on hover and focus."""

    x: float
    y: float
    where: str
    value: float


class Line(NamedTuple):
    """A line as two SVG paths, `dashes` across gaps, with its axes."""

    path: str
    dashes: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    dots: list[Dot]
    from_zero: bool


def line(
    points: Sequence[Point], *, zero: bool = False, gaps: Iterable[tuple[str, str]] = ()
) -> Line:
    """Lay out a line through points in the order of x: days in ISO form or numbers.

    `zero`: the y axis includes 0. `gaps`: pairs of days without data in between, where the line is
    dashed. Needs at least one point.
    """
    has_days = isinstance(points[0][0], str)
    position: Callable[[Any], float] = ordinal if has_days else float
    first, last = position(points[0][0]), position(points[-1][0])
    ys = [y for _, y in points]
    x_marks = day_marks(first, last) if has_days else number_marks(first, last)
    y_marks = marks(*(min(0, *ys), max(0, *ys)) if zero else (min(ys), max(ys)))

    def across(x: float) -> float:
        return round(scale(x, first, last, LEFT, WIDTH - RIGHT), 1)

    def up(y: float) -> float:
        return round(scale(y, y_marks[0], y_marks[-1], HEIGHT - BOTTOM, TOP), 1)

    drawn = thinned(points, MAX_POINTS)
    places = [f"{across(position(x))},{up(y)}" for x, y in drawn]
    empty = list(gaps)
    path, dashes = f"M{places[0]}", ""
    for (start, _), (end, _), before, place in zip(
        drawn, drawn[1:], places, places[1:], strict=False
    ):
        if any(start < until and since < end for since, until in empty):
            dashes += f"M{before} {place}"
            path += f"M{place}"
        else:
            path += f" {place}"
    return Line(
        path,
        dashes,
        [Tick(across(x), label) for x, label in x_marks],
        [Tick(up(y), number(y)) for y in y_marks],
        [
            Dot(across(position(x)), up(y), day_text(x) if has_days else number(x), y)
            for x, y in thinned(points, MAX_DOTS)
        ],
        y_marks[0] == 0,
    )


def thinned(points: Sequence[Any], limit: int) -> list[Any]:
    """Return every n-th point and the last one, at most `limit` and at least two in all."""
    step = max(1, ceil((len(points) - 1) / (max(limit, 2) - 1)))
    return [*points[:-1:step], points[-1]]


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def scale(value: float, low: float, high: float, start: float, end: float) -> float:
    """Map `value` from the range low–high to the range start–end."""
    return start + (end - start) * (value - low) / ((high - low) or 1)


def marks(low: float, high: float) -> list[float]:
    """Return equidistant round numbers that span low to high."""
    if high == low:
        return [low]
    exact = (high - low) / TICKS
    power = 10.0 ** floor(log10(exact))
    step = next(step * power for step in ROUND_STEPS if step * power >= exact)
    return [float(f"{step * n:.12g}") for n in range(floor(low / step), ceil(high / step) + 1)]


def number_marks(low: float, high: float) -> list[tuple[float, str]]:
    """Return the ends of an axis of numbers and the round ones in between, with labels."""
    return axis([(mark, number(mark)) for mark in marks(low, high)], low, high, number)


def day_marks(first: float, last: float) -> list[tuple[float, str]]:
    """Return the ends of an axis of days and the years in between, with labels."""
    years = range(date.fromordinal(int(first)).year + 1, date.fromordinal(int(last)).year + 1)
    step = ceil(len(years) / TICKS) or 1
    inner = [
        (date(year, 1, 1).toordinal(), str(year))
        for year in (years[::step] if len(years) >= MIN_YEARS else ())
    ]
    return axis(inner, first, last, lambda day: day_text(date.fromordinal(int(day)).isoformat()))


def axis(
    inner: Iterable[tuple[float, str]], low: float, high: float, name: Callable[[float], str]
) -> list[tuple[float, str]]:
    """Return the ends of an axis and those inner marks that have room between their labels."""
    if low == high:
        return [(low, name(low))]
    nearest, furthest = (low + (high - low) * share for share in LABEL_ROOM)
    room = [mark for mark in inner if nearest <= mark[0] <= furthest]
    return [(low, name(low)), *room, (high, name(high))]


def pairs(rows: Iterable[Any], x: str, y: str) -> list[Point]:
    """Return two columns of rows as points."""
    return [(row[x], row[y]) for row in rows]


def shares(values: Iterable[float]) -> list[float]:
    """Return each value's size in percent of the largest."""
    sizes = [abs(value) for value in values]
    largest = max(sizes, default=0) or 1
    return [round(100 * size / largest, 2) for size in sizes]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    chart = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT, "top": TOP}
    env.globals |= {"line_chart": line, "shares": shares, "chart": chart}
    env.filters |= {"pairs": pairs, "thinned": thinned}
