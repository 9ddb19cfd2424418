"""`python -m tests.support.run_attacks`: what attacks cost the site and other visitors."""

import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from standin.problems import problems
from tests.support.attacks import ATTACKS
from tests.support.commits import crawl
from tests.support.databases import change
from tests.support.processes import free_port, memory
from tests.support.sites import fetch, running
from web import serve

# 400 days of history: 1.6 million rows.
HISTORY = """
    INSERT INTO history
    WITH RECURSIVE days(day) AS (SELECT 1 UNION ALL SELECT day + 1 FROM days LIMIT 400)
    SELECT id, day, users FROM problems, days
"""
PAGES = ("/", "/spojscore/problems", "/spojscore/problems/PRIME1", "/charts", "/spojscore/worth")
MAX_ATTACK_SECONDS, MAX_VISIT_SECONDS, MAX_MB = 5, 3, 400


def measure(url: str) -> tuple[int, float]:
    """Return the status and the seconds of a request."""
    start = time.perf_counter()
    return fetch(url).status_code, time.perf_counter() - start


def attack(site: str, pid: int, workers: int) -> bool:
    """Attack and visit at once, print figures, and return whether all are within their limits."""
    visits: list[tuple[int, float]] = []
    memory_mb: list[float] = []
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(measure, site + path) for path in ATTACKS]
        while not all(future.done() for future in futures):
            visits += [measure(site + page) for page in PAGES]
            memory_mb.append(memory(pid) / 1e6)
    attacks = [future.result() for future in futures]
    for name, results in (("attacks", attacks), ("visits", visits)):
        print(f"{name}, {workers} at once: {dict(Counter(status for status, _ in results))}")
    figures = (
        ("s, slowest attack", max(seconds for _, seconds in attacks), MAX_ATTACK_SECONDS),
        ("s, slowest visit", max(seconds for _, seconds in visits), MAX_VISIT_SECONDS),
        ("MB, memory of all processes", max(memory_mb), MAX_MB),
    )
    for name, figure, limit in figures:
        print(f"{figure:8.2f} {name} (at most {limit}{'' if figure <= limit else ': MISSED'})")
    return all(figure <= limit for _, figure, limit in figures)


def main() -> None:
    with TemporaryDirectory() as folder:
        database, port = Path(folder, "spojscore.db"), free_port()
        crawl(database, 0, *problems())
        change(database, HISTORY)
        with running(*serve.prepare_command(database, port)) as pid:
            results = [attack(f"http://{serve.HOST}:{port}", pid, workers) for workers in (1, 10)]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
