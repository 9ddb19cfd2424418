"""`python -m deploy.deploy`: publish what was built and verified, as it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Thread
from typing import IO

from deploy.bundle import BUNDLE, digest, verified_file
from deploy.toolchain import PublishError, find_vercel, run_step, site_url

# What the environment must hold, and where one gets it.
NEEDED = {
    "VERCEL_TOKEN": "create one at https://vercel.com/account/tokens",
    "VERCEL_ORG_ID": "orgId in .vercel/project.json after `deploy/node_modules/.bin/vercel link`",
    "VERCEL_PROJECT_ID": "projectId in the same file",
    "SITE_URL": "the site's address, https://PROJECT.vercel.app or your own domain",
}
TIMEOUT = 600  # seconds
LAST_WORDS = 5  # seconds that what was printed has to be shown


def deploy() -> None:
    """Deploy the bundle to production. Raises PublishError, naming what the environment lacks."""
    if missing := [name for name in NEEDED if not os.environ.get(name)]:
        for name in missing:
            print(f"{name} is not set: {NEEDED[name]}", file=sys.stderr)
        raise PublishError(f"not deployed: set {', '.join(missing)} (see above) and run it again")
    site_url()
    built, verified = digest(BUNDLE), verified_file(BUNDLE)
    if not verified.is_file() or verified.read_text().strip() != built:
        raise PublishError(f"not deployed: {BUNDLE} is not what was verified; run `make verify`")
    # The CLI takes token, organisation and project from the environment.
    options = ["--prebuilt", "--prod", "--yes", "--cwd", str(BUNDLE)]
    status = run_cli([str(find_vercel()), "deploy", *options])
    if status is None:
        raise PublishError(
            f"vercel deploy did not end within {TIMEOUT} s and was stopped; the old site stays, "
            "unless it had just ended: `make probe` tells"
        )
    if status:
        raise PublishError(f"vercel deploy failed with exit status {status}; the old site stays")


def run_cli(command: list[str]) -> int | None:
    """Run the CLI, showing what it prints but for the token; None when it takes too long."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # so that its children can be stopped with it
    )
    assert process.stdout
    # What it leaves running may hold the pipe open: its own end counts.
    reader = Thread(target=show, args=[process.stdout], daemon=True)
    reader.start()
    try:
        return process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        reader.join(LAST_WORDS)


def show(output: IO[str]) -> None:
    for line in output:
        print(line.replace(os.environ["VERCEL_TOKEN"], "***"), end="", flush=True)


if __name__ == "__main__":
    run_step(deploy)
