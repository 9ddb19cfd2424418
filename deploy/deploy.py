"""Deploys the verified bundle, and checks which crawl the public site shows."""

import os
import time
from pathlib import Path

from deploy import target
from deploy.build import BUNDLE, STAMP_FILE, URL_FILE, hash_bundle
from deploy.process import PublishError
from deploy.pull import read_database
from deploy.site import Freshness, site_url
from spojscore_crawler.store.state import read_state

VARIABLES = (*target.VARIABLES, "SITE_URL")
PAUSE_SECONDS = 5.0


def variables(_: Path) -> None:
    """Check that the environment has the variables of a deployment. Raises PublishError."""
    if names := [name for name in VARIABLES if not os.environ.get(name)]:
        raise PublishError(f"set {', '.join(names)} to deploy, as docs/publishing.md explains")
    site_url()


def deploy(database: Path) -> str:
    """Deploy the bundle. Only `probe` can tell whether it is live."""
    variables(database)
    if not STAMP_FILE.is_file() or STAMP_FILE.read_text() != hash_bundle():
        raise PublishError(f"{BUNDLE} was not verified, or has changed since; run `make verify`")
    read_database(target.static_database(BUNDLE))
    URL_FILE.unlink(missing_ok=True)
    print(f"Deploying {BUNDLE}; the first upload takes minutes.", flush=True)
    try:
        url = target.deploy(BUNDLE)
    except PublishError as error:
        raise PublishError(f"{error}; {read_public_site()[0]}") from error
    URL_FILE.write_text(url)
    return f"Deployed {BUNDLE}: {url}. `make probe` checks whether it is public."


def probe(_: Path) -> str:
    """Wait until the site shows the deployed crawl. Checks only once if nothing was deployed."""
    expected_state = read_state(target.static_database(BUNDLE)) if URL_FILE.is_file() else None
    try:
        seconds = float(text := os.environ.get("PROBE_SECONDS") or "300")
    except ValueError as error:
        raise PublishError(f"PROBE_SECONDS is {text!r}, not a number of seconds") from error
    deadline = time.monotonic() + seconds
    while True:
        text, freshness = read_public_site()
        if freshness and (expected_state is None or freshness.finished >= expected_state.finished):
            break
        if expected_state is None:
            raise PublishError(text)
        if time.monotonic() + PAUSE_SECONDS > deadline:
            reason = f"crawl {expected_state.lineage[-1].id} is not public after {seconds:.0f} s"
            raise PublishError(f"{reason} ({text}); see {URL_FILE.read_text()}")
        time.sleep(PAUSE_SECONDS)
    if freshness.stale:
        raise PublishError(f"the data is stale ({text}); run `make publish`")
    return text


def read_public_site() -> tuple[str, Freshness | None]:
    """Describe the crawl that the site shows. If it shows none, the text says why."""
    try:
        freshness = Freshness.fetch(site_url())
    except PublishError as error:
        return str(error), None
    return freshness.text, freshness
