"""Deploys the verified bundle, and checks which crawl the public site shows."""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from deploy import target
from deploy.build import ADDRESS, BUNDLE, STAMP, digest
from deploy.process import PublishError
from deploy.pull import read_database
from deploy.site import Freshness, site_url
from spojscore_crawler.store.state import read_state
from spojscore_crawler.store.times import CLOCK_SKEW

VARIABLES = target.VARIABLES | {"SITE_URL": "the site's address, https://…"}
PAUSE_SECONDS = 5.0


def variables(_: Path) -> None:
    """Check that the environment has the variables of a deployment. Raises PublishError."""
    if missing := [name for name in VARIABLES if not os.environ.get(name)]:
        print(*(f"{name}: {VARIABLES[name]}" for name in missing), sep="\n", file=sys.stderr)
        names = ", ".join(missing)
        raise PublishError(f"set {names} to deploy; `make rehearse` does everything else")
    site_url()


def deploy(database: Path) -> str:
    """Deploy the bundle. Only `probe` can tell whether it is live."""
    variables(database)
    if not STAMP.is_file() or STAMP.read_text() != digest():
        raise PublishError(f"{BUNDLE} was not verified, or has changed since; run `make verify`")
    read_database(target.static_database(BUNDLE))
    ADDRESS.unlink(missing_ok=True)
    print(f"Deploying {BUNDLE}; the first upload takes minutes.", flush=True)
    try:
        address = target.deploy(BUNDLE)
    except PublishError as error:
        raise PublishError(f"{error}; {read_live()[0]}") from error
    ADDRESS.write_text(address)
    return f"Deployed {BUNDLE}: {address}. `make probe` checks whether it is public."


def probe(_: Path) -> str:
    """Wait until the site shows the deployed crawl. Asks only once if nothing was deployed."""
    expected = read_state(target.static_database(BUNDLE)) if ADDRESS.is_file() else None
    try:
        seconds = float(text := os.environ.get("PROBE_SECONDS") or "300")
    except ValueError as error:
        raise PublishError(f"PROBE_SECONDS is {text!r}, not a number of seconds") from error
    end = time.monotonic() + seconds
    while True:
        text, freshness = read_live()
        if freshness and (expected is None or freshness.finished >= expected.finished):
            if freshness.stale or freshness.finished > datetime.now(UTC) + CLOCK_SKEW:
                raise PublishError(f"the data is stale or dated in the future: {text}")
            return text
        if expected is None:
            raise PublishError(text)
        if time.monotonic() + PAUSE_SECONDS > end:
            problem = f"crawl {expected.lineage[-1].id} is not public after {seconds:.0f} s"
            raise PublishError(f"{text}; {problem}, see {ADDRESS.read_text()}")
        time.sleep(PAUSE_SECONDS)


def read_live() -> tuple[str, Freshness | None]:
    """Read which crawl the site shows. Returns a sentence about it, and None if there is none."""
    try:
        freshness = Freshness.of(site_url())
    except PublishError as error:
        return str(error), None
    return freshness.text, freshness
