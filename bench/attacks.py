"""`python -m bench.attacks DB`: what attackers, ten at once, cost the site and another visitor."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from threading import Event, Thread
from urllib.error import HTTPError
from urllib.request import urlopen

from bench.pages import RATIOS
from tests.support.attacks import ATTACKS
from tests.support.processes import family, free_port, memory
from web import serve

AT_ONCE = 10
ROUNDS = 3
# The most that each figure may be: seconds, and MB.
ATTACK, VISIT, SLOWEST_VISIT, ALL, SERVER = 5, 1, 3, 400, 120


def ask(url: str) -> tuple[int, float]:
    """The status, and seconds."""
    began = time.perf_counter()
    try:
        with urlopen(url) as answer:  # noqa: S310  (our own server)
            answer.read()
            status = answer.status
    except HTTPError as error:
        error.read()
        status = error.code
    return status, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.attacks", description=__doc__)
    parser.add_argument("database", type=Path)
    port = free_port()
    try:
        words = serve.command(parser.parse_args().database, port)
        with serve.serving(words, port, quiet=True) as server:
            measure(f"http://{serve.HOST}:{port}", server.pid)
    except serve.ServeError as error:
        sys.exit(f"error: {error}")


def measure(site: str, pid: int) -> None:
    """Attack, visit and watch at once, and print what was seen."""
    done = Event()
    visits: list[tuple[int, float]] = []
    used: list[tuple[float, float]] = []

    def visit() -> None:
        while not done.is_set():
            visits.extend(ask(site + page) for page in RATIOS)

    def watch() -> None:
        while not done.is_set():
            each = [memory(one) / 1000 for one in family(pid)]
            used.append((sum(each), each[0]))

    threads = [Thread(target=visit), Thread(target=watch)]
    for thread in threads:
        thread.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        attacks = list(pool.map(ask, [site + path for path in ATTACKS.values()] * ROUNDS))
    done.set()
    for thread in threads:
        thread.join()
    seconds = [took for _, took in visits]
    print(f"{len(attacks)} attacks, {AT_ONCE} at once: {dict(Counter(s for s, _ in attacks))}")
    print(f"visits: {dict(Counter(status for status, _ in visits))}")
    for name, figure, most in (
        ("slowest attack, s", max(took for _, took in attacks), ATTACK),
        ("visit, median, s", median(seconds), VISIT),
        ("slowest visit, s", max(seconds), SLOWEST_VISIT),
        ("memory of all processes, MB", max(whole for whole, _ in used), ALL),
        ("memory of the server, MB", max(server for _, server in used), SERVER),
    ):
        print(f"{figure:8.2f} {name} (at most {most}{'' if figure <= most else ': MISSED'})")


if __name__ == "__main__":
    main()
