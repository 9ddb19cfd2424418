"""Points as people read them: three significant digits. The data keeps all of them."""

from __future__ import annotations

import re

from datasette import hookimpl

POINTS = re.compile(r"score(_\d+)?|score_change|points_if_solved|points_so_far")
MANY = 100


@hookimpl
def render_cell(value: object, column: str) -> str | None:
    if POINTS.fullmatch(column) and isinstance(value, float):
        return f"{value:.3g}" if abs(value) < MANY else f"{value:,.0f}"
    return None
