"""Deploys what was built and verified, and asks the public site whether it shows it."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, STDOUT
from threading import Thread
from typing import IO

from deploy.bundle import BUNDLE, STATIC_DATABASE, digest, verified_file
from deploy.client import ask, site_url
from deploy.stores import refuse_made_up
from deploy.toolchain import PublishError, find_vercel, started
from spojscore_crawler.store.state import state
from spojscore_crawler.store.times import CLOCK_SKEW, minute

# What the environment must hold, and where one gets it.
NEEDED = {
    "VERCEL_TOKEN": "create one at https://vercel.com/account/tokens",
    "VERCEL_ORG_ID": "orgId in .vercel/project.json after `deploy/node_modules/.bin/vercel link`",
    "VERCEL_PROJECT_ID": "projectId in the same file",
    "SITE_URL": "the site's address, https://PROJECT.vercel.app or your own domain",
}
LAST_WORDS = 5  # seconds that what was printed has to be shown
WAIT = 300.0  # seconds until a deployment shows
PAUSE = 5.0  # seconds


def deploy(_: Path) -> str:
    """Deploy the bundle to production. Raises PublishError, naming what the environment lacks."""
    check_environment()
    built, verified = digest(BUNDLE), verified_file(BUNDLE)
    if not verified.is_file() or verified.read_text().strip() != built:
        raise PublishError(f"not deployed: {BUNDLE} is not what was verified; run `make verify`")
    refuse_made_up(state(BUNDLE / STATIC_DATABASE), str(BUNDLE))
    # The CLI takes token, organisation and project from the environment.
    options = ["--prebuilt", "--prod", "--yes", "--cwd", str(BUNDLE)]
    command: list[str | Path] = [find_vercel(), "deploy", *options]
    with started(command, stdout=PIPE, stderr=STDOUT, env=quiet_environment()) as process:
        # What the CLI leaves running may hold the pipe open: its own end counts.
        reader = Thread(target=show, args=[process.stdout], daemon=True)
        reader.start()
        process.wait()
    reader.join(LAST_WORDS)
    if process.returncode:
        raise PublishError(f"vercel deploy ended with exit status {process.returncode}, see above")
    return f"Deployed {BUNDLE}."


def quiet_environment() -> dict[str, str]:
    """What keeps the CLI from sending more than the bundle.

    It would tell Vercel the author, the remote and the message of the commit that it finds above
    the bundle, and others that it was used.
    """
    return os.environ | {
        "GIT_CEILING_DIRECTORIES": str(BUNDLE.parent.absolute()),
        "NO_UPDATE_NOTIFIER": "1",
        "VERCEL_TELEMETRY_DISABLED": "1",
    }


def check_environment() -> None:
    """Raise PublishError unless all that a deployment needs is set."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    for name in missing:
        print(f"{name} is not set: {NEEDED[name]}", file=sys.stderr)
    if missing:
        raise PublishError(f"nothing is deployed without {', '.join(missing)}, see above")
    site_url()


def show(output: IO[str]) -> None:
    for line in output:
        print(line.replace(os.environ["VERCEL_TOKEN"], "***"), end="", flush=True)


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
    site, deployed = site_url(), state(BUNDLE / STATIC_DATABASE).finished
    limit = time.monotonic() + WAIT
    while True:
        try:
            found = Freshness.of(site)
            if found.finished >= deployed:
                return fresh(site, found)
            problem = f"{site} shows the crawl of {minute(found.finished)}"
        except PublishError as error:
            problem = str(error)
        if time.monotonic() + PAUSE > limit:
            raise PublishError(
                f"{problem}, not that of {minute(deployed)}, {WAIT:.0f} s after it was deployed; "
                "the old one may still be served"
            )
        time.sleep(PAUSE)


def fresh(site: str, found: Freshness) -> str:
    if found.stale:
        raise PublishError(f"stale: {site}: {found}")
    if found.age_hours < -CLOCK_SKEW / timedelta(hours=1):
        raise PublishError(
            f"from the future, so a clock is wrong here, there or at the crawl: {site}: {found}"
        )
    return f"{site}: {found}"
