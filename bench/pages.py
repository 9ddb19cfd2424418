"""`python -m bench.pages [DB]`: response times of pages, compared with stock Datasette's list.

Stock Datasette has the same database, settings and metadata, but not our templates and plugins.
Without DB, it creates the demo's database.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from standin import demo
from tests.support.sites import running
from web import serve

RUNS, WARM_UP = 40, 3
PORTS = {"stock": 8097, "spojscore": 8098}
LIST = "/spojscore/problems"
OUR_OPTIONS = ("--template-dir", "--plugins-dir", "--static")
# Maximum response times, relative to that of stock Datasette's list.
MAX_RATIOS = {"/": 1.0, LIST: 1.0, f"{LIST}/PRIME1": 0.9, "/charts": 0.9, f"{LIST}?_q=prime": 0.8}
MAX_QUERY_MS = {
    "/spojscore.json?sql=select+count(*)+from+problems": 50,
    "/spojscore?sql=select+count(*)+from+problems": 160,
}


@contextmanager
def serving(name: str, database: Path) -> Iterator[str]:
    port = PORTS[name]
    command = serve.prepare_command(database, port)
    if name == "stock":
        command = [word for word in command if not word.startswith(OUR_OPTIONS)]
    with running(*command):
        yield f"http://{serve.HOST}:{port}"


def measure(url: str) -> float:
    start = time.perf_counter()
    with urlopen(url) as response:  # noqa: S310  (our own server)
        response.read()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("database", type=Path, nargs="?")
    database = parser.parse_args().database
    if database is None:
        demo.make_database()
        database = demo.DATABASE
    with ExitStack() as servers:
        stock_url, our_url = (servers.enter_context(serving(name, database)) for name in PORTS)
        urls = [f"{stock_url}{LIST}", *(our_url + path for path in (*MAX_RATIOS, *MAX_QUERY_MS))]
        # Alternate, so that other processes slow all of them down equally.
        rounds = [[measure(url) for url in urls] for _ in range(WARM_UP + RUNS)]
    stock_ms, *times = (median(column) for column in zip(*rounds[WARM_UP:], strict=True))
    print(f"stock Datasette's list, median of {RUNS}: {stock_ms:.1f} ms")
    for (path, limit), ms in zip((MAX_RATIOS | MAX_QUERY_MS).items(), times, strict=True):
        verdict = ", EXCEEDED" * ((ms / stock_ms if path in MAX_RATIOS else ms) > limit)
        print(f"{ms:7.1f} ms, {ms / stock_ms:.2f} times stock (limit {limit}{verdict}) {path}")


if __name__ == "__main__":
    main()
