"""`python -m web.serve`: the site on this machine, over a database of the crawler."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.schema import bring_forward
from web.options import DATABASE, OPTIONS

HOST = "127.0.0.1"
POLL = 0.1  # seconds


class ServeError(Exception):
    """The site cannot be served. Says why, and what to do."""


def command(database: Path, port: int) -> list[str]:
    """The command that serves `database` at 127.0.0.1:`port`.

    Raises ServeError when there is no such database of ours, or somebody else has the port.
    """
    if not database.is_file():
        raise ServeError(
            f"there is no database {database}; make one with `make crawl`, or try `make demo`"
        )
    check_port(port)
    try:
        if sentence := bring_forward(database):
            print(sentence)
    except StoreError as error:
        raise ServeError(str(error)) from error
    return [
        sys.executable,
        "-m",  # so that plugins find the project's own packages
        "datasette",
        "serve",
        str(_named(database, port)),
        f"--host={HOST}",
        f"--port={port}",
        *OPTIONS,
    ]


def check_port(port: int) -> None:
    """Raise ServeError unless a server can have the port."""
    try:
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except (OSError, OverflowError) as error:
        raise ServeError(
            f"port {port} is not available ({error}); give another with PORT="
        ) from error


@contextmanager
def serving(
    words: list[str], port: int, *, quiet: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command to serve at `port` in the background; goes on as soon as the site answers.

    `quiet`: without a line for each request. Raises ServeError when it ends before.
    """
    with subprocess.Popen(words, stdout=subprocess.DEVNULL if quiet else None) as datasette:
        try:
            while not _answers(port):
                if datasette.poll() is not None:
                    raise ServeError(f"Datasette ended with exit status {datasette.returncode}")
                time.sleep(POLL)
            yield datasette
        finally:
            datasette.terminate()


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", f"/{DATABASE}.json")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _named(database: Path, port: int) -> Path:
    """A link to `database` by the name that metadata.yml knows it by, one for each port."""
    link = Path("build", "serve", str(port), f"{DATABASE}.db")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(database.absolute())
    return link


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m web.serve", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--port", type=int, default=8001)
    args = parser.parse_args()
    try:
        serve = command(args.database, args.port)
    except ServeError as error:
        sys.exit(f"error: {error}")
    os.execv(serve[0], serve)


if __name__ == "__main__":
    main()
