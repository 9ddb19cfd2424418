"""Points as people read them: three significant digits. The data keeps all of them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from datasette import hookimpl

if TYPE_CHECKING:
    from jinja2 import Environment

POINTS = re.compile(r"score(_\d+)?|score_change|points(_\w+)?")
MANY = 100


def points(value: float) -> str:
    if abs(value) >= MANY:
        return f"{value:,.0f}"
    return format(Decimal(f"{value:.3g}"), "f")  # never with an exponent


@hookimpl
def render_cell(value: object, column: str) -> str | None:
    return points(value) if POINTS.fullmatch(column) and isinstance(value, float) else None


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    env.filters["points"] = points
