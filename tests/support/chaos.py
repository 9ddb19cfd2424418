"""`python -m tests.support.chaos`: crawls with random faults, shifts and kills; no row goes wrong.

Each of four chains crawls one stand-in into one database, again and again. Before each crawl the
list changes; during it, problems come and go, pages break, and the crawl is killed at random.
Whatever happens, the database must then hold the last committed list, or the whole of the new one.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

from standin.faults import KINDS, Fault

from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import state
from standin.problems import Entry, problems
from standin.server import StandIn, serving
from tests.support.crawling import at_page, started_crawl
from tests.support.databases import rows

COUNT = 240
# These take their time, or all of the crawl's chances.
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
        self.server = StandIn(problems(COUNT))
        self.new_ids = iter(range(100_000, 200_000))
        self.always: dict[int, Entry] = {}  # listed all through the crawl
        self.ever: dict[int, Entry] = {}  # listed at some time in it
        self.listed: dict[int, tuple[str, int]] = {}  # by the database
        self.crawls = 0
        self.ends: dict[str, int] = {}

    def crawl(self) -> None:
        """One crawl of a changed list, and a look at what the database holds then."""
        self.crawls += 1
        for _ in range(self.random.randrange(4)):
            self.change_list()
        self.solve()
        self.always = {entry.id: entry for entry in self.server.problems}
        self.ever = dict(self.always)
        self.server.faults = [self.fault() for _ in range(self.random.choice((0, 0, 0, 1, 2)))]
        at_page(self.server, self.random.randrange(1, 12), self.change_list)
        with started_crawl(self.server.url, self.database, *SETTINGS) as process:
            if self.random.random() < 0.4:
                time.sleep(self.random.uniform(0.3, 1.6))
                process.send_signal(self.random.choice(KILLS))
            _, log = process.communicate(timeout=LIMIT)
        self.judge(process.returncode, log)

    def change_list(self) -> None:
        """A problem is added, at the end or put back in the middle, or one is hidden."""
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
        start = self.random.choice((None, *range(0, COUNT, 50)))
        times = self.random.choice((1, 1, 2, None))
        # Before anything is known, a last page that is cut can't be told from a short one.
        kinds = FAULTS if self.listed else [kind for kind in FAULTS if kind != "seven-rows"]
        return Fault(start, self.random.choice(kinds), times)

    def judge(self, status: int, log: str) -> None:
        """Raise AssertionError unless the database holds one of the two lists, whole."""
        found = [] if not self.database.exists() else rows(self.database)
        listed = {row["id"]: (row["code"], row["users"]) for row in found if not row["delisted"]}
        new = {id_: (entry.code, entry.users) for id_, entry in self.ever.items()}
        slipped = self.always.keys() - listed.keys()
        committed = not slipped and listed.items() <= new.items()
        last = log.strip().rpartition("\n")[2]
        story = f"chain {self.seed}, crawl {self.crawls}, exit status {status}: {last}"
        if status == 0:
            assert committed, story
        elif status == 1:
            assert last.startswith("error: "), story
            assert listed == self.listed, story
        else:
            assert status < 0, story
            assert committed or listed == self.listed, story
        if listed:
            state(self.database)
        assert len({row["id"] for row in found}) == len(found), story
        self.listed = listed
        end = "committed" if status == 0 else "told" if status == 1 else "killed"
        self.ends[end] = self.ends.get(end, 0) + 1


def run(seed: int, crawls: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        chain = Chain(seed, Path(folder))
        with serving(chain.server):
            for _ in range(crawls):
                chain.crawl()
        return chain.ends


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.chaos", description=__doc__)
    parser.add_argument("--crawls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    # A shell's background jobs ignore it, and the crawls would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    seed = args.seed if args.seed is not None else Random().randrange(1_000_000)
    print(f"{args.crawls} crawls, seed {seed}", flush=True)
    shares = [len(range(n, args.crawls, CHAINS)) for n in range(CHAINS)]
    ends: dict[str, int] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(run, range(seed, seed + CHAINS), shares):
            for end, count in part.items():
                ends[end] = ends.get(end, 0) + count
    told = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    print(f"no wrong, missing or doubled row: {told}")


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, StoreError) as error:
        sys.exit(f"error: {error}")
