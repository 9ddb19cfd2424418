"""A list of problems that changes from day to day."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from spojscore_crawler.history import commit_list
from spojscore_crawler.items import Problem
from spojscore_crawler.store.commit import Crawl
from standin.problems import problems

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
SOLVES_PER_DAY = 600
# A problem's share of the solves is users ** USERS_EXPONENT. From May to August 2025, 38,727 solves
# fell on 3,370 of 3,971 problems.
USERS_EXPONENT = 0.76
ADDITIONS_PER_DAY, RENAMES_PER_DAY, REMOVALS_PER_DAY = 0.15, 0.02, 0.03


def simulate(path: Path, days: int, seed: int = 1, count: int = 3974) -> Iterator[None]:
    """Commit a list per day to `path`, and yield after each."""
    random = Random(seed)
    by_id = {problem.id: problem for problem in problems(count)}
    for day in range(days):
        started = FIRST_DAY + timedelta(days=day)
        crawl = Crawl(started, started + timedelta(minutes=2), -(-len(by_id) // 50), "simulated")
        commit_list(path, list(by_id.values()), crawl)
        yield
        weights = [max(problem.users, 1) ** USERS_EXPONENT for problem in by_id.values()]
        solves = Counter(random.choices([*by_id], weights, k=SOLVES_PER_DAY))
        for id_, solved in solves.items():
            by_id[id_] = replace(by_id[id_], users=by_id[id_].users + solved)
        id_ = random.choice([*by_id])
        if random.random() < RENAMES_PER_DAY:
            by_id[id_] = replace(by_id[id_], name=f"{by_id[id_].name} again")
        if random.random() < REMOVALS_PER_DAY:
            del by_id[id_]
        if random.random() < ADDITIONS_PER_DAY:
            new_id = count + 100_000 + day
            by_id[new_id] = Problem(id=new_id, code=f"NEW{new_id}", name=f"New {new_id}", users=0)
