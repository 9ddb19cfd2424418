"""Geometry of charts, which templates/_charts.html draws as SVG without script."""

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
TICKS = 3  # the approximate number on an axis
MAX_POINTS, MAX_DOTS = 200, 12  # of a line
CURVE_POINTS = 32  # of a dashed curve
ROUND_STEPS = (1, 2, 2.5, 5, 10)
MIN_YEARS = 3  # from here on the x axis names only years
LABEL_ROOM = (25, 75)  # percent of the x axis where labels do not touch those of its ends
COLUMN_GAP = 0.1  # of a column's width


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


class Column(NamedTuple):
    """A column of a histogram: x and width in percent, y and height in pixels."""

    x: float
    width: float
    y: float
    height: float
    label: str


class Histogram(NamedTuple):
    columns: list[Column]
    x_ticks: list[Mark]
    y_ticks: list[Mark]
    height: int = HEIGHT


def line(
    rows: Sequence[Mapping[str, Any]],
    x: str,
    y: str,
    *,
    zero: bool = False,
    gaps: Iterable[Mapping[str, str]] = (),
    unit: str = "",
    reciprocal: bool = False,
    dots: bool = True,
) -> Line:
    """Lay out columns `x`, days in ISO form or numbers, and `y` of rows in the order of x.

    `zero`: the y axis includes 0. Without `dots`, only the end has a label. `gaps`: rows with
    `since` and `day`, without data in between: y is drawn as if it changed evenly, or 1 / y if
    `reciprocal`, as points do with their solvers.
    """
    drawn = thinned(rows, MAX_POINTS)
    first, last = drawn[0][x], drawn[-1][x]
    has_days = isinstance(first, str)
    name: Callable[[Any], str] = day_text if has_days else number
    levels = round_numbers([row[y] for row in rows] + [0] * zero)
    missing = [(gap["since"], gap["day"]) for gap in gaps]

    def across(value: Any) -> float:
        low, at, high = (ordinal(n) if has_days else n for n in (first, value, last))
        return scale(at, low, high, 0, 100)

    def up(value: float) -> float:
        return scale(value, levels[0], levels[-1], BOTTOM, TOP)

    def mark(row: Mapping[str, Any]) -> Mark:
        return Mark(across(row[x]), up(row[y]), f"{name(row[x])}: {points(row[y])}{unit}")

    path, dashes = place(mark(drawn[0])), ""
    for before, row in pairwise(drawn):
        start, end = mark(before), mark(row)
        if any(before[x] < until and since < row[x] for since, until in missing):
            steps = CURVE_POINTS if reciprocal else 1
            values = [between(before[y], row[y], n / steps, reciprocal) for n in range(steps + 1)]
            dashes += "M" + " ".join(
                f"{scale(n, 0, steps, start.x, end.x):g},{up(value):g}"
                for n, value in enumerate(values)
            )
            path += f"M{place(end)}"
        else:
            path += f" {place(end)}"
    ends = [
        Mark(mark(row).x, mark(row).y - 10, points(row[y]), anchor)
        for row, anchor in [(drawn[0], "start")] * dots + [(drawn[-1], "end")]
    ]
    if has_days:
        ticks = [Mark(across(day), 0, day[:4]) for day in years(first, last)]
    else:
        ticks = [Mark(across(n), 0, number(n)) for n in round_numbers([first, last])]
    if not has_days or not ticks:
        ticks = [
            Mark(0, 0, name(first), "start"),
            *(tick for tick in ticks if LABEL_ROOM[0] <= tick.x <= LABEL_ROOM[1]),
            *([Mark(100, 0, name(last), "end")] if first != last else []),
        ]
    marks = [mark(row) for row in thinned(drawn, MAX_DOTS)] if dots else []
    return Line(f"M{path}", dashes, ticks, [Mark(0, up(n), number(n)) for n in levels], marks, ends)


def place(mark: Mark) -> str:
    return f"{mark.x:g},{mark.y:g}"


def between(start: float, end: float, share: float, reciprocal: bool) -> float:
    """Interpolate from `start` to `end`; if `reciprocal`, 1 / value is linear."""
    if reciprocal:
        return 1 / (1 / start + share * (1 / end - 1 / start))
    return start + share * (end - start)


def histogram(rows: Sequence[Mapping[str, Any]], label: str, value: str) -> Histogram:
    """Lay out a column for each row; below every second one stands where its range begins."""
    levels = round_numbers([0, *(row[value] for row in rows)])
    width = 100 / len(rows)
    columns = []
    for n, row in enumerate(rows):
        y = scale(row[value], 0, levels[-1], BOTTOM, TOP)
        x, inner = width * (n + COLUMN_GAP / 2), width * (1 - COLUMN_GAP)
        text = f"{row[label]}: {number(row[value])}"
        columns.append(Column(round(x, 2), round(inner, 2), y, round(BOTTOM - y, 2), text))
    starts = [row[label].partition("\N{EN DASH}")[0] for row in rows]
    ticks = [Mark(round(width * (n + 0.5), 2), 0, start) for n, start in enumerate(starts)]
    y_ticks = [Mark(0, scale(n, 0, levels[-1], BOTTOM, TOP), number(n)) for n in levels]
    return Histogram(columns, ticks[::2], y_ticks)


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


def years(first: str, last: str) -> list[str]:
    """Return the first days of years between two days, none if there are few."""
    starts = range(int(first[:4]) + 1, int(last[:4]) + 1)
    step = ceil(len(starts) / TICKS) or 1
    return [f"{year}-01-01" for year in starts[::step]] if len(starts) >= MIN_YEARS else []


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.globals |= {"line_chart": line, "histogram": histogram}
    env.filters["thinned"] = thinned
