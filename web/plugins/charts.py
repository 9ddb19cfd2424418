"""Where the parts of a chart lie. templates/_charts.html draws them, as SVG without script."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from itertools import accumulate
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from datasette import hookimpl

from web.words import day_text, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jinja2 import Environment

    Point = Sequence[Any]

# In the SVG's own units; the page scales it.
WIDTH, HEIGHT = 400, 220
LEFT, RIGHT, TOP, BOTTOM = 66, 10, 30, 26
TICKS = 4  # about so many on an axis
MOST_POINTS = 200  # of a line; there are fewer pixels
MOST_DOTS = 12  # of a line; each takes a press of the Tab key
ROUND_STEPS = (1, 2, 2.5, 5, 10)
FEW_YEARS = 3
BETWEEN = (0.25, 0.68)  # of an axis, where a mark does not touch those of its ends


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
    """A line through points, as an SVG path, with its axes; `from_zero`: it begins at 0."""

    path: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    dots: list[Dot]
    from_zero: bool


def line(points: Iterable[Point], *, zero: bool = False, gaps: Iterable[Point] = ()) -> Line:
    """The line through points, in the order of x, which may be days (ISO text) or numbers.

    `zero`: the y axis holds that too, not only where the points lie. `gaps`: pairs of days between
    which nobody looked, where the line is broken. One point at least.
    """
    told = list(points)
    of_days = isinstance(told[0][0], str)
    position: Callable[[Any], float] = ordinal if of_days else float
    first, last = position(told[0][0]), position(told[-1][0])
    ys = [y for _, y in told]
    x_marks = days(first, last) if of_days else within(first, last)
    y_marks = marks(*(min(0, *ys), max(0, *ys)) if zero else (min(ys), max(ys)))

    def across(x: float) -> float:
        return round(place(x, first, last, LEFT, WIDTH - RIGHT), 1)

    def up(y: float) -> float:
        return round(place(y, y_marks[0], y_marks[-1], HEIGHT - BOTTOM, TOP), 1)

    def path(run: Sequence[Point]) -> str:
        places = [f"{across(position(x))},{up(y)}" for x, y in run]
        return f"M{' '.join(places)}" if len(places) > 1 else f"M{places[0]}h0"

    runs = connected(told, gaps)
    return Line(
        "".join(path(thinned(run, ceil(MOST_POINTS / len(runs)))) for run in runs),
        [Tick(across(x), label) for x, label in x_marks],
        [Tick(up(y), number(y)) for y in y_marks],
        [
            Dot(across(position(x)), up(y), day_text(x) if of_days else number(x), y)
            for x, y in thinned(told, MOST_DOTS)
        ],
        y_marks[0] == 0,
    )


def connected(points: Sequence[Point], gaps: Iterable[Point]) -> list[list[Point]]:
    """The points in runs, each as long as somebody looked.

    What did not change until a gap, or during it, was seen at its ends: these are points too. Gaps
    come in the order of days.
    """
    xs = [x for x, _ in points]
    runs: list[list[Point]] = []
    seen: list[Point] = []  # at the end of a gap
    begin = 0
    for start, end in gaps:
        at = bisect_left(xs, end)
        if 0 < at < len(points):
            y = points[at - 1][1]
            run = [*seen, *points[begin:at]]
            runs.append(run if run[-1][0] == start else [*run, (start, y)])
            seen, begin = ([] if xs[at] == end else [(end, y)]), at
    return [*runs, [*seen, *points[begin:]]]


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """Every n-th point and the last one: at most `most` in all, at least two."""
    step = max(1, ceil((len(points) - 1) / (max(most, 2) - 1)))
    return [*points[:-1:step], points[-1]]


def since(points: Sequence[Point], start: str) -> list[Point]:
    """The points from the day `start` on, on which somebody looked."""
    before = [y for x, y in points if x <= start]
    after = [point for point in points if point[0] > start]
    return [(start, before[-1]), *after] if before else after


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


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
    """The two ends of a span of numbers, and the round ones between them."""
    return ended([(mark, number(mark)) for mark in marks(low, high)], low, high, number)


def days(first: float, last: float) -> list[tuple[float, str]]:
    """The two ends of a span of days, and the years between them if they are many."""
    years = range(date.fromordinal(int(first)).year + 1, date.fromordinal(int(last)).year + 1)
    every = ceil(len(years) / TICKS)
    between = [
        (date(year, 1, 1).toordinal(), str(year))
        for year in (years[::every] if len(years) >= FEW_YEARS else ())
    ]
    return ended(between, first, last, lambda day: day_text(date.fromordinal(int(day)).isoformat()))


def ended(between: Iterable[tuple[float, str]], low: float, high: float, name: Any) -> list[Any]:
    """Marks on an axis from `low` to `high`: its ends by their names, and what has room between."""
    if low == high:
        return [(low, name(low))]
    nearest, furthest = (low + (high - low) * share for share in BETWEEN)
    room = [mark for mark in between if nearest <= mark[0] <= furthest]
    return [(low, name(low)), *room, (high, name(high))]


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
    env.filters |= {"pairs": pairs, "sums": sums, "since": since, "thinned": thinned}


CHART = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT, "top": TOP,
         "bottom": HEIGHT - BOTTOM}  # fmt: skip
