"""Decides whether a crawl is fit to be committed. Pure: no engine, no database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import nan
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from spojscore_crawler.items import Problem
    from spojscore_crawler.reading import Reading


@dataclass(frozen=True, slots=True)
class Limits:
    """What a crawl is held against, and whether a person accepts one that falls short of it.

    `min_problems` is for a first crawl. The ratios, from 0 to 1, are of the problems and of
    the sum of their users in the last committed list.
    """

    min_problems: int
    min_problems_ratio: float
    min_users_ratio: float
    accept: bool = False

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Self:
        """From MIN_PROBLEMS, MIN_PROBLEMS_RATIO, MIN_USERS_RATIO and GATE. Raises ValueError."""
        gate = settings["GATE"]
        if gate not in ("", "accept"):
            raise ValueError(f"GATE is {gate!r}, not 'accept'")
        return cls(
            min_problems=round(_number(settings, "MIN_PROBLEMS", 1_000_000)),
            min_problems_ratio=_number(settings, "MIN_PROBLEMS_RATIO", 1),
            min_users_ratio=_number(settings, "MIN_USERS_RATIO", 1),
            accept=gate == "accept",
        )

    def allow(self, found: Sequence[Finding]) -> bool:
        """Whether the crawl with these findings may be committed."""
        return not found or (self.accept and all(finding.acceptable for finding in found))


def _number(settings: Mapping[str, Any], name: str, highest: int) -> float:
    try:
        value = float(settings[name])
    except (TypeError, ValueError):
        value = nan
    if not 0 <= value <= highest:
        raise ValueError(f"{name} is {settings[name]!r}, not a number from 0 to {highest}")
    return value


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a crawl breaks: its name, its limit if it has one, and a sentence.

    A person may accept what is `acceptable`, the comparisons with what was expected.
    """

    name: str
    sentence: str
    limit: float | None = None
    acceptable: bool = False


def findings(
    reading: Reading, problems: Sequence[Problem], before: Mapping[int, int], limits: Limits
) -> list[Finding]:
    """What keeps a crawl from being fit to be committed; nothing when it is.

    `problems` are all items of the crawl, `before` the users of each problem, by its id, in
    the last committed list: empty before the first crawl.
    """
    found = [*_of_the_pages(reading), *_of_the_problems(reading, problems)]
    # A part of a list is not worth comparing.
    return found or [*_of_the_comparison(problems, before, limits)]


def _of_the_pages(reading: Reading) -> Iterator[Finding]:
    if missing := reading.missing():
        yield Finding(
            "missing pages",
            f"{len(missing)} of {len(reading.planned)} pages were not read, "
            f"start={missing[0]} first",
        )
    if strayed := reading.strayed():
        first = reading.pages[strayed[0]].start
        yield Finding("other pages", f"start={strayed[0]} was answered with start={first}")
    if short := reading.short():
        first = len(reading.pages[short[0]].rows)
        size = max(len(page.rows) for page in reading.pages.values())
        yield Finding(
            "short pages",
            f"{len(short)} pages are short, start={short[0]} first: {first} of {size} rows",
        )
    if end := reading.grown():
        yield Finding("grown", f"the list grew while it was read, to start={end}")
    if shrunk := reading.shrunk():
        yield Finding(
            "shrunk",
            f"the list shrank while it was read, to start={reading.pages[shrunk[0]].last_start}",
        )
    if reading.shifted:
        yield Finding("shifted", "the list kept shifting while it was read")


def _of_the_problems(reading: Reading, problems: Sequence[Problem]) -> Iterator[Finding]:
    rows = sum(len(page.rows) for page in reading.pages.values())
    if len(problems) != rows:
        yield Finding(
            "lost rows", f"{rows} rows were read, but {len(problems)} problems came of them"
        )
    for field in ("code", "id"):
        if doubles := _doubles(getattr(problem, field) for problem in problems):
            yield Finding(
                f"double {field}s",
                f"{len(doubles)} {field}s stand in the list twice, {doubles[0]} first",
            )
            return
    ids = [row.id for start in sorted(reading.pages) for row in reading.pages[start].rows]
    for one, following in pairwise(ids):
        if one > following:
            sentence = f"the list is not sorted by id (sort=0): {following} stands after {one}"
            yield Finding("order", sentence)
            return


def _of_the_comparison(
    problems: Sequence[Problem], before: Mapping[int, int], limits: Limits
) -> Iterator[Finding]:
    if not before:
        if len(problems) < limits.min_problems:
            yield Finding(
                "first crawl",
                f"{len(problems)} problems are fewer than a first crawl's "
                f"{limits.min_problems} (MIN_PROBLEMS)",
                limits.min_problems,
                acceptable=True,
            )
        return
    for name, now, then, ratio, setting in (
        ("problems", len(problems), len(before), limits.min_problems_ratio, "MIN_PROBLEMS_RATIO"),
        (
            "users",
            sum(problem.users for problem in problems),
            sum(before.values()),
            limits.min_users_ratio,
            "MIN_USERS_RATIO",
        ),
    ):
        if now < then * ratio:
            yield Finding(
                name,
                f"{now} {name} are fewer than {ratio * 100:g} % of the last crawl's {then} "
                f"({setting})",
                ratio,
                acceptable=True,
            )


def _doubles(values: Iterable[Hashable]) -> list[Hashable]:
    return [value for value, count in Counter(values).items() if count > 1]
