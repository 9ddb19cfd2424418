"""`python -m deploy.deploy`: publish what was built and verified, as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from deploy.build import BUNDLE, STATIC_DATABASE
from deploy.toolchain import PublishError, find_vercel, run_step

# What the environment must hold, and where one gets it.
NEEDED = {
    "VERCEL_TOKEN": "create one at https://vercel.com/account/tokens",
    "VERCEL_ORG_ID": "orgId in .vercel/project.json after `deploy/node_modules/.bin/vercel link`",
    "VERCEL_PROJECT_ID": "projectId in the same file",
}


def deploy() -> None:
    """Deploy the bundle to production. Raises PublishError, naming what the environment lacks."""
    if missing := [name for name in NEEDED if not os.environ.get(name)]:
        for name in missing:
            print(f"{name} is not set: {NEEDED[name]}", file=sys.stderr)
        raise PublishError(f"not deployed: set {', '.join(missing)} (see above) and run it again")
    if not (BUNDLE / STATIC_DATABASE).is_file():
        raise PublishError(f"nothing is built in {BUNDLE}; `make build` does it")
    # The CLI takes token, organisation and project from the environment.
    command: list[str | Path] = [
        find_vercel(),
        "deploy",
        "--prebuilt",
        "--prod",
        "--yes",
        "--cwd",
        BUNDLE,
    ]
    status = subprocess.run(command, check=False).returncode
    if status:
        raise PublishError(f"vercel deploy failed with exit status {status}; the old site stays")


if __name__ == "__main__":
    run_step(deploy)
