"""`python -m spojscore_crawler.check DB`: is the database sound, and how old is its data?"""

import argparse
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

from spojscore_crawler.settings import STALE_HOURS
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.schema import upgrade
from spojscore_crawler.store.state import read_state
from spojscore_crawler.store.times import CLOCK_SKEW, format_minute


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m spojscore_crawler.check",
        description="Upgrade the database if necessary, then report whether it is sound and how "
        "old its data is. Exit status 1 if it is not sound or is older than STALE_HOURS.",
    )
    parser.add_argument("database", type=Path)
    path = parser.parse_args(arguments).database
    limit = timedelta(hours=stale_hours())
    try:
        if message := upgrade(path):
            print(message)
        state = read_state(path)
    except StoreError as error:
        sys.exit(f"error: {error}")
    age = datetime.now(UTC) - state.finished
    last_crawl = state.lineage[-1]
    print(f"{path}: sound, {last_crawl.problems} problems with {last_crawl.users} solves in total")
    print(f"last crawl: finished {format_minute(state.finished)}, {format_hours(age)} ago")
    if last_crawl.overridden:
        print(f"accepted with GATE=accept: {last_crawl.overridden}")
    if age > limit:
        limit_text = f"its last crawl is older than {format_hours(limit)}"
        sys.exit(f"error: {path} is stale: {limit_text}; run `make crawl`")
    if age < -CLOCK_SKEW:
        sys.exit(f"error: {path}: its last crawl is in the future; set this machine's clock")


def stale_hours() -> float:
    """STALE_HOURS from the environment or the settings. Exits unless it is above 0."""
    with suppress(ValueError):
        if 0 < (hours := float(STALE_HOURS)) < inf:
            return hours
    sys.exit(f"error: STALE_HOURS is {STALE_HOURS!r}, not a number of hours above 0")


def format_hours(age: timedelta) -> str:
    return f"{age / timedelta(hours=1):.1f} h"


if __name__ == "__main__":
    main()
