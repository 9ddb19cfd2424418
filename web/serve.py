"""`python -m web.serve`: serve a copy of a database locally, as it would be published."""

import argparse
import os
import socket
import sys
from pathlib import Path

from spojscore_crawler.store import files, schema
from web.options import DATABASE, OPTIONS

HOST = "127.0.0.1"


def prepare_command(database: Path, port: int) -> list[str]:
    """Copy `database` and return the command that serves the copy. Raises StoreError."""
    if not database.is_file():
        raise files.StoreError(f"no database at {database}; run `make crawl` or `make demo`")
    check_port(port)
    if message := schema.upgrade(database):
        print(message)
    copy = Path("build", "serve", str(port), f"{DATABASE}.db")
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    files.copy(database, copy)
    # -m: plugins import the project's packages from the current folder.
    datasette = [sys.executable, "-m", "datasette", "serve", "--immutable", str(copy)]
    return [*datasette, f"--host={HOST}", f"--port={port}", *OPTIONS]


def check_port(port: int) -> None:
    """Raise StoreError unless a server can listen on the port."""
    try:
        socket.create_server((HOST, port)).close()
    except (OSError, OverflowError) as error:
        raise files.StoreError(
            f"port {port} is not available ({error}); choose another with PORT="
        ) from error


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m web.serve", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--port", type=int, default=8001)
    args = parser.parse_args()
    try:
        arguments = prepare_command(args.database, args.port)
    except files.StoreError as error:
        sys.exit(f"error: {error}")
    os.execv(arguments[0], arguments)


if __name__ == "__main__":
    main()
