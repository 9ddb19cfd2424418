"""`python -m bench.attacks DB`: what attacks cost the site and another visitor.

Each attack runs alone, then ten run at once.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Event, Thread
from urllib.error import HTTPError
from urllib.request import urlopen

from bench.pages import RATIOS
from tests.support.attacks import ATTACKS
from tests.support.processes import family, memory
from tests.support.sites import served

ROUNDS = 3
# The limits of the figures, in seconds and MB.
ATTACK, VISIT, SLOWEST_VISIT, ALL, SERVER = 5, 1, 3, 400, 120


def fetch(url: str) -> tuple[int, float]:
    """The status, and seconds."""
    began = time.perf_counter()
    try:
        with urlopen(url) as response:  # noqa: S310  (our own server)
            response.read()
            status = response.status
    except HTTPError as error:
        error.read()
        status = error.code
    return status, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.attacks", description=__doc__)
    parser.add_argument("database", type=Path)
    with served(parser.parse_args().database) as (site, pid):
        alone = measure(site, pid, list(ATTACKS.values()), workers=1)
        together = measure(site, pid, [*ATTACKS.values()] * ROUNDS, workers=10)
    sys.exit(not (alone and together))


def measure(site: str, pid: int, paths: Sequence[str], workers: int) -> bool:
    """Attack, visit and watch at once; print the figures and return whether they are in bounds."""
    done = Event()
    visits: list[tuple[int, float]] = []
    used: list[tuple[float, float]] = []

    def visit() -> None:
        while not done.is_set():
            visits.extend(fetch(site + page) for page in RATIOS)

    def watch() -> None:
        while not done.wait(0.05):
            each = [memory(one) / 1000 for one in family(pid)]
            used.append((sum(each), each[0]))

    threads = [Thread(target=visit), Thread(target=watch)]
    for thread in threads:
        thread.start()
    with ThreadPoolExecutor(workers) as pool:
        attacks = list(pool.map(fetch, [site + path for path in paths]))
    done.set()
    for thread in threads:
        thread.join()
    print(f"{len(attacks)} attacks, {workers} at once: {dict(Counter(s for s, _ in attacks))}")
    print(f"{len(visits)} visits: {dict(Counter(status for status, _ in visits))}")
    names = [*ATTACKS] * ROUNDS
    slowest = max(range(len(attacks)), key=lambda number: attacks[number][1])
    seconds = [elapsed for _, elapsed in visits]
    figures = (
        (f"slowest attack ({names[slowest]}), s", attacks[slowest][1], ATTACK),
        ("visit, median, s", median(seconds), VISIT),
        ("slowest visit, s", max(seconds), SLOWEST_VISIT),
        ("memory of all processes, MB", max(total for total, _ in used), ALL),
        ("memory of the server, MB", max(server for _, server in used), SERVER),
    )
    for name, figure, limit in figures:
        print(f"{figure:8.2f} {name} (at most {limit}{'' if figure <= limit else ': MISSED'})")
    return all(figure <= limit for _, figure, limit in figures)


if __name__ == "__main__":
    main()
