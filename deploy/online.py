"""Deploys what was built and verified, and says what became of it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from deploy.bundle import BUNDLE, STATIC_DATABASE, digest, verified_file
from deploy.client import site_url
from deploy.probe import await_crawl
from deploy.stores import refuse_made_up
from deploy.toolchain import PublishError
from deploy.vercel import ACCOUNT, RefusedError, UnknownError, ask, cli
from spojscore_crawler.store.state import state

# What the environment must hold, and where one gets it.
NEEDED = ACCOUNT | {
    "SITE_URL": "the site's address, https://PROJECT.vercel.app or your own domain",
}
ARCHIVE = "--archive=tgz"
STAYS = "the old site stays as it was"
UNDERWAY = {"QUEUED", "INITIALIZING", "BUILDING"}
PAUSES = (5.0, 15.0, 0.0)  # seconds after each try to make a deployment
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
    try:
        check_project()
    except PublishError as error:
        raise PublishError(f"{error}; {STAYS}") from error
    try:
        made = create()
        end = ended(made)
    except RefusedError as error:
        raise PublishError(f"{error}; {STAYS}") from error
    except UnknownError as error:
        return unconfirmed(error)
    where = made["inspectorUrl"] or made["url"]
    if end["readyState"] != "READY":
        reason = end.get("errorMessage") or end.get("readyStateReason") or "without a reason"
        raise PublishError(f"Vercel says {end['readyState']}: {reason}; {where} has more; {STAYS}")
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


def create() -> dict[str, Any]:
    """Upload what Vercel does not have yet, and make a deployment of it.

    Raises RefusedError when none was made, UnknownError when there may be one.
    """
    options = ["--prebuilt", "--prod", "--yes", "--no-wait", "--json", "--cwd", str(BUNDLE)]
    doubt: UnknownError | None = None
    for pause in PAUSES:
        try:
            made: dict[str, Any] = cli("deploy", *options)
        except RefusedError as error:
            if "api-upload-" in str(error) and ARCHIVE not in options:
                options.append(ARCHIVE)  # one file, which always is a new one
                continue
            raise doubt or error from error
        except UnknownError as error:
            doubt = error
            time.sleep(pause)
        else:
            return made
    assert doubt
    raise doubt


def ended(made: dict[str, Any]) -> dict[str, Any]:
    """What Vercel says of a deployment in the end. Raises UnknownError when it does not.

    The CLI itself would wait for ever for one that is blocked.
    """
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            told: dict[str, Any] = ask(f"/v13/deployments/{made['id']}")
        except RefusedError as error:
            raise UnknownError(str(error)) from error  # it was made before
        if told["readyState"] not in UNDERWAY:
            return told
        if time.monotonic() > limit:
            raise UnknownError(
                f"{made['inspectorUrl']} is still {told['readyState']} after {PATIENCE:.0f} s"
            )
        time.sleep(PAUSE)


def unconfirmed(problem: UnknownError) -> str:
    """Look at the site, where it is not known what Vercel did. Returns or raises what is there."""
    try:
        return f"{problem}. But {await_crawl(DOUBT)}"
    except PublishError as error:
        raise PublishError(f"{problem}; {error}") from error
