"""`python -m spojscore_crawler.check DB`: is the data whole, and how old is it?

The database decides, the last crawl's report explains.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spojscore_crawler.settings import STALE_HOURS
from spojscore_crawler.store import report, schema, state
from spojscore_crawler.store.files import StoreError, is_locked
from spojscore_crawler.store.times import CLOCK_SKEW, minute


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m spojscore_crawler.check",
        description="Is the data whole, and how old is it? Exit status 1 if not, or too old.",
    )
    parser.add_argument("database", type=Path)
    path = parser.parse_args(arguments).database
    lines: list[str] = []
    error = found = None
    stale = stale_hours()
    try:
        lines += filter(None, [schema.bring_forward(path)])
        found = state.state(path)
    except StoreError as problem:
        error = str(problem)
    else:
        age = datetime.now(UTC) - found.finished
        ago = f", {hours(age)} ago" if age >= -CLOCK_SKEW else ""
        lines += [
            f"{path}: whole, {found.problems} problems, solved {found.users} times in all",
            f"last crawl: finished {minute(found.finished)}{ago}",
        ]
        if found.overridden:
            lines.append(f"accepted by hand: {found.overridden}")
        if age > timedelta(hours=stale):
            error = f"{path} is stale: its last crawl is {hours(age)} old, over {stale:g} h"
        elif age < -CLOCK_SKEW:
            error = (
                f"{path}: by this machine's clock, its last crawl is {hours(-age)} in the future"
            )
    for line in [*lines, *last_attempt(path, found)]:
        print(line)
    if error:
        sys.exit(f"error: {error}")


def stale_hours() -> float:
    """STALE_HOURS, by the environment or the settings. Ends the process when it is no number."""
    try:
        return float(STALE_HOURS)
    except ValueError:
        sys.exit(f"error: STALE_HOURS is {STALE_HOURS!r}, not a number of hours")


def last_attempt(path: Path, found: state.State | None) -> list[str]:
    """One line about a crawl that did not end in the last commit, from its report."""
    try:
        last = report.read(path)
        began = datetime.fromisoformat(last["started"]).astimezone(UTC) if last else None
    except (TypeError, ValueError, RecursionError) as error:
        return [f"{report.report_file(path)} is not readable: {error}"]
    if last is None or began is None or (found and began <= found.started):
        return []
    attempt = f"last attempt: began {minute(began)}"
    if last["outcome"] == "committed":
        return [f"{attempt}, committed: is this an older copy of the database?"]
    if last["outcome"] != "running":
        return [f"{attempt}, {last['outcome']}: {last['reason']}"]
    if is_locked(path):
        return [f"a crawl is running since {minute(began)}, process {last.get('process')}"]
    return [f"{attempt}, was killed"]


def hours(age: timedelta) -> str:
    return f"{max(age / timedelta(hours=1), 0):.1f} h"


if __name__ == "__main__":
    main()
