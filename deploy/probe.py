"""`python -m deploy.probe [BUNDLE]`: is the public site, SITE_URL, fresh?

With a bundle that was deployed: wait until the site shows its crawl.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.bundle import STATIC_DATABASE
from deploy.site import Site
from deploy.toolchain import PublishError, run_step, site_url
from spojscore_crawler.check import CLOCK_SKEW, minute
from spojscore_crawler.store.files import connect

WAIT = 300.0  # seconds
PAUSE = 5.0  # seconds


@dataclass(frozen=True)
class Freshness:
    """What a site says of its last crawl, in /-/freshness.json."""

    crawl: int
    finished: datetime
    age_hours: float
    problems: int
    stale: bool


def probe(site: Site, bundle: Path | None = None, wait: float = WAIT) -> str:
    """Returns what the site says of its last crawl. Raises PublishError when it is stale.

    Asks once; with a bundle, for `wait` seconds, until the crawl is the bundle's or a later one.
    """
    deployed = finished(bundle / STATIC_DATABASE) if bundle else None
    limit = time.monotonic() + wait
    while True:
        try:
            fresh = freshness(site)
            if deployed is None or fresh.finished >= deployed:
                break
            problem = f"{site.url} shows the crawl of {minute(fresh.finished)}"
        except PublishError as error:
            if deployed is None:
                raise
            problem = str(error)
        if time.monotonic() + PAUSE > limit:
            raise PublishError(
                f"{problem}, not that of {minute(deployed)}, {wait:.0f} s after it was deployed; "
                "the old one may still be served"
            )
        time.sleep(PAUSE)
    found = (
        f"{site.url}: crawl {fresh.crawl}, finished {minute(fresh.finished)}, "
        f"{fresh.age_hours:.1f} h ago, {fresh.problems} problems"
    )
    if fresh.stale:
        raise PublishError(f"stale: {found}")
    if fresh.age_hours < -CLOCK_SKEW / timedelta(hours=1):
        raise PublishError(
            f"from the future, so a clock is wrong here, there or at the crawl: {found}"
        )
    return found


def freshness(site: Site) -> Freshness:
    """Ask the site. Raises PublishError when it does not tell."""
    answer = site.ask("/-/freshness.json")
    try:
        told = json.loads(answer.text)
        return Freshness(
            crawl=int(told["crawl"]),
            finished=moment(told["finished"]),
            age_hours=float(told["age_hours"]),
            problems=int(told["problems"]),
            stale=bool(told["stale"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PublishError(f"{answer.url} does not tell of a crawl: {error}") from error


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def finished(database: Path) -> datetime:
    """When the last crawl of `database` was finished. Raises PublishError."""
    try:
        with closing(connect(database)) as connection:
            [text] = connection.execute("SELECT max(finished) FROM crawls").fetchone()
        return moment(text)
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise PublishError(f"{database}: {error}") from error


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.probe", description=__doc__)
    parser.add_argument("bundle", type=Path, nargs="?")
    parser.add_argument("--wait", type=float, default=WAIT, help="seconds, with a bundle")
    args = parser.parse_args()
    run_step(lambda: print(probe(Site(site_url()), args.bundle, args.wait)))


if __name__ == "__main__":
    main()
