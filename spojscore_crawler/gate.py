"""Decides whether a crawl is fit to be committed. Pure: no engine, no database."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from spojscore_crawler.items import Problem


def findings(
    planned: Sequence[int], pages: Mapping[int, int], problems: Sequence[Problem]
) -> list[str]:
    """What keeps a crawl from being the whole list, a sentence each; none when it is whole.

    `planned` has the start= of every page of the list, `pages` the number of rows on each
    page that was read, `problems` all items of the crawl.
    """
    found = []
    if missing := [start for start in planned if start not in pages]:
        found.append(
            f"{len(missing)} of {len(planned)} pages were not read, start={missing[0]} first"
        )
    size = pages.get(planned[0], 0)
    for start, rows in sorted(pages.items()):
        if rows > size or (rows < size and start != planned[-1]):
            found.append(f"the page start={start} has {rows} rows, the first page {size}")
    if len(problems) != sum(pages.values()):
        found.append(
            f"{sum(pages.values())} rows were read but {len(problems)} problems came of them"
        )
    for field, values in (
        ("code", (problem.code for problem in problems)),
        ("id", (problem.id for problem in problems)),
    ):
        if doubles := _doubles(values):
            found.append(f"{len(doubles)} {field}s stand in the list twice, {doubles[0]} first")
    return found


def _doubles(values: Iterable[Hashable]) -> list[Hashable]:
    return [value for value, count in Counter(values).items() if count > 1]
