"""Decides whether a crawl is fit to be committed. Pure: no engine, no database."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from spojscore_crawler.items import Problem
    from spojscore_crawler.listing import Listing


def findings(
    planned: Sequence[int], pages: Mapping[int, Listing], problems: Sequence[Problem]
) -> list[str]:
    """What keeps a crawl from being the whole list, a sentence each; none when it is whole.

    `planned` has the start= of every page of the list, `pages` what was read, by its start=,
    `problems` all items of the crawl. A list from which a problem is hidden while it is read
    shifts unseen.
    """
    found = []
    if missing := [start for start in planned if start not in pages]:
        found.append(
            f"{len(missing)} of {len(planned)} pages were not read, start={missing[0]} first"
        )
    size = max((len(page.rows) for page in pages.values()), default=0)
    short = [start for start in planned[:-1] if start in pages and len(pages[start].rows) < size]
    if short:
        first = len(pages[short[0]].rows)
        found.append(
            f"{len(short)} pages are short, start={short[0]} first: {first} of {size} rows"
        )
    end = max((page.last_start or 0 for page in pages.values()), default=0)
    if end > planned[-1]:
        found.append(f"the list grew while it was read, to start={end}")
    rows = sum(len(page.rows) for page in pages.values())
    if len(problems) != rows:
        found.append(f"{rows} rows were read, but {len(problems)} problems came of them")
    for field, values in (
        ("code", (problem.code for problem in problems)),
        ("id", (problem.id for problem in problems)),
    ):
        if doubles := _doubles(values):
            found.append(f"{len(doubles)} {field}s stand in the list twice, {doubles[0]} first")
    return found


def _doubles(values: Iterable[Hashable]) -> list[Hashable]:
    return [value for value, count in Counter(values).items() if count > 1]
