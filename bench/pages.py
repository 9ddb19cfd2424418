"""`python -m bench.pages [DB]`: what the site's pages cost beside stock Datasette's list.

Without a database, the demo's is made. Stock serves the same database with the same settings and
metadata, and has none of our templates and plugins.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from standin import demo
from tests.support.sites import running
from web import serve

RUNS = 40
WARM_UP = 3
PORTS = {"stock": 8097, "spojscore": 8098}
LIST = "/spojscore/problems"
OURS = ("--template-dir", "--plugins-dir", "--static")
# Pages of the site, and the most that each may take of what stock Datasette's list takes.
RATIOS = {
    "/": 1.2,
    LIST: 1.05,
    f"{LIST}/PRIME1": 0.9,
    "/charts": 0.9,
    f"{LIST}?_q=prime": 0.6,
}
# What a visitor's small query may take in all, in milliseconds.
QUERIES = {
    "/spojscore.json?sql=select+count(*)+from+problems": 50,
    "/spojscore?sql=select+count(*)+from+problems": 160,
}


@contextmanager
def serving(name: str, database: Path) -> Iterator[str]:
    """The address of the site, or of stock Datasette, served in the background."""
    port = PORTS[name]
    words = serve.command(database, port)
    if name == "stock":
        words = [word for word in words if not word.startswith(OURS)]
    with running(*words):
        yield f"http://{serve.HOST}:{port}"


def milliseconds(url: str) -> float:
    began = time.perf_counter()
    with urlopen(url) as answer:  # noqa: S310  (our own server)
        answer.read()
    return 1000 * (time.perf_counter() - began)


def medians(database: Path) -> tuple[float, dict[str, float]]:
    """What stock Datasette's list takes, and each of our addresses, in milliseconds."""
    with ExitStack() as servers:
        stock, ours = (servers.enter_context(serving(name, database)) for name in PORTS)
        urls = [f"{stock}{LIST}", *(ours + path for path in (*RATIOS, *QUERIES))]
        # One after the other, so that a slow moment of the machine strikes all.
        rounds = [[milliseconds(url) for url in urls] for _ in range(WARM_UP + RUNS)]
    of_stock, *of_ours = (median(times) for times in zip(*rounds[WARM_UP:], strict=True))
    return of_stock, dict(zip((*RATIOS, *QUERIES), of_ours, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("database", type=Path, nargs="?")
    database = parser.parse_args().database
    if database is None:
        demo.make_database()
        database = demo.DATABASE
    try:
        stock, ours = medians(database)
    except serve.ServeError as error:
        sys.exit(f"error: {error}")
    print(f"stock Datasette's list, median of {RUNS}: {stock:.1f} ms")
    for path, most in RATIOS.items():
        ratio = ours[path] / stock
        print(f"{ours[path]:7.1f} ms, ratio {ratio:.2f} {kept(ratio, most)} {path}")
    for path, most in QUERIES.items():
        print(f"{ours[path]:7.1f} ms {kept(ours[path], most)} {path}")


def kept(figure: float, most: float) -> str:
    return f"(at most {most}{'' if figure <= most else ': MISSED'})"


if __name__ == "__main__":
    main()
