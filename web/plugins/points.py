"""Points as people read them: three significant digits. The data keeps all of them."""

from __future__ import annotations

from datasette import hookimpl

POINTS = {"score", "points_if_solved", "points_so_far"}
MANY = 100


@hookimpl
def render_cell(value: object, column: str) -> str | None:
    if column in POINTS and isinstance(value, float):
        return f"{value:.3g}" if value < MANY else f"{value:,.0f}"
    return None
