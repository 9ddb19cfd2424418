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
# A problem's share of the solves is users ** SKEW. From May to August 2025, 38,727 solves fell on
# 3,370 of 3,971 problems.
SKEW = 0.76
# Chances of an event, per day.
ADDED, RENAMED, DELISTED = 0.15, 0.02, 0.03


def simulate(path: Path, days: int, seed: int = 1, count: int = 3974) -> Iterator[None]:
    """Commit a list a day to `path`, and yield after each."""
    random = Random(seed)
    listed = {problem.id: problem for problem in problems(count)}
    for day in range(days):
        started = FIRST_DAY + timedelta(days=day)
        crawl = Crawl(started, started + timedelta(minutes=2), -(-len(listed) // 50), "simulated")
        commit_list(path, list(listed.values()), crawl)
        yield
        weights = [max(problem.users, 1) ** SKEW for problem in listed.values()]
        solves = Counter(random.choices([*listed], weights, k=SOLVES_PER_DAY))
        for id_, solved in solves.items():
            listed[id_] = replace(listed[id_], users=listed[id_].users + solved)
        id_ = random.choice([*listed])
        if random.random() < RENAMED:
            listed[id_] = replace(listed[id_], name=f"{listed[id_].name} again")
        if random.random() < DELISTED:
            del listed[id_]
        if random.random() < ADDED:
            new = count + 100_000 + day
            listed[new] = Problem(id=new, code=f"NEW{new}", name=f"New {new}", users=0)
