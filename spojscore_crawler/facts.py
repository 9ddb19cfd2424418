"""`python -m spojscore_crawler.facts KIND DB FILE`: store newer tags, dates or articles."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from spojscore_crawler.store import facts, schema
from spojscore_crawler.store.files import StoreError


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m spojscore_crawler.facts", description=__doc__)
    parser.add_argument("kind", choices=facts.KINDS)
    parser.add_argument("database", type=Path)
    parser.add_argument("file", help="CSV with the columns of the kind")
    args = parser.parse_args(arguments)
    columns = ",".join(facts.KINDS[args.kind].columns)
    if not args.file:
        sys.exit(f"error: no file; run `make {args.kind} FILE=…` with a CSV file of {columns}")
    try:
        new = facts.read_facts(args.kind, Path(args.file))
        if message := schema.upgrade(args.database):
            print(message)
        result = facts.replace(args.database, new)
    except (StoreError, facts.FactsError) as error:
        sys.exit(f"error: {error}; the database is unchanged")
    print(
        f"{args.database}: {len(new.rows)} {args.kind} as of {new.day}, {result.rows} before; "
        f"{result.unknown} codes are not in the list"
    )
    if new.sources_without_topic:
        print(f"data/ has no topic for: {' '.join(new.sources_without_topic)}")


if __name__ == "__main__":
    main()
