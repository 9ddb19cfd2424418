"""Asks the public site whether it is fresh, and whether it shows what was deployed."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.bundle import BUNDLE, STATIC_DATABASE
from deploy.client import ask, site_url
from deploy.toolchain import PublishError
from spojscore_crawler.store.state import state
from spojscore_crawler.store.times import CLOCK_SKEW, minute

WAIT = 300.0  # seconds until a deployment shows
PAUSE = 5.0  # seconds


@dataclass(frozen=True)
class Freshness:
    """What a site says of its last crawl, in /-/freshness.json."""

    crawl: int
    finished: datetime
    age_hours: float
    problems: int
    stale: bool

    @classmethod
    def of(cls, site: str) -> Freshness:
        """Ask the site at that address. Raises PublishError when it does not tell."""
        answer = ask(f"{site}/-/freshness.json")
        try:
            facts = json.loads(answer.text)
            return cls(
                crawl=int(facts["crawl"]),
                finished=datetime.fromisoformat(facts["finished"]).astimezone(UTC),
                age_hours=float(facts["age_hours"]),
                problems=int(facts["problems"]),
                stale=bool(facts["stale"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PublishError(f"{answer.url} does not tell of a crawl: {error}") from error

    def __str__(self) -> str:
        return (
            f"crawl {self.crawl}, finished {minute(self.finished)}, {self.age_hours:.1f} h ago, "
            f"{self.problems} problems"
        )


def probe(_: Path) -> str:
    """Ask the public site once; returns what it says. Raises PublishError when it is stale."""
    site = site_url()
    return fresh(site, Freshness.of(site))


def await_deployed(_: Path) -> str:
    """Ask the public site until it shows the deployed crawl. Returns and raises as above."""
    return await_crawl(WAIT)


def await_crawl(seconds: float) -> str:
    """The same, for at most so long."""
    site, deployed = site_url(), state(BUNDLE / STATIC_DATABASE).finished
    limit = time.monotonic() + seconds
    while True:
        try:
            found = Freshness.of(site)
            if found.finished >= deployed:
                return fresh(site, found)
            problem = f"{site} shows the crawl of {minute(found.finished)}"
        except PublishError as error:
            problem = str(error)
        if time.monotonic() + PAUSE > limit:
            raise PublishError(f"{problem}, not that of {minute(deployed)}, after {seconds:.0f} s")
        time.sleep(PAUSE)


def fresh(site: str, found: Freshness) -> str:
    if found.stale:
        raise PublishError(f"stale: {site}: {found}")
    if found.age_hours < -CLOCK_SKEW / timedelta(hours=1):
        raise PublishError(
            f"from the future, so a clock is wrong here, there or at the crawl: {site}: {found}"
        )
    return f"{site}: {found}"
