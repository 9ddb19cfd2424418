"""Asks the public site which crawl it shows: the only proof of a deployment."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from deploy.bundle import BUNDLE, deployment_file
from deploy.process import PublishError
from deploy.site import Freshness, site_url
from deploy.target import static_database
from spojscore_crawler.store.state import state
from spojscore_crawler.store.times import CLOCK_SKEW, minute

PAUSE_SECONDS = 5.0


def probe(_: Path) -> str:
    """Wait for the deployed crawl, or, if nothing was deployed from here, ask the site once.

    Returns what the site shows. Raises PublishError if it is stale or does not show that crawl.
    """
    site = site_url()
    deployment = deployment_file(BUNDLE)
    if not deployment.is_file():
        return check(site, Freshness.of(site))
    finished = state(static_database(BUNDLE)).finished
    seconds = float(os.environ.get("PROBE_SECONDS") or 300)
    end = time.monotonic() + seconds
    while True:
        try:
            freshness = Freshness.of(site)
            if freshness.finished >= finished:
                return check(site, freshness)
            live = f"{site} still shows {freshness}"
        except PublishError as error:
            live = str(error)
        if time.monotonic() + PAUSE_SECONDS > end:
            raise PublishError(
                f"{live}; the crawl of {minute(finished)} is not public after {seconds:.0f} s; "
                f"see {deployment.read_text()}"
            )
        time.sleep(PAUSE_SECONDS)


def check(site: str, freshness: Freshness) -> str:
    """A sentence about the site. Raises PublishError if its crawl is stale or from the future."""
    if freshness.stale:
        raise PublishError(f"stale: {site}: {freshness}")
    if timedelta(hours=freshness.age_hours) < -CLOCK_SKEW:
        raise PublishError(
            f"{site}: {freshness}: this is in the future, so a clock is wrong here, there or at "
            "the crawl"
        )
    return f"{site}: {freshness}"
