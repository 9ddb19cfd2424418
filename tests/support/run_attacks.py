"""`python -m tests.support.run_attacks DB`: what attacks cost the site and other visitors."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Event, Thread

from tests.support.attacks import ATTACKS
from tests.support.processes import memory
from tests.support.sites import fetch, served

PAGES = ("/", "/spojscore/problems", "/spojscore/problems/PRIME1", "/charts", "/spojscore/worth")
MAX_ATTACK_SECONDS, MAX_MEDIAN_SECONDS, MAX_VISIT_SECONDS, MAX_MB = 5, 1, 3, 400


def timed(url: str) -> tuple[int, float]:
    """The status, and seconds."""
    began = time.perf_counter()
    return fetch(url)[0], time.perf_counter() - began


def measure(site: str, pid: int, workers: int) -> bool:
    """Attack, visit and watch at once; print the figures, return whether they are in bounds."""
    finished, visits, used = Event(), list[tuple[int, float]](), list[float]()

    def visit() -> None:
        while not finished.is_set():
            visits.extend(timed(site + page) for page in PAGES)

    def watch() -> None:
        while not finished.wait(0.05):
            used.append(memory(pid) / 1e6)

    threads = [Thread(target=visit), Thread(target=watch)]
    for thread in threads:
        thread.start()
    paths = [*ATTACKS.values()] * (1 if workers == 1 else 3)
    with ThreadPoolExecutor(workers) as pool:
        attacks = list(pool.map(timed, [site + path for path in paths]))
    finished.set()
    for thread in threads:
        thread.join()
    for name, group in (("attacks", attacks), ("visits", visits)):
        print(f"{len(group)} {name}, {workers} at once: {dict(Counter(s for s, _ in group))}")
    figures = (
        ("slowest attack, s", max(seconds for _, seconds in attacks), MAX_ATTACK_SECONDS),
        ("visit, median, s", median(seconds for _, seconds in visits), MAX_MEDIAN_SECONDS),
        ("slowest visit, s", max(seconds for _, seconds in visits), MAX_VISIT_SECONDS),
        ("memory of all processes, MB", max(used), MAX_MB),
    )
    for name, figure, limit in figures:
        print(f"{figure:8.2f} {name} (at most {limit}{'' if figure <= limit else ': MISSED'})")
    return all(figure <= limit for _, figure, limit in figures)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.run_attacks")
    parser.add_argument("database", type=Path)
    with served(parser.parse_args().database) as (site, pid):
        in_bounds = [measure(site, pid, workers) for workers in (1, 10)]
    sys.exit(not all(in_bounds))


if __name__ == "__main__":
    main()
