"""Deploys the verified bundle."""

from __future__ import annotations

import os
from pathlib import Path

from deploy import target
from deploy.bundle import BUNDLE, deployment_file, digest, stamp_file
from deploy.process import PublishError
from deploy.pull import read_database
from deploy.site import Freshness, site_url

VARIABLES = target.VARIABLES | {
    "SITE_URL": "the site's address, https://PROJECT.vercel.app or your own domain"
}


def check_variables(_: Path) -> None:
    """Raise PublishError unless the environment holds everything that a deployment needs."""
    if missing := [name for name in VARIABLES if not os.environ.get(name)]:
        lines = "".join(f"\n  {name}: {VARIABLES[name]}" for name in missing)
        raise PublishError(
            f"not set, but needed to deploy (`make rehearse` does everything else):{lines}"
        )
    site_url()


def deploy(_: Path) -> str:
    """Deploy the bundle; returns what was done, which `probe` has to confirm.

    Raises PublishError with the target's reason and with what the site shows.
    """
    check_variables(_)
    stamp, deployment = stamp_file(BUNDLE), deployment_file(BUNDLE)
    if not stamp.is_file() or stamp.read_text() != digest(BUNDLE):
        raise PublishError(f"{BUNDLE} is not what was verified; run `make verify`")
    read_database(target.static_database(BUNDLE), str(BUNDLE))
    deployment.unlink(missing_ok=True)
    print(f"Deploying {BUNDLE}; the first upload takes minutes.", flush=True)
    try:
        address = target.deploy(BUNDLE)
    except PublishError as error:
        raise PublishError(f"{error}; {live()}") from error
    deployment.write_text(address)
    return f"Deployed {BUNDLE} as {address}; `make probe` waits until it is public."


def live() -> str:
    """What the site shows now, as a clause."""
    try:
        return f"{site_url()} shows {Freshness.of(site_url())}"
    except PublishError as error:
        return str(error)
