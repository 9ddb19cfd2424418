"""`python -m spojscore_crawler.facts KIND DB FILE`: store newer tags, dates or articles."""

import argparse
import sys
from pathlib import Path

from spojscore_crawler.store.facts import KINDS, replace
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.schema import upgrade


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m spojscore_crawler.facts", description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("database", type=Path)
    parser.add_argument("file", help="CSV with the columns of the kind")
    args = parser.parse_args(arguments)
    if not args.file:
        columns = ",".join(KINDS[args.kind].columns)
        sys.exit(f"error: no file; run `make {args.kind} FILE=…` with a CSV file of {columns}")
    try:
        if message := upgrade(args.database):
            print(message)
        print(replace(args.database, args.kind, Path(args.file)))
    except StoreError as error:
        sys.exit(f"error: {error}; the database is unchanged")


if __name__ == "__main__":
    main()
