"""`python -m bench.list_page [DB]`: what the list's page costs beside stock Datasette's.

Without a database, the demo's is made. Both serve the same table with the same settings and
metadata; stock has none of our templates and plugins.
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
from web import serve

RUNS = 100
WARM_UP = 5
PORTS = {"stock": 8097, "spojscore": 8098}
PAGE = "/spojscore/problems"
OURS = ("--template-dir", "--plugins-dir", "--static")


@contextmanager
def serving(name: str, database: Path) -> Iterator[str]:
    """The address of the list's page, served in the background."""
    port = PORTS[name]
    words = serve.command(database, port)
    if name == "stock":
        words = [word for word in words if not word.startswith(OURS)]
    with serve.serving(words, port, quiet=True):
        yield f"http://{serve.HOST}:{port}{PAGE}"


def seconds(url: str) -> float:
    began = time.perf_counter()
    with urlopen(url) as answer:  # noqa: S310  (our own server)
        answer.read()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.list_page", description=__doc__)
    parser.add_argument("database", type=Path, nargs="?")
    database = parser.parse_args().database
    if database is None:
        demo.crawl()
        database = demo.DATABASE
    try:
        with ExitStack() as servers:
            urls = {name: servers.enter_context(serving(name, database)) for name in PORTS}
            # One after the other, so that a slow moment of the machine strikes both.
            rounds = [[seconds(url) for url in urls.values()] for _ in range(WARM_UP + RUNS)]
    except serve.ServeError as error:
        sys.exit(f"error: {error}")
    stock, ours = (median(times) for times in zip(*rounds[WARM_UP:], strict=True))
    print(f"the list's page, median of {RUNS}: stock Datasette {stock * 1000:.1f} ms, "
          f"spojscore {ours * 1000:.1f} ms, ratio {ours / stock:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
