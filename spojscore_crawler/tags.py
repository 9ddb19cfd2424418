"""`python -m spojscore_crawler.tags DB FILE`: renew SPOJ's tags, and so the problems' topics."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from spojscore_crawler.store import schema, tags
from spojscore_crawler.store.files import StoreError


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m spojscore_crawler.tags", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("file", nargs="?", help="CSV: code,tags, with blanks between the tags")
    args = parser.parse_args()
    if not args.file:
        sys.exit("error: say which file: make tags FILE=code,tags.csv")
    try:
        read = tags.read(Path(args.file))
        if brought := schema.upgrade(args.database):
            print(brought)
        renewal = tags.renew(args.database, read)
    except (StoreError, tags.TagsError) as error:
        sys.exit(f"error: {error}; the tags are as they were")
    print(
        f"{args.database}: {len(read.links)} links from a problem to a tag, as of {read.day}, in "
        f"place of {renewal.before}, as of {renewal.day_before}; {renewal.unknown} codes are not "
        "among its problems"
    )
    if read.without_topic:
        print(f"data/topics.csv has no line for these tags: {' '.join(read.without_topic)}")


if __name__ == "__main__":
    main()
