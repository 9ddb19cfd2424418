"""Geometry of line charts, which templates/_charts.html draws as SVG."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any, NamedTuple

from datasette import hookimpl
from jinja2 import Environment

from web.formatting import format_day, format_number, format_points

TOP, BOTTOM = 30, 192  # of the area for lines, in pixels
TICKS = 3  # the approximate number on an axis
MAX_POINTS, MAX_DOTS = 200, 12  # of a line; with more points, it has no dots
ROUND_STEPS = (1, 2, 2.5, 4, 5, 10)
LABEL_ROOM = (25, 75)  # percent of the x axis; further out, labels would touch those of its ends


class Mark(NamedTuple):
    """A labeled point: x in percent of the width, y in pixels."""

    x: float
    y: float
    label: str
    anchor: str = "middle"


class Line(NamedTuple):
    """A line as SVG paths: `path` and, where data is missing, `gaps`. `ends` label its ends."""

    path: str
    gaps: str
    x_ticks: list[Mark]
    y_ticks: list[Mark]
    dots: list[Mark]
    ends: list[Mark]


def lay_out_line(
    rows: Sequence[Mapping[str, Any]], x: str, y: str, *, include_zero: bool = False,
    gaps: Iterable[Mapping[str, str]] = (), unit: str = "",
) -> Line:  # fmt: skip
    """Lay out columns `x`, days in ISO form or numbers, and `y` of rows in the order of x.

    `include_zero`: the y axis includes 0. `gaps`: rows with `since` and `day`, the days between
    which data is missing.
    """
    sample = thin_out(rows, MAX_POINTS)
    has_days = isinstance(sample[0][x], str)
    format_x: Callable[[Any], str] = format_day if has_days else format_number
    xs = [to_year(row[x]) if has_days else row[x] for row in sample]
    levels = round_numbers([row[y] for row in rows] + [0] * include_zero)

    def x_of(value: float) -> float:
        return scale(value, xs[0], xs[-1], 0, 100)

    def y_of(value: float) -> float:
        return scale(value, levels[0], levels[-1], BOTTOM, TOP)

    marks = [
        Mark(x_of(value), y_of(row[y]), f"{format_x(row[x])}: {format_points(row[y])}{unit}")
        for value, row in zip(xs, sample, strict=True)
    ]
    points = [f"{mark.x:g},{mark.y:g}" for mark in marks]
    path, dashes = f"M{points[0]}", ""
    for (row, next_row), (start, end) in zip(pairwise(sample), pairwise(points), strict=True):
        is_gap = any(row[x] < gap["day"] and gap["since"] < next_row[x] for gap in gaps)
        path += f"M{end}" if is_gap else f" {end}"
        dashes += f"M{start} {end}" if is_gap else ""
    x_ticks = [
        Mark(0, 0, format_x(sample[0][x]), "start"),
        Mark(100, 0, format_x(sample[-1][x]), "end"),
    ]
    for value in round_numbers([xs[0], xs[-1]]):
        if LABEL_ROOM[0] <= x_of(value) <= LABEL_ROOM[1] and value == round(value):
            label = str(round(value)) if has_days else format_number(value)
            x_ticks.append(Mark(x_of(value), 0, label))
    decimals = max(len(format_number(level).partition(".")[2]) for level in levels)
    y_ticks = [Mark(0, y_of(level), f"{level:,.{decimals}f}" if level else "0") for level in levels]
    ends = [
        Mark(mark.x, mark.y - 10, format_points(row[y]), anchor)
        for mark, row, anchor in ((marks[0], sample[0], "start"), (marks[-1], sample[-1], "end"))
    ]
    dots = marks if len(marks) <= MAX_DOTS else []
    return Line(path, dashes, x_ticks, y_ticks, dots, ends)


def thin_out(rows: Sequence[Any], limit: int) -> list[Any]:
    """Return every n-th row and the last one, at most `limit` and at least two in all."""
    step = max(1, ceil((len(rows) - 1) / (max(limit, 2) - 1)))
    return [*rows[:-1:step], rows[-1]]


def to_year(day: str) -> float:
    """Convert an ISO day to a fractional year."""
    return 1 + date.fromisoformat(day).toordinal() / 365.2425


def scale(value: float, low: float, high: float, start: float, end: float) -> float:
    """Map `value` from the range low to high to the range start to end."""
    return round(start + (end - start) * (value - low) / ((high - low) or 1), 2)


def round_numbers(values: Sequence[float]) -> list[float]:
    """Return equidistant round numbers that span all values closely."""
    low, high = min(values), max(values)
    if high == low:
        return [low]
    exact_step = (high - low) / TICKS
    power = 10.0 ** floor(log10(exact_step))
    steps = [step * power for step in ROUND_STEPS if step * power >= exact_step]
    step = min(steps, key=lambda step: step * (ceil(high / step) - floor(low / step)))
    return [float(f"{step * n:.12g}") for n in range(floor(low / step), ceil(high / step) + 1)]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.globals |= {"line_chart": lay_out_line, "round_numbers": round_numbers}
    env.filters["thin_out"] = thin_out
