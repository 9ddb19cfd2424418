"""`python -m tests.support.chaos`: crawl with random faults, shifts and kills.

Crawls one stand-in into one database, again and again. Before each crawl, the list changes; during
it, a problem appears or disappears, a page fails, and a signal arrives at a random page. Then the
database must hold the last committed list or the new one, complete. The seed determines everything
except the order of concurrent requests.
"""

import argparse
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

from tqdm import tqdm

from spojscore_crawler.store.state import read_state
from standin.problems import problems
from standin.server import serving
from tests.support.crawling import MAX_SECONDS, start_crawl
from tests.support.databases import rows
from tests.support.faults import KINDS, Fault, FaultyStandIn

ALL_PROBLEMS = problems(240)
# Slow kinds, and one that looks like a shorter list.
FAULTS = sorted({*KINDS, "status-500", "status-404"} - {"hang", "busy", "seven-rows"})
SETTINGS = ("RETRY_TIMES=2", "MIN_PROBLEMS_RATIO=0.9", "MIN_USERS_RATIO=0.5")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
Rows = set[tuple[int, str, int]]  # (id, code, users)


class Chaos:
    def __init__(self, seed: int, database: Path) -> None:
        self.random, self.database = Random(seed), database
        self.server = FaultyStandIn(ALL_PROBLEMS)
        self.stored_rows: Rows = set()

    def crawl(self) -> str:
        """Crawl a changed list once, and check the database. Returns how the crawl ended."""
        self.server.problems = [
            replace(entry, users=entry.users + self.random.choice((0, 0, 1, 5)))
            for entry in self.server.problems
        ]
        self.lists: list[Rows] = []  # each state of the list during the crawl
        self.change_list()
        page, kind = self.random.randrange(0, len(ALL_PROBLEMS), 50), self.random.choice(FAULTS)
        fault = Fault.parse(f"{page}:{kind}{self.random.choice(('', ':1'))}")
        self.server.faults = self.random.choice(([], [fault]))
        actions: dict[int, Callable[[], object]] = {self.random.randrange(1, 20): self.change_list}
        with start_crawl(self.server.url, self.database, *SETTINGS) as process:
            if self.random.random() < 0.4:
                number = self.random.choice(SIGNALS)
                actions[self.random.randrange(1, 9)] = lambda: process.send_signal(number)
            requests = count(1)
            self.server.on_page = lambda: actions.get(next(requests), int)()  # noqa: PLW0108
            _, log = process.communicate(timeout=MAX_SECONDS)
        return self.check(process.returncode, log.strip().rpartition("\n")[2])

    def change_list(self) -> None:
        """Hide a problem, or list it again."""
        entries = {entry.id: entry for entry in self.server.problems}
        entry = self.random.choice(ALL_PROBLEMS)
        if not entries.pop(entry.id, None):
            entries[entry.id] = entry
        self.server.problems = [entries[id_] for id_ in sorted(entries)]
        self.lists.append({(entry.id, entry.code, entry.users) for entry in self.server.problems})

    def check(self, status: int, message: str) -> str:
        """Raise AssertionError unless the database holds the last list or the new one, complete."""
        table = rows(self.database) if self.database.exists() else []
        listed_rows = {
            (row["id"], row["code"], row["users"]) for row in table if not row["delisted"]
        }
        is_new, is_old = listed_rows in self.lists, listed_rows == self.stored_rows
        assert status <= 1, message
        assert status != 1 or message.startswith("error: "), message
        assert {0: is_new, 1: is_old}.get(status, is_new or is_old), f"{status}: {message}"
        if table:
            read_state(self.database)
        self.stored_rows = listed_rows
        return {0: "committed", 1: "refused"}.get(status, "killed")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.chaos", description=__doc__)
    parser.add_argument("--crawls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=Random().randrange(1_000_000))
    args = parser.parse_args()
    print(f"{args.crawls} crawls, seed {args.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        chaos = Chaos(args.seed, Path(folder, "spojscore.db"))
        with serving(chaos.server):
            outcomes = Counter(chaos.crawl() for _ in tqdm(range(args.crawls)))
    print("no wrong, missing or duplicate row:", dict(outcomes))


if __name__ == "__main__":
    main()
