"""`python -m deploy.publish`: every step of a publication, up to the first that fails."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from pathlib import Path

from filelock import FileLock

from deploy.bundle import BUNDLE
from deploy.toolchain import PublishError, run_limited, run_step
from spojscore_crawler.store import files
from spojscore_crawler.store.report import report_file

LOCK = BUNDLE.with_name("publish")

# Archived before it is public: so the archive is never older than the site, and a crawl whose
# deployment fails is not lost to a machine that keeps nothing.
STEPS = ("pull", "crawl", "check", "archive", "build", "verify", "deploy", "probe")
# From the last of them on, the public site may have changed.
PUBLIC_FROM = "deploy"
# Its single letters come first in MAKEFLAGS, if there are any; some makes put variables there.
IGNORING = re.compile(r"\w*i\w*( |$)")
LIMIT = 45 * 60.0  # seconds, for a step; a polite crawl takes two minutes


def publish(database: Path) -> None:
    """Make each step, for `database`. Raises PublishError at the first that fails."""
    if IGNORING.match(os.environ.get("MAKEFLAGS", "")):
        raise PublishError("make -i would go on after a step that failed")
    BUNDLE.parent.mkdir(exist_ok=True)
    try:
        lock = files.lock(LOCK)
    except files.StoreError as error:
        raise PublishError(f"another publication is running here: {error}") from error
    took: dict[str, str] = {}
    try:
        for step in STEPS:
            make(step, database, took, lock)
    finally:
        lock.release()
        summarize(took, database)


def make(step: str, database: Path, took: dict[str, str], lock: FileLock) -> None:
    """Make one step, and tell in `took` how long it took. Raises PublishError when it fails."""
    print(f"publish: {step}", flush=True)
    began = time.monotonic()
    # The bundle tells the probe what to wait for.
    words = [f"DB={database}", *([f"BUNDLE={BUNDLE}"] if step == "probe" else [])]
    took[step] = "interrupted"
    status = run_limited(["make", "--no-print-directory", step, *words], LIMIT, lock)
    took[step] = f"{time.monotonic() - began:.0f} s{', failed' if status != 0 else ''}"
    if status != 0:
        late = f", which took longer than {LIMIT / 60:.0f} minutes" if status is None else ""
        before = STEPS.index(step) < STEPS.index(PUBLIC_FROM)
        stays = "; what is public stays as it was" if before else ""
        raise PublishError(f"publish stopped at {step}{late}{stays}")


def summarize(took: dict[str, str], database: Path) -> None:
    """Tell GitHub, where it asks for a summary, what was done, with the crawl's report."""
    if not (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    lines = ["| step | took |", "| --- | --- |", *(f"| {step} | {t} |" for step, t in took.items())]
    if "crawl" in took and (told := report_file(database)).exists():
        lines += ["", *(f"    {line}" for line in told.read_text().splitlines())]
    try:
        with Path(summary).open("a") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        print(f"no summary for GitHub: {error}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.publish", description=__doc__)
    parser.add_argument("database", type=Path)
    database = parser.parse_args().database
    run_step(lambda: publish(database))


if __name__ == "__main__":
    main()
