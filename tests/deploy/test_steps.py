"""The steps of a publication in order, each played: what stops them, and what is said then."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from select import select

import pytest

from deploy.publish import LOCK, STEPS
from deploy.toolchain import limited, run
from tests.support.projects import ROOT

# Each step only says that it was done; those in $FAILS fail, and $HANGS waits for a command.
PLAY = """
import os, sys
from deploy import __main__, publish
from deploy.toolchain import PublishError, output

def played(name):
    def step(database):
        if name == os.environ.get("FAILS"):
            raise PublishError("played")
        if name == os.environ.get("HANGS"):
            output(["sh", "-c", "tail -f /dev/null & echo $! >child; wait"])
        return f"done: {name}"
    return publish.Step(step, float(os.environ.get("MINUTES", 1)))

publish.STEPS = {name: played(name) for name in publish.STEPS}
sys.argv = ["deploy", "publish", "spojscore.db"]
__main__.main()
"""
ALL_SET = {
    "VERCEL_TOKEN": "a", "VERCEL_ORG_ID": "b", "VERCEL_PROJECT_ID": "c", "SITE_URL": "http://d",
}  # fmt: skip


def started(folder: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PLAY],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | ALL_SET | environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def published(folder: Path, **environment: str) -> tuple[int, list[str], str]:
    """Exit status, steps that were begun, and what was said on standard error."""
    process = started(folder, **environment)
    output, errors = process.communicate(timeout=60)
    begun = [line.split()[1] for line in output.splitlines() if line.startswith("publish: ")]
    return process.returncode, begun, errors


@pytest.mark.parametrize("fails", STEPS)
def test_a_step_that_fails_stops_the_publication(fails: str, tmp_path: Path) -> None:
    stays = "" if fails in ("deploy", "probe") else "; what is public stays as it was"
    assert published(tmp_path, FAILS=fails) == (
        1,
        list(STEPS)[: list(STEPS).index(fails) + 1],
        f"error: publish stopped at {fails}: played{stays}\n",
    )


def test_what_a_deployment_lacks_is_said_before_the_crawl(tmp_path: Path) -> None:
    assert published(tmp_path, VERCEL_TOKEN="", SITE_URL="") == (
        1,
        [],
        "VERCEL_TOKEN is not set: create one at https://vercel.com/account/tokens\n"
        "SITE_URL is not set: the site's address, https://PROJECT.vercel.app or your own domain\n"
        "error: nothing is deployed without VERCEL_TOKEN, SITE_URL, see above; DEPLOY=no does all "
        "but deploy\n",
    )


def test_all_but_the_deployment(tmp_path: Path) -> None:
    process = started(tmp_path, DEPLOY="no", VERCEL_TOKEN="", SITE_URL="")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert output.splitlines()[-3:] == [
        "publish: verify",
        "done: verify",
        "Nothing was deployed, because of DEPLOY=no.",
    ]


def test_every_step_with_a_summary_for_github(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    assert published(tmp_path, GITHUB_STEP_SUMMARY=str(summary)) == (0, list(STEPS), "")
    lines = summary.read_text().splitlines()
    assert lines[2:10] == [f"| {step} | 0 s |" for step in STEPS]


def test_a_summary_that_can_not_be_written_hides_nothing(tmp_path: Path) -> None:
    _, _, errors = published(tmp_path, FAILS="crawl", GITHUB_STEP_SUMMARY="/nowhere/summary")
    assert errors.startswith("no summary for GitHub: ")
    assert errors.endswith("crawl: played; what is public stays as it was\n")


def test_a_step_that_hangs_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "child")
    process = started(tmp_path, HANGS="build", MINUTES="0.01")
    child = int((tmp_path / "child").read_text())
    _, errors = process.communicate(timeout=60)
    assert errors == (
        "error: publish stopped at build: it took longer than 0.01 minutes; what is public stays "
        "as it was\n"
    )
    assert ended(child)


def test_a_command_is_over_though_it_leaves_something_running(tmp_path: Path) -> None:
    """Which holds its output open: Vercel's CLI may."""
    for name in ("begun", "end"):
        os.mkfifo(tmp_path / name)
    left = "setsid sh -c 'echo >begun; cat end'"
    with limited(30):
        told = run(["sh", "-c", f"{left} & cat begun; echo done"], cwd=tmp_path)
        (tmp_path / "end").write_text("")
    assert told == (0, "done", "")


def ended(process: int) -> bool:
    """Whether the process, which may be nobody's child, ends within half a minute."""
    try:
        file = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select([file], [], [], 30)[0])
    finally:
        os.close(file)


@pytest.fixture
def building(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A publication that has come to its build, and a process that this has started."""
    os.mkfifo(tmp_path / "child")
    publication = started(tmp_path, HANGS="build")
    child = int((tmp_path / "child").read_text())
    yield publication, child
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    publication.kill()
    publication.communicate()


def test_a_step_keeps_the_next_publication_away_when_its_own_was_killed(
    tmp_path: Path, building: tuple["subprocess.Popen[str]", int]
) -> None:
    publication, _ = building
    publication.kill()
    publication.wait()
    assert published(tmp_path) == (1, [], "error: another publication is running here\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_publication_that_is_stopped_stops_its_step(
    number: int, building: tuple["subprocess.Popen[str]", int]
) -> None:
    publication, child = building
    publication.send_signal(number)
    _, errors = publication.communicate(timeout=30)
    assert errors == "error: interrupted\n"
    assert publication.returncode == 1
    assert ended(child)


def test_one_publication_at_a_time(tmp_path: Path) -> None:
    (tmp_path / LOCK.parent).mkdir()
    with (tmp_path / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert published(tmp_path) == (1, [], "error: another publication is running here\n")
    assert published(tmp_path)[:2] == (0, list(STEPS))
