"""The clock process, at times that the tests set."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Timer

import pytest

from tests.support.commits import MONDAY, A, crawl
from tests.support.machines import Machine
from tests.support.projects import ROOT
from tests.support.published import Site as PublicSite
from tests.support.tools import faked_clock


class Clock:
    """A clock process that was started; `file` says what time it is for it."""

    def __init__(self, process: subprocess.Popen[str], file: Path) -> None:
        self.process, self.file = process, file

    def wake(self, moment: str) -> None:
        """It has slept until then."""
        self.file.write_text(f"@{moment}")
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def lines(self) -> list[str]:
        """What it says until it sleeps."""
        lines: list[str] = []
        assert self.process.stdout
        for line in self.process.stdout:
            if line == "asleep 60.0\n":
                return lines
            lines.append(line.strip())
        pytest.fail(f"the clock stopped after {lines}")


# It only says that it was called; it fails $FAILURES times.
PLAY = """
import os, sys
from deploy import __main__, clock
from deploy.toolchain import PublishError

failures = int(os.environ.get("FAILURES", 0))

def publish(database):
    global failures
    failures -= 1
    print("publish", database, flush=True)
    if failures >= 0:
        raise PublishError("played")

clock.publish = publish

def sleep(seconds):
    print("asleep", seconds, flush=True)
    sys.stdin.readline()

clock.time.sleep = sleep
sys.argv = ["deploy", "clock", "spojscore.db"]
__main__.main()
"""


@contextmanager
def clock(machine: Machine, folder: Path, at: str, **environment: str) -> Iterator[Clock]:
    file, faked = faked_clock(folder)
    file.write_text(f"@{at}")
    process = subprocess.Popen(
        [sys.executable, "-c", PLAY],
        cwd=machine.home,
        env=os.environ | machine.environment | {"PYTHONPATH": str(ROOT)} | faked | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    limit = Timer(60, process.kill)
    limit.start()
    try:
        yield Clock(process, file)
    finally:
        limit.cancel()
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("missed", "runs"), [(0, 0), (1, 1), (4, 1)])
def test_the_clock_catches_up_once(
    missed: int, runs: int, machine: Machine, tmp_path: Path
) -> None:
    """Started at noon, so many days after the last crawl."""
    crawl(machine.home / "spojscore.db", 0, A)
    with clock(machine, tmp_path, f"{MONDAY + timedelta(days=missed)} 12:00:00") as running:
        assert running.lines() == ["publish spojscore.db"] * runs


def test_the_clock_goes_by_what_is_public(
    machine: Machine, public_site: PublicSite, tmp_path: Path
) -> None:
    """A crawl whose deployment failed is not published."""
    public = tmp_path / "public.db"
    crawl(public, 0, A)
    public_site.publish(public)
    crawl(machine.home / "spojscore.db", 1, A)
    at = f"{MONDAY + timedelta(days=1)} 12:00:00"
    with clock(machine, tmp_path, at, SITE_URL=f"{public_site.url}/") as running:
        assert running.lines() == ["publish spojscore.db"]


def test_the_clock_publishes_when_the_site_does_not_say(machine: Machine, tmp_path: Path) -> None:
    """Today's crawl is here, but it may not be there."""
    crawl(machine.home / "spojscore.db", 0, A)
    nowhere = {"SITE_URL": "http://127.0.0.1:1"}
    with clock(machine, tmp_path, f"{MONDAY} 12:00:00", **nowhere) as running:
        assert running.lines() == ["publish spojscore.db"]


def test_what_failed_is_tried_again_at_one_and_two(machine: Machine, tmp_path: Path) -> None:
    with clock(machine, tmp_path, f"{MONDAY} 00:00:10", FAILURES="9") as running:
        played = ["publish spojscore.db", f"{MONDAY} 00:00 UTC: played"]
        assert running.lines() == played
        for hour, tries in (("00:59", 0), ("01:00", 1), ("02:00", 1), ("03:00", 0), ("23:59", 0)):
            running.wake(f"{MONDAY} {hour}:01")
            played[1] = f"{MONDAY} {hour} UTC: played"
            assert running.lines() == played * tries


def test_a_crawl_from_the_future_is_no_reason_to_wait(machine: Machine, tmp_path: Path) -> None:
    crawl(machine.home / "spojscore.db", 100, A)
    with clock(machine, tmp_path, f"{MONDAY} 12:00:00") as running:
        assert running.lines() == ["publish spojscore.db"]


def test_the_clock_notices_that_the_machine_slept(machine: Machine, tmp_path: Path) -> None:
    crawl(machine.home / "spojscore.db", 0, A)
    with clock(machine, tmp_path, f"{MONDAY} 23:00:00") as running:
        assert running.lines() == []
        running.wake(f"{MONDAY + timedelta(days=3)} 09:00:00")
        assert running.lines() == ["publish spojscore.db"]
