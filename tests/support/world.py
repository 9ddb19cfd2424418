"""A list of problems that changes from day to day."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

from spojscore_crawler.history import commit_list
from spojscore_crawler.items import Problem
from spojscore_crawler.store.commit import Crawl
from standin.problems import problems

FIRST_DAY = date(2026, 1, 1)
SOLVES = 600  # a day
# A problem's share of them. From May to August 2025, 38,727 solves fell on 3,370 of 3,971 problems.
SKEW = 0.76
# Events of the list per day.
ADDED, RENAMED, DELISTED, RELISTED = 0.15, 0.02, 0.03, 0.02


@dataclass
class World:
    """A list of problems that changes: `listed` and `hidden` by id."""

    random: Random
    listed: dict[int, Problem] = field(default_factory=dict)
    hidden: dict[int, Problem] = field(default_factory=dict)

    def live(self) -> None:
        """One day."""
        ids = list(self.listed)
        weights = list(accumulate(max(self.listed[id_].users, 1) ** SKEW for id_ in ids))
        solves = Counter(self.random.choices(ids, cum_weights=weights, k=SOLVES))
        for id_, count in solves.items():
            self.listed[id_] = replace(self.listed[id_], users=self.listed[id_].users + count)
        if self.random.random() < ADDED:
            id_ = max(*self.listed, *self.hidden, 0) + 1
            self.listed[id_] = Problem(id=id_, code=f"NEW{id_}", name=f"New {id_}", users=0)
        if self.random.random() < RENAMED:
            id_ = self.random.choice(ids)
            self.listed[id_] = replace(self.listed[id_], name=f"{self.listed[id_].name} again")
        if self.random.random() < DELISTED:
            id_ = self.random.choice(ids)
            self.hidden[id_] = self.listed.pop(id_)
        if self.hidden and self.random.random() < RELISTED:
            id_ = self.random.choice(list(self.hidden))
            self.listed[id_] = self.hidden.pop(id_)


def first_world(seed: int, count: int) -> World:
    return World(Random(seed), {entry.id: entry for entry in problems(count)})


def simulate(path: Path, days: int, seed: int = 1, count: int = 3974) -> Iterator[dict[str, int]]:
    """Commit a list a day to `path`; yields each day's list, users by code."""
    world = first_world(seed, count)
    for number in range(days):
        if number:
            world.live()
        items = [item for _, item in sorted(world.listed.items())]
        started = datetime.combine(FIRST_DAY + timedelta(days=number), time(), UTC)
        finished = started + timedelta(minutes=2)
        commit_list(path, items, Crawl(started, finished, -(-len(items) // 50), "simulated"))
        yield {item.code: item.users for item in items}
