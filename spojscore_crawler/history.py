"""`python -m spojscore_crawler.history DB`: create a database from SPOJ's past lists in data/."""

import argparse
import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from spojscore_crawler.items import Problem
from spojscore_crawler.pipelines.score import add_scores
from spojscore_crawler.store.commit import Crawl, commit
from spojscore_crawler.store.difference import Changes
from spojscore_crawler.store.files import StoreError, check_writable

DATA = Path(__file__).parents[1] / "data"
# When each list in data/ was read, by its day.
LISTS = {
    "2012-05-08": "by 9 May 2012",
    "2025-05-31": "between 11 and 31 May 2025",
    "2025-08-26": "on 26 August 2025",
}
DAYS = sorted(LISTS)
COLUMNS: dict[str, Callable[[str], object]] = {
    "id": int, "code": str, "name": str, "users": int, "acceptance": float,
    "votes_up": int, "votes_down": int,
}  # fmt: skip


def read_list(day: str) -> list[Problem]:
    """Read SPOJ's list of `day`, one of DAYS, by ascending id.

    A list without votes gets those of the last earlier list that has them.
    """
    votes_by_id = {problem.id: problem for problem in _read(votes_day(day) or day)}
    problems = []
    for problem in _read(day):
        votes = votes_by_id.get(problem.id, problem)
        problems.append(replace(problem, votes_up=votes.votes_up, votes_down=votes.votes_down))
    return problems


def votes_day(day: str) -> str | None:
    """The day of the votes that read_list(day) returns, None if there are none."""
    for earlier_day in reversed([other for other in DAYS if other <= day]):
        if any(problem.votes_up is not None for problem in _read(earlier_day)):
            return earlier_day
    return None


def commit_list(path: Path, problems: Sequence[Problem], crawl: Crawl) -> Changes:
    """Commit a list as a crawl would, without validating it. Raises StoreError."""
    for problem in problems:
        add_scores(problem)
    return commit(path, problems, crawl)


def import_lists(path: Path, days: Iterable[str] = DAYS, source: str | None = None) -> None:
    """Write a new database with the lists of `days`, all or nothing. Raises StoreError.

    `source` replaces what the table `crawls` says about where a list comes from.
    """
    if path.exists():
        raise StoreError(f"{path} already exists; choose a new file name")
    check_writable(path)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    for day in days:
        problems = read_list(day)
        midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
        crawl = Crawl(midnight, midnight, 0, source or f"data/{day}.csv, read {LISTS[day]}")
        changes = commit_list(draft, problems, crawl)
        print(
            f"{day}: {len(problems)} problems ({changes.new} new, {changes.changed} changed, "
            f"{changes.delisted} delisted, {changes.relisted} relisted)",
            flush=True,
        )
    draft.replace(path)


@cache
def _read(day: str) -> tuple[Problem, ...]:
    with (DATA / f"{day}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Problem(**_parse(row)) for row in csv.DictReader(file))


def _parse(row: dict[str, str]) -> dict[str, Any]:
    return {column: COLUMNS[column](value) if value else None for column, value in row.items()}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m spojscore_crawler.history", description=__doc__
    )
    parser.add_argument("database", type=Path)
    try:
        import_lists(parser.parse_args(arguments).database)
    except StoreError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
