"""Where the parts of a chart lie. templates/_charts.html draws them, as SVG without script."""

from __future__ import annotations

from datetime import date
from itertools import accumulate
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from datasette import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Environment

# In the SVG's own units; the page scales it.
WIDTH, HEIGHT = 400, 200
LEFT, RIGHT, TOP, BOTTOM = 58, 10, 10, 26
TICKS = 4  # about so many on an axis
MOST_POINTS = 400  # of a line; there are fewer pixels
ROUND_STEPS = (1, 2, 2.5, 5, 10)
FEW_YEARS = 3


class Tick(NamedTuple):
    at: float
    label: str


class Line(NamedTuple):
    """A line through points, as an SVG path, with its axes."""

    path: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]


def line(points: Iterable[Sequence[Any]], *, zero: bool = False) -> Line:
    """The line through points, in the order of x, which may be days (ISO text) or numbers.

    `zero`: the y axis holds that too, not only where the points lie. Two points at least.
    """
    found, ys = zip(*thinned(list(points)), strict=True)
    of_days = isinstance(found[0], str)
    xs = [date.fromisoformat(day).toordinal() for day in found] if of_days else found
    x_marks = days(xs[0], xs[-1]) if of_days else within(xs[0], xs[-1])
    y_marks = marks(*(min(0, *ys), max(0, *ys)) if zero else (min(ys), max(ys)))

    def across(x: float) -> float:
        return round(place(x, xs[0], xs[-1], LEFT, WIDTH - RIGHT), 1)

    def up(y: float) -> float:
        return round(place(y, y_marks[0], y_marks[-1], HEIGHT - BOTTOM, TOP), 1)

    path = "M" + " ".join(f"{across(x)},{up(y)}" for x, y in zip(xs, ys, strict=True))
    return Line(
        path,
        [Tick(across(x), label) for x, label in x_marks],
        [Tick(up(y), number(y)) for y in y_marks],
    )


def thinned(points: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Every so manieth point, and the last one."""
    step = ceil(len(points) / MOST_POINTS)
    return [*points[:-1:step], points[-1]]


def place(value: float, low: float, high: float, start: float, end: float) -> float:
    """Where `value` lies from `start` to `end`, as it lies from `low` to `high`."""
    return start + (end - start) * (value - low) / ((high - low) or 1)


def marks(low: float, high: float) -> list[float]:
    """Round numbers, as far apart as each other, from at most `low` to at least `high`."""
    if high == low:
        return [low]
    exact = (high - low) / TICKS
    power = 10.0 ** floor(log10(exact))
    step = next(step * power for step in ROUND_STEPS if step * power >= exact)
    return [
        float(f"{step * count:.12g}") for count in range(floor(low / step), ceil(high / step) + 1)
    ]


def within(low: float, high: float) -> list[tuple[float, str]]:
    """The round numbers from `low` to `high`."""
    return [(mark, number(mark)) for mark in marks(low, high) if low <= mark <= high]


def days(first: int, last: int) -> list[tuple[int, str]]:
    """The two ends of a span of days, and the years between them if they are many."""
    ends = [(first, date.fromordinal(first).isoformat())]
    if last > first:
        ends.append((last, date.fromordinal(last).isoformat()))
    years = range(date.fromordinal(first).year + 1, date.fromordinal(last).year + 1)
    if len(years) < FEW_YEARS:
        return ends
    every = ceil(len(years) / TICKS)
    return [(date(year, 1, 1).toordinal(), str(year)) for year in years[::every]]


def number(value: float) -> str:
    """For people: no more digits than it needs, thousands apart."""
    return f"{value:,.0f}" if value == round(value) else f"{value:.6g}"


def pairs(rows: Iterable[Any], x: str, y: str) -> list[tuple[Any, Any]]:
    """Two columns of rows, for a line."""
    return [(row[x], row[y]) for row in rows]


def sums(rows: Iterable[Any], column: str) -> list[tuple[int, float]]:
    """How many of the rows, from the first on, and what they make together, for a line."""
    return list(enumerate(accumulate(row[column] for row in rows), start=1))


def shares(values: Iterable[float]) -> list[float]:
    """Each value in percent of the largest in size, for the length of a bar."""
    sizes = [abs(value) for value in values]
    most = max(sizes, default=0) or 1
    return [round(100 * size / most, 2) for size in sizes]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.globals |= {"line_chart": line, "shares": shares, "chart": CHART}
    env.filters |= {"number": number, "pairs": pairs, "sums": sums}


CHART = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT, "top": TOP,
         "bottom": HEIGHT - BOTTOM}  # fmt: skip
