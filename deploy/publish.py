"""The steps of a publication, and all of them in order, up to the first that fails."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from deploy import online, probe
from deploy.archive import archive
from deploy.build import build
from deploy.bundle import BUNDLE
from deploy.pull import pull
from deploy.toolchain import PublishError, limited, started
from deploy.verify import verify
from spojscore_crawler.check import main as check_main
from spojscore_crawler.store.files import StoreError

# What ends a step: said in a line, without a traceback.
FAILURES = (PublishError, StoreError, OSError)
LOCK = BUNDLE.with_name("publish.lock")
SCRAPY = Path(sys.executable).with_name("scrapy")


def crawl(database: Path) -> str:
    """Crawl SPOJ, or the saved PAGES, into the database, by the command that anybody uses."""
    pages = os.environ.get("PAGES")
    words = ["-a", f"pages={pages}"] if pages else []
    environment = os.environ | {"SPOJSCORE_DB": str(database)}
    with started([SCRAPY, "crawl", "classical", *words], env=environment) as process:
        status = process.wait()
    if status:
        raise PublishError("nothing was committed, see above")
    return ""


def check(database: Path) -> str:
    try:
        check_main([str(database)])
    except SystemExit as end:
        raise PublishError(str(end).removeprefix("error: ")) from end
    return ""


class Step(NamedTuple):
    """What to do with the database, which returns what was done, and how long it may take."""

    do: Callable[[Path], str]
    minutes: float


# Archived before it is public: so the archive is never older than the site, and a crawl whose
# deployment fails is not lost to a machine that keeps nothing.
STEPS = {
    "pull": Step(pull, 15),
    "crawl": Step(crawl, 45),  # a polite one takes two
    "check": Step(check, 5),
    "archive": Step(archive, 15),
    "build": Step(build, 15),
    "verify": Step(verify, 10),
    "deploy": Step(online.deploy, 15),
    "probe": Step(probe.await_deployed, 6),
}
# From the first of them on, the public site may have changed.
PUBLIC = ("deploy", "probe")


def run(step: Step, database: Path) -> None:
    """Do one step within its time, and say what was done. Raises PublishError and others."""
    with limited(60 * step.minutes):
        if line := step.do(database):
            print(line, flush=True)


def publish(database: Path) -> None:
    """Do each step, with DEPLOY=no all but the last ones. Raises PublishError where one fails."""
    deploys = os.environ.get("DEPLOY") != "no"
    if deploys:
        try:
            online.check_environment()
        except PublishError as error:
            raise PublishError(f"{error}; DEPLOY=no does all but deploy") from error
    took: dict[str, str] = {}
    with _alone():
        try:
            for name in STEPS:
                if deploys or name not in PUBLIC:
                    _take(name, database, took)
        finally:
            _summarize(took)
    if not deploys:
        print("Nothing was deployed, because of DEPLOY=no.")


def _take(name: str, database: Path, took: dict[str, str]) -> None:
    """Take a step, and note how long it took. Raises PublishError when it fails."""
    print(f"publish: {name}", flush=True)
    began = time.monotonic()
    took[name] = "interrupted"
    try:
        run(STEPS[name], database)
    except FAILURES as error:
        took[name] = f"{time.monotonic() - began:.0f} s, failed"
        stays = "" if name in PUBLIC else "; what is public stays as it was"
        raise PublishError(f"publish stopped at {name}: {error}{stays}") from error
    took[name] = f"{time.monotonic() - began:.0f} s"


@contextmanager
def _alone() -> Iterator[None]:
    """Raise PublishError when another publication is running here."""
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError("another publication is running here") from error
        # Not by filelock: what this process starts holds it too, should this process be killed.
        os.set_inheritable(lock.fileno(), True)
        yield


def _summarize(took: dict[str, str]) -> None:
    """Write what was done, where GitHub asks for it."""
    if not (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    lines = ["| step | took |", "| --- | --- |", *(f"| {step} | {t} |" for step, t in took.items())]
    try:
        with Path(summary).open("a") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        print(f"no summary for GitHub: {error}", file=sys.stderr)
