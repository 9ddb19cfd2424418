"""What runs `make publish` every day: its steps, systemd, cron, a clock process and GitHub."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Timer
from typing import IO

import pytest
import yaml  # type: ignore[import-untyped]

from deploy.clock import TRIGGER, due
from deploy.publish import LOCK, STEPS
from deploy.schedule import crontab_line, rendered
from spojscore_crawler.lock import Lock
from tests.support.commits import A, crawl
from tests.support.projects import ROOT
from tests.support.published import Site as PublicSite
from tests.support.tools import faked_clock, missing

MONDAY = date(2026, 3, 2)


class Machine:
    """A home folder, and commands that play others and log how they were called."""

    def __init__(self, folder: Path) -> None:
        self.home, self.bin, self.log = folder / "home", folder / "bin", folder / "log"
        self.home.mkdir()
        self.bin.mkdir()
        self.log.touch()
        self.environment = {"HOME": str(self.home), "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def has(self, name: str, script: str) -> None:
        command = self.bin / name
        command.write_text(f'#!/bin/sh\necho {name} "$@" >>{self.log}\n{script}\n')
        command.chmod(0o755)

    def called(self) -> list[str]:
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return lines

    def python(
        self, module: str, *words: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=self.home,
            env=os.environ | self.environment | {"PYTHONPATH": str(ROOT)} | environment,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("fails", STEPS)
def test_a_step_that_fails_stops_the_publication(fails: str, machine: Machine) -> None:
    machine.has("make", f'[ "$2" != {fails} ]')
    done = machine.python("deploy.publish", "spojscore.db")
    tried = STEPS[: STEPS.index(fails) + 1]
    assert [line.split()[2] for line in machine.called()] == list(tried)
    assert done.stdout.splitlines() == [f"publish: {step}" for step in tried]
    stays = "" if fails in ("deploy", "probe") else "; what is public stays as it was"
    assert done.stderr == f"error: publish stopped at {fails}{stays}\n"
    assert done.returncode == 1


def test_every_step_with_a_summary_for_github(machine: Machine, tmp_path: Path) -> None:
    machine.has("make", "")
    (machine.home / "spojscore.db.crawl.json").write_text('{\n  "outcome": "committed"\n}\n')
    summary = tmp_path / "summary.md"
    done = machine.python("deploy.publish", "spojscore.db", GITHUB_STEP_SUMMARY=str(summary))
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        machine.called()[-1]
        == "make --no-print-directory probe DB=spojscore.db BUNDLE=build/vercel"
    )
    lines = summary.read_text().splitlines()
    assert [line.split(" | ")[0] for line in lines[2:10]] == [f"| {step}" for step in STEPS]
    assert lines[-3:] == ["    {", '      "outcome": "committed"', "    }"]


def test_a_summary_that_can_not_be_written_hides_nothing(machine: Machine) -> None:
    machine.has("make", '[ "$2" != crawl ]')
    nowhere = {"GITHUB_STEP_SUMMARY": "/nowhere/summary"}
    done = machine.python("deploy.publish", "spojscore.db", **nowhere)
    assert done.stderr.startswith("no summary for GitHub: ")
    assert done.stderr.endswith("error: publish stopped at crawl; what is public stays as it was\n")


def test_a_step_that_hangs_is_stopped_with_all_it_started(machine: Machine) -> None:
    machine.has(
        "make", '[ "$2" != build ] || { tail -f /dev/null & echo $! >"$HOME/child"; wait; }'
    )
    hurried = "import deploy.publish as p; p.LIMIT = 1; p.main()"
    done = subprocess.run(
        [sys.executable, "-c", hurried, "spojscore.db"],
        cwd=machine.home,
        env=os.environ | machine.environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stderr == (
        "error: publish stopped at build, which took longer than 0 minutes; what is public stays "
        "as it was\n"
    )
    child = (machine.home / "child").read_text().strip()
    listed = subprocess.run(
        ["ps", "-o", "stat=", child], capture_output=True, text=True, check=False
    )
    assert listed.stdout.strip() in ("", "Z")


@pytest.fixture
def building(machine: Machine) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A publication that has come to its build, and that step's process."""
    machine.has("make", '[ "$2" != build ] || { echo $$ >"$HOME/step"; exec tail -f /dev/null; }')
    step = machine.home / "step"
    os.mkfifo(step)
    publication = subprocess.Popen(
        [sys.executable, "-m", "deploy.publish", "spojscore.db"],
        cwd=machine.home,
        env=os.environ | machine.environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    process = int(step.read_text())
    yield publication, process
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    publication.kill()
    publication.communicate()


def test_a_step_keeps_the_next_publication_away_when_its_own_was_killed(
    machine: Machine, building: tuple[subprocess.Popen[str], int]
) -> None:
    publication, _ = building
    publication.kill()
    publication.wait()
    done = machine.python("deploy.publish", "spojscore.db")
    assert done.stderr == (
        f"error: another publication is running here, process {publication.pid}\n"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_publication_that_is_stopped_stops_its_step(
    number: int, building: tuple[subprocess.Popen[str], int]
) -> None:
    publication, step = building
    publication.send_signal(number)
    _, told = publication.communicate(timeout=30)
    assert told == "error: interrupted\n"
    assert publication.returncode == 1
    with pytest.raises(ProcessLookupError):
        os.kill(step, 0)


def test_make_i_is_refused(machine: Machine) -> None:
    done = machine.python("deploy.publish", "spojscore.db", MAKEFLAGS="ik -- FIRST=1")
    assert done.stderr == "error: make -i would go on after a step that failed\n"
    machine.has("make", "")
    for flags in (" -- FIRST=i", "SITE_URL=https://mine", "--no-print-directory", "w -- FIRST=i"):
        done = machine.python("deploy.publish", "spojscore.db", MAKEFLAGS=flags)
        assert done.returncode == 0


def test_one_publication_at_a_time(machine: Machine) -> None:
    machine.has("make", "")
    (machine.home / LOCK.parent).mkdir()
    lock = Lock(machine.home / LOCK)
    done = machine.python("deploy.publish", "spojscore.db")
    lock.close()
    assert done.stderr == f"error: another publication is running here, process {os.getpid()}\n"
    assert machine.called() == []


def test_the_units_are_right(machine: Machine) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze is not installed (Debian's package systemd)")
    project = machine.home / "50% mine"
    project.mkdir()
    units = []
    for source in (ROOT / "deploy" / "systemd").iterdir():
        unit = machine.home / source.name
        unit.write_text(rendered(source.read_text(), project, '/usr/bin:/odd "100%"/bin'))
        units.append(unit)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=yes", *units],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")
    service, timer = (
        (machine.home / f"spojscore.{kind}").read_text() for kind in ("service", "timer")
    )
    assert f"\nWorkingDirectory={machine.home}/50%% mine\n" in service
    assert '\nEnvironment="PATH=/usr/bin:/odd \\"100%%\\"/bin"\n' in service
    assert "\nExecStart=/usr/bin/make publish\n" in service
    assert "\nTimeoutStartSec=1h\nRestart=on-failure\nRestartSec=1h\n" in service
    assert "\nStartLimitIntervalSec=5h\nStartLimitBurst=3\n" in service
    assert "\nOnCalendar=*-*-* 00:00:00 UTC\n" in timer
    assert "\nPersistent=true\n" in timer


def test_scheduled_by_systemd(machine: Machine) -> None:
    machine.has("systemctl", "")
    for _ in range(2):  # twice is the same as once
        done = machine.python("deploy.schedule")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Scheduled daily by systemd; `loginctl enable-linger` keeps")
        assert machine.called() == [
            "systemctl --user show-environment",
            "systemctl --user daemon-reload",
            "systemctl --user enable --now spojscore.timer",
        ]
        folder = machine.home / ".config" / "systemd" / "user"
        assert sorted(unit.name for unit in folder.iterdir()) == [
            "spojscore.service", "spojscore.timer",
        ]  # fmt: skip
        assert f"\nWorkingDirectory={ROOT}\n" in (folder / "spojscore.service").read_text()
    environment = machine.home / ".config" / "spojscore.env"
    assert environment.stat().st_mode & 0o777 == 0o600
    assert environment.read_text().splitlines() == [
        "VERCEL_TOKEN=''", "VERCEL_ORG_ID=''", "VERCEL_PROJECT_ID=''", "SITE_URL=''", "#ARCHIVE=''",
    ]  # fmt: skip
    environment.write_text("SITE_URL=https://mine")
    for said in ("systemd", "nothing was scheduled"):
        done = machine.python("deploy.schedule", "--undo")
        assert done.stdout == f"Unscheduled: {said}.\n"
    assert list(folder.iterdir()) == []
    assert environment.read_text() == "SITE_URL=https://mine"


CRONTAB = """case "$1" in
  -l) cat "$HOME/crontab" 2>/dev/null || { echo "no crontab for you" >&2; exit 1; } ;;
  -) cat >"$HOME/crontab" ;;
esac"""


def test_scheduled_by_cron(machine: Machine) -> None:
    machine.has("systemctl", "exit 1")
    machine.has("crontab", CRONTAB)
    crontab = machine.home / "crontab"
    crontab.write_text("5 4 * * * somebody else's\n")
    for _ in range(2):
        done = machine.python("deploy.schedule")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Scheduled daily by cron, in this machine's own time; runs")
        other, ours = crontab.read_text().splitlines()
        assert other == "5 4 * * * somebody else's"
        assert ours.startswith(f"0 0 * * * cd {ROOT} && {{ set -a; . {machine.home}/.config/spoj")
    for said in ("cron", "nothing was scheduled"):
        assert machine.python("deploy.schedule", "--undo").stdout == f"Unscheduled: {said}.\n"
        assert crontab.read_text() == "5 4 * * * somebody else's\n"


def test_systemd_takes_over_from_cron(machine: Machine) -> None:
    machine.has("systemctl", "exit 1")
    machine.has("crontab", CRONTAB)
    machine.python("deploy.schedule")
    machine.has("systemctl", "")
    assert machine.python("deploy.schedule").stdout.startswith("Scheduled daily by systemd")
    assert (machine.home / "crontab").read_text() == ""


def test_a_crontab_that_can_not_be_read_stays(machine: Machine) -> None:
    machine.has("systemctl", "exit 1")
    machine.has("crontab", '[ "$1" = -l ] && { echo "Input/output error" >&2; exit 1; }; exit 9')
    done = machine.python("deploy.schedule")
    assert done.stderr == "error: crontab -l: Input/output error\n"
    assert "crontab -" not in machine.called()


def test_what_cron_runs(machine: Machine) -> None:
    project = machine.home / "it's 50% mine"
    project.mkdir()
    (project / "Makefile").write_text("publish:\n\t@echo '$(SITE_URL)'\n")
    environment = machine.home / "spojscore.env"
    environment.write_text("SITE_URL='https://mine; (x)'\n")
    line = crontab_line(project, environment, os.environ["PATH"])
    assert line.startswith("0 0 * * * ")
    unescaped = line.removeprefix("0 0 * * * ").replace(r"\%", "%")  # as cron hands it to the shell
    assert re.search(r"(?<!\\)%", line) is None
    subprocess.run(["/bin/sh", "-c", unescaped], env={}, check=True)
    log = project / "publish.log"
    assert log.read_text() == "https://mine; (x)\n"
    environment.write_text("SITE_URL=Mozilla (x)\n")
    assert subprocess.run(["/bin/sh", "-c", unescaped], env={}, check=False).returncode
    assert "spojscore.env" in log.read_text()


def test_neither_systemd_nor_cron(machine: Machine) -> None:
    machine.environment["PATH"] = str(machine.bin)
    done = machine.python("deploy.schedule")
    assert done.returncode == 1
    assert done.stderr.startswith("error: there is neither systemd nor cron here; deploy/clock.py")


@contextmanager
def running_clock(
    machine: Machine, database: Path, environment: dict[str, str], until: str
) -> Iterator[IO[str]]:
    """The clock process, from the line that holds `until` on; yields the rest of its log."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import deploy.clock as c; c.WAKE = 0.1; c.main()", database],
        cwd=machine.home,
        env=os.environ | machine.environment | {"PYTHONPATH": str(ROOT)} | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    limit = Timer(60, process.kill)
    limit.start()
    try:
        assert process.stderr
        assert any(until in line for line in process.stderr)
        yield process.stderr
    finally:
        limit.cancel()
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("missed", "runs"), [(0, 0), (1, 1), (4, 1)])
def test_the_clock_catches_up_once(
    missed: int, runs: int, machine: Machine, tmp_path: Path
) -> None:
    """Started at noon, so many days after the last crawl."""
    database = machine.home / "spojscore.db"
    crawl(database, 0, A)
    machine.has("make", "")
    clock, moved = faked_clock(tmp_path)
    clock.write_text(f"@{MONDAY + timedelta(days=missed)} 12:00:00")
    word = "the publication ended well" if runs else "today's crawl is published"
    with running_clock(machine, database, moved, until=word):
        assert machine.called() == [f"make publish DB={database}"] * runs


def test_the_clock_goes_by_what_is_public(
    machine: Machine, public_site: PublicSite, tmp_path: Path
) -> None:
    """A crawl whose deployment failed is not published."""
    database, public = machine.home / "spojscore.db", tmp_path / "public.db"
    crawl(public, 0, A)
    public_site.publish(public)
    crawl(database, 1, A)
    machine.has("make", "")
    clock, moved = faked_clock(tmp_path)
    clock.write_text(f"@{MONDAY + timedelta(days=1)} 12:00:00")
    moved["SITE_URL"] = public_site.url
    with running_clock(machine, database, moved, until="the publication ended well"):
        assert machine.called() == [f"make publish DB={database}"]


def test_the_clock_publishes_when_the_site_does_not_tell(machine: Machine, tmp_path: Path) -> None:
    """Today's crawl is here, but it may not be there."""
    database = machine.home / "spojscore.db"
    crawl(database, 0, A)
    machine.has("make", "")
    clock, moved = faked_clock(tmp_path)
    clock.write_text(f"@{MONDAY} 12:00:00")
    moved["SITE_URL"] = "http://127.0.0.1:1"
    with running_clock(machine, database, moved, until="the publication ended well"):
        assert machine.called() == [f"make publish DB={database}"]


@pytest.mark.parametrize(
    ("hour", "due"), [("0:01", True), ("1:00", True), ("2:00", True), ("3:00", False)]
)
def test_the_hours_of_the_clock(hour: str, due: bool) -> None:
    asked = datetime.fromisoformat(f"2026-03-02T0{hour}:00+00:00") - timedelta(minutes=1)
    following = TRIGGER.get_next_fire_time(None, asked)
    assert (following - asked <= timedelta(hours=1)) is due


def test_a_crawl_from_the_future_is_no_reason_to_wait(machine: Machine) -> None:
    database = machine.home / "spojscore.db"
    crawl(database, 100, A)
    assert due(database, datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert not due(database, datetime(2026, 6, 10, 12, tzinfo=UTC))


def test_the_clock_notices_that_the_machine_slept(machine: Machine, tmp_path: Path) -> None:
    database = machine.home / "spojscore.db"
    crawl(database, 0, A)
    machine.has("make", "")
    clock, moved = faked_clock(tmp_path)
    clock.write_text(f"@{MONDAY} 23:00:00")
    with running_clock(machine, database, moved, until="today's crawl is published") as log:
        clock.write_text(f"@{MONDAY + timedelta(days=3)} 09:00:00")
        assert any("the publication ended well" in line for line in log)
        assert machine.called() == [f"make publish DB={database}"]


ISSUES = """case "$2" in
  list) [ ! -e "$HOME/number" ] || cat "$HOME/number" ;;
  create) echo https://github.com/me/mine/issues/7; echo 7 >"$HOME/number" ;;
  close) rm "$HOME/number" ;;
esac"""
RUN = "https://github.com/me/mine/actions/runs/1"


def test_the_workflow() -> None:
    """What linters can't know. GitHub's `on` is YAML's True."""
    text = (ROOT / ".github" / "workflows" / "publish.yml").read_text()
    workflow = yaml.safe_load(text)
    [schedule] = workflow[True]["schedule"]
    assert int(schedule["cron"].split()[0]) % 2 == 1
    assert workflow["concurrency"] == {"group": "publish", "cancel-in-progress": False}
    assert workflow["permissions"] == {}
    publish, tell = (workflow["jobs"][name] for name in ("publish", "tell"))
    assert publish["permissions"] == {"contents": "write"}
    assert publish["if"] == "vars.SITE_URL != ''"
    *before, last = publish["steps"]
    assert last["run"] == "make publish"
    assert "secrets" not in str(before)
    assert last["env"].keys() >= {"SITE_URL", "ARCHIVE", "GH_TOKEN", "FIRST", *SECRETS}
    assert tell["if"] == "always() && needs.publish.result != 'skipped'"
    assert tell["permissions"] == {"contents": "read", "issues": "write", "actions": "write"}
    assert tell["steps"][-1] == {"if": "always()", "run": "gh workflow enable publish.yml"}
    actions = re.findall(r"uses: (\S+)", text)
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in actions)


SECRETS = {"VERCEL_TOKEN", "VERCEL_ORG_ID", "VERCEL_PROJECT_ID"}


def test_one_issue_on_github_while_it_fails(machine: Machine) -> None:
    machine.has("gh", ISSUES)
    said, calls = [], []
    for result in ("success", "failure", "cancelled", "success", "success"):
        done = machine.python("deploy.issue", result, RUN_URL=RUN)
        assert (done.returncode, done.stderr) == (0, "")
        said.append(done.stdout.strip())
        calls.append([line for line in machine.called() if line.startswith("gh")][-1])
    assert said == [
        "Nothing to tell: it worked, and no issue is open.",
        "Opened https://github.com/me/mine/issues/7.",
        "Updated issue 7.",
        "Closed issue 7.",
        "Nothing to tell: it worked, and no issue is open.",
    ]
    assert calls[1].startswith("gh issue create --title=The publication fails --body=The publicat")
    assert calls[2] == f"gh issue comment 7 --body=The publication ended with `cancelled`: {RUN}"
    assert calls[3] == f"gh issue close 7 --comment=It works again: {RUN}"


def test_what_github_refuses_is_told(machine: Machine) -> None:
    machine.has("gh", "echo no such thing >&2; exit 1")
    done = machine.python("deploy.issue", "failure", RUN_URL=RUN)
    assert done.stderr == "error: gh issue list: no such thing\n"
    assert done.returncode == 1
