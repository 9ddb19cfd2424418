"""`python -m tests.support.chaos`: crawls with random faults, shifts and kills; no row goes wrong.

Each of four chains crawls one stand-in into one database, again and again. Before each crawl the
list changes; during it, problems come and go, pages fail, and signals arrive at a random page. Then
the database must hold the last committed list or the whole new one. A seed repeats all of that, but
for the order in which concurrent requests arrive.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import read_state
from standin.problems import Entry, problems
from standin.server import serving
from tests.support.crawling import started_crawl
from tests.support.databases import rows
from tests.support.faults import KINDS, Fault, FaultyStandIn

COUNT = 240
# Too slow, or fatal for every crawl.
SLOW = {"hang", "huge", "die", "busy"}
FAULTS = sorted({*KINDS, "status-500", "status-403", "status-404"} - SLOW)
SETTINGS = ("RETRY_TIMES=2", "MIN_USERS_RATIO=0.5", "CONCURRENT_REQUESTS=2")
LIMIT = 60  # seconds, for one crawl
CHAINS = 4
KILLS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)


class Chain:
    """One list and one database, through many crawls."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed, self.random = seed, Random(seed)
        self.database = folder / "spojscore.db"
        self.server = FaultyStandIn(problems(COUNT))
        self.new_ids = iter(range(100_000, 200_000))
        self.always: dict[int, Entry] = {}  # listed during the whole crawl
        self.ever: dict[int, Entry] = {}  # listed at some time during it
        self.listed: dict[int, tuple[str, int]] = {}  # according to the database
        self.crawls = 0
        self.ends = Counter[str]()

    def crawl(self) -> None:
        """One crawl of a changed list, and a check of the database."""
        self.crawls += 1
        for _ in range(self.random.randrange(4)):
            self.change_list()
        self.solve()
        self.always = {entry.id: entry for entry in self.server.problems}
        self.ever = dict(self.always)
        self.server.faults = [self.fault() for _ in range(self.random.choice((0, 0, 0, 1, 2)))]
        actions: dict[int, Callable[[], object]] = {self.random.randrange(1, 12): self.change_list}
        with started_crawl(self.server.url, self.database, *SETTINGS) as process:
            if self.random.random() < 0.4:
                kill = self.random.choice(KILLS)
                actions[self.random.randrange(1, 8)] = lambda: process.send_signal(kill)
            numbers = count(1)
            self.server.on_page = lambda: actions.get(next(numbers), int)()  # noqa: PLW0108
            _, log = process.communicate(timeout=LIMIT)
        self.check(process.returncode, log)

    def change_list(self) -> None:
        """Add a problem at the end or in the middle, or hide one."""
        entries = list(self.server.problems)
        gone = [entry for entry in problems(COUNT) if entry.id not in {e.id for e in entries}]
        if self.random.random() < 0.5 and len(entries) > COUNT - 3:
            entries.remove(self.random.choice(entries))
        elif gone:
            entries.append(self.random.choice(gone))
        else:
            new = next(self.new_ids)
            entries.append(replace(entries[-1], id=new, code=f"NEW{new}"))
        self.server.problems = sorted(entries, key=lambda entry: entry.id)
        now = {entry.id: entry for entry in self.server.problems}
        self.always = {id_: entry for id_, entry in self.always.items() if id_ in now}
        self.ever |= now

    def solve(self) -> None:
        self.server.problems = [
            replace(entry, users=entry.users + self.random.choice((0, 0, 1, 5)))
            for entry in self.server.problems
        ]

    def fault(self) -> Fault:
        start = self.random.choice(range(0, COUNT, 50))
        times = self.random.choice((1, 1, 2, None))
        # In a first crawl, a last page of seven rows may be the whole last page.
        kinds = FAULTS if self.listed else [kind for kind in FAULTS if kind != "seven-rows"]
        return Fault(start, self.random.choice(kinds), times)

    def check(self, status: int, log: str) -> None:
        """Raise AssertionError unless the database holds one of the two lists, whole."""
        table = [] if not self.database.exists() else rows(self.database)
        listed = {row["id"]: (row["code"], row["users"]) for row in table if not row["delisted"]}
        new = {id_: (entry.code, entry.users) for id_, entry in self.ever.items()}
        missing = self.always.keys() - listed.keys()
        committed = not missing and listed.items() <= new.items()
        last = log.strip().rpartition("\n")[2]
        message = f"chain {self.seed}, crawl {self.crawls}, exit status {status}: {last}"
        if status == 0:
            assert committed, message
        elif status == 1:
            assert last.startswith("error: "), message
            assert listed == self.listed, message
        else:
            assert status < 0, message
            assert committed or listed == self.listed, message
        if listed:
            read_state(self.database)
        assert len({row["id"] for row in table}) == len(table), message
        self.listed = listed
        self.ends["committed" if status == 0 else "refused" if status == 1 else "killed"] += 1


def run(seed: int, crawls: int) -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        chain = Chain(seed, Path(folder))
        with serving(chain.server):
            for _ in range(crawls):
                chain.crawl()
        return chain.ends


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.chaos", description=__doc__)
    parser.add_argument("--crawls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=Random().randrange(1_000_000))
    args = parser.parse_args()
    # A shell's background jobs ignore SIGINT, and the crawls would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(f"{args.crawls} crawls, seed {args.seed}", flush=True)
    shares = [len(range(n, args.crawls, CHAINS)) for n in range(CHAINS)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(run, range(args.seed, args.seed + CHAINS), shares))
    ends = ", ".join(f"{n} {end}" for end, n in sorted(sum(parts, Counter()).items()))
    print(f"no wrong, missing or duplicate row: {ends}")


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, StoreError) as error:
        sys.exit(f"error: {error}")
