"""`python -m tests.support.run_attacks`: what attacks cost the site and other visitors."""

import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from standin.problems import problems
from tests.support.commits import crawl
from tests.support.databases import change
from tests.support.processes import free_port, memory
from tests.support.sites import fetch, running, sql_path
from web import serve

# 400 days of history: 1.6 million rows.
HISTORY = """
    INSERT INTO history
    WITH RECURSIVE days(day) AS (SELECT 1 UNION ALL SELECT day + 1 FROM days LIMIT 400)
    SELECT id, day, users FROM problems, days
"""
TEXT = "replace(hex(zeroblob(200000)), '0', 'a')"
COUNT = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
QUERIES = (
    # Functions that take long for one step, which bypassed SQLite's limits inside the server.
    f"SELECT sum({TEXT} || code LIKE '%' || substr({TEXT}, 1, 20000) || 'b') FROM problems",
    f"SELECT sum(found('a a a a aab', {TEXT} || code)) FROM problems",
    # Time.
    COUNT,
    "SELECT count(*) FROM history a, history b WHERE a.users < b.users",
    "SELECT count(*) FROM " + " NATURAL JOIN ".join(f"problems p{n}" for n in range(40)),
    # Memory and temporary files.
    "SELECT printf('%.*c', 900000000, 'x')",
    "SELECT json_group_array(a.name || b.name) FROM problems a, problems b",
    "SELECT a.users FROM history a, problems b ORDER BY a.users * b.users, b.name LIMIT 1",
    # Results.
    f"SELECT {TEXT}, {TEXT}, {TEXT} FROM problems",
    "SELECT randomblob(399) FROM history LIMIT 5000",
    f"SELECT {', '.join(['1'] * 400)} FROM history LIMIT 201",
)
ATTACKS = (
    *(sql_path(query, extension) for query in QUERIES for extension in (".json", "")),
    "/spojscore/history?_facet=users&" + urlencode({"sql": COUNT}),
    "/spojscore/problem_history?_facet=code&_facet=day&_facet=score&_size=max",
    "/spojscore/problem_history.json?_next=2000000&_size=max",
    "/spojscore/problems?" + urlencode({"_q": "a " * 1200}),
    "/spojscore/problems?" + "&".join(["name__like=%25a%25e%25i%25z"] * 80),
)
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
    print(f"{workers} at once, statuses: {dict(Counter(status for status, _ in attacks))}")
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
