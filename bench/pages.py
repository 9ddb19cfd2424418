"""`python -m bench.pages [DB]`: response times of pages, compared with stock Datasette's list.

Stock has the same database, settings and metadata, but none of our templates and plugins. Without
a database, it makes the demo's.
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
OURS = ("--template-dir", "--plugins-dir", "--static")
# The most that each may take of the time of stock Datasette's list.
RATIOS = {"/": 1.2, LIST: 1.05, f"{LIST}/PRIME1": 0.9, "/charts": 0.9, f"{LIST}?_q=prime": 0.6}
# The most that a small query may take, in milliseconds.
QUERIES = {
    "/spojscore.json?sql=select+count(*)+from+problems": 50,
    "/spojscore?sql=select+count(*)+from+problems": 160,
}


@contextmanager
def serving(name: str, database: Path) -> Iterator[str]:
    port = PORTS[name]
    words = serve.command(database, port)
    if name == "stock":
        words = [word for word in words if not word.startswith(OURS)]
    with running(*words):
        yield f"http://{serve.HOST}:{port}"


def milliseconds(url: str) -> float:
    began = time.perf_counter()
    with urlopen(url) as response:  # noqa: S310  (our own server)
        response.read()
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("database", type=Path, nargs="?")
    database = parser.parse_args().database
    if database is None:
        demo.make_database()
        database = demo.DATABASE
    with ExitStack() as servers:
        stock, ours = (servers.enter_context(serving(name, database)) for name in PORTS)
        urls = [f"{stock}{LIST}", *(ours + path for path in (*RATIOS, *QUERIES))]
        # In turn, so that other processes slow down all alike.
        rounds = [[milliseconds(url) for url in urls] for _ in range(WARM_UP + RUNS)]
    base, *times = (median(column) for column in zip(*rounds[WARM_UP:], strict=True))
    print(f"stock Datasette's list, median of {RUNS}: {base:.1f} ms")
    for (path, limit), ms in zip((RATIOS | QUERIES).items(), times, strict=True):
        figure = ms / base if path in RATIOS else ms
        missed = "" if figure <= limit else ": MISSED"
        print(f"{ms:7.1f} ms, {ms / base:.2f} times stock (at most {limit}{missed}) {path}")


if __name__ == "__main__":
    main()
