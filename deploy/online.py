"""Deploys what was built and verified, and says what became of it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from deploy.bundle import BUNDLE, STATIC_DATABASE, digest, verified_file
from deploy.client import site_url
from deploy.probe import Freshness, await_crawl
from deploy.stores import refuse_made_up
from deploy.toolchain import PublishError, TimeIsUpError
from deploy.vercel import ACCOUNT, RefusedError, UnknownError, ask, cli
from spojscore_crawler.store.state import state

# What the environment must hold, and where one gets it.
NEEDED = ACCOUNT | {
    "SITE_URL": "the site's address, https://PROJECT.vercel.app or your own domain",
}
ARCHIVE = "--archive=tgz"
STAYS = "the old site stays as it was"
# Public it is where READY has the site's address, too.
UNDERWAY = {None, "QUEUED", "INITIALIZING", "BUILDING", "READY"}
PAUSES = (5.0, 15.0)  # seconds between tries to make a deployment
PAUSE = 5.0  # seconds between two looks at a deployment
PATIENCE = 300.0  # seconds until a deployment is ready
DOUBT = 60.0  # seconds that the site has to show what nobody confirmed


def deploy(_: Path) -> str:
    """Deploy the bundle to production; returns what was done.

    Raises PublishError: with what the environment lacks, with Vercel's reason, and that the old
    site stays only where that is certain.
    """
    check_environment()
    built, verified = digest(BUNDLE), verified_file(BUNDLE)
    if not verified.is_file() or verified.read_text().strip() != built:
        raise PublishError(f"not deployed: {BUNDLE} is not what was verified; run `make verify`")
    refuse_made_up(state(BUNDLE / STATIC_DATABASE), str(BUNDLE))
    shown = already_shown()
    try:
        check_project()
    except PublishError as error:
        raise PublishError(f"{error}; {STAYS}") from error
    print(f"Deploying {BUNDLE}; a first upload takes minutes.", flush=True)
    try:
        where = confirmed(*create())
    except RefusedError as error:
        raise PublishError(f"{error}; {STAYS}") from error
    except (UnknownError, TimeIsUpError) as error:
        return unconfirmed(error, shown=shown)
    return f"Deployed {BUNDLE}: {where}"


def check_environment() -> None:
    """Raise PublishError unless all that a deployment needs is set."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    for name in missing:
        print(f"{name} is not set: {NEEDED[name]}", file=sys.stderr)
    if missing:
        raise PublishError(f"nothing is deployed without {', '.join(missing)}, see above")
    site_url()


def check_project() -> None:
    """Raise PublishError unless the project is there and takes the bundle as it is."""
    project = ask(f"/v9/projects/{os.environ['VERCEL_PROJECT_ID']}")
    if folder := project.get("rootDirectory"):
        raise PublishError(
            f"the project has the Root Directory {folder!r}, where Vercel would look for the site; "
            "clear it in the project's settings, Build and Deployment"
        )


def create() -> tuple[dict[str, Any], UnknownError | None]:
    """Upload what Vercel does not have yet, and make a deployment of it.

    Returns what was made, and why there may be another one, if so. Raises RefusedError when none
    was made, UnknownError when there may be one.
    """
    options = ["--prebuilt", "--prod", "--yes", "--no-wait", "--json", "--cwd", str(BUNDLE)]
    pauses = iter(PAUSES)
    doubt: UnknownError | None = None
    while True:
        try:
            return cli("deploy", *options), doubt
        except RefusedError as error:
            if "api-upload-" in str(error) and ARCHIVE not in options:
                options.append(ARCHIVE)  # one file, which always is a new one
            elif doubt:
                raise UnknownError(str(error)) from error
            else:
                raise
        except UnknownError as error:
            doubt = error
            if (pause := next(pauses, None)) is None:
                raise
            time.sleep(pause)


def confirmed(made: dict[str, Any], doubt: UnknownError | None) -> str:
    """Wait until a deployment is public; returns where Vercel shows it.

    The CLI itself would wait for ever for one that is blocked. Raises RefusedError when it never
    will be, UnknownError when that is not known, or when the one in doubt may be.
    """
    where = made["inspectorUrl"] or made["url"]
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            told = ask(f"/v13/deployments/{made['id']}")
        except RefusedError as error:
            raise UnknownError(str(error)) from error  # it was made before
        ready = told.get("readyState")
        if ready == "READY" and told.get("aliasAssigned"):
            return str(where)
        if ready not in UNDERWAY:
            reason = told.get("errorMessage") or told.get("readyStateReason") or "without a reason"
            problem = f"Vercel says {ready}: {' '.join(reason.split())}; {where} has more"
            raise UnknownError(problem) if doubt else RefusedError(problem)
        if time.monotonic() > limit:
            without = ", but without the site's address," if ready == "READY" else ""
            raise UnknownError(f"{where} is still {ready}{without} after {PATIENCE:.0f} s")
        time.sleep(PAUSE)


def already_shown() -> bool:
    """Whether the site shows the bundle's crawl, or a newer one."""
    try:
        return Freshness.of(site_url()).finished >= state(BUNDLE / STATIC_DATABASE).finished
    except PublishError:
        return False


def unconfirmed(problem: PublishError, *, shown: bool) -> str:
    """Look at the site, where it is not known what Vercel did. Returns or raises what is there.

    One that showed this crawl before, `shown`, tells nothing by showing it.
    """
    try:
        found = await_crawl(DOUBT)
    except PublishError as error:
        raise PublishError(f"{problem}; {error}") from error
    if shown:
        raise PublishError(f"{problem}; so it may be what was there before: {found}")
    return f"{problem}. But {found}"
