"""What `make schedule` makes of systemd's timers."""

import shutil
import subprocess
from datetime import date

import pytest

from deploy.schedule import rendered
from tests.support.machines import Machine
from tests.support.projects import ROOT
from tests.support.tools import missing

MONDAY = date(2026, 3, 2)


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
        done = machine.deploy("schedule")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Scheduled daily. It reads ")
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
    for said in ("Unscheduled.", "Nothing was scheduled."):
        done = machine.deploy("unschedule")
        assert done.stdout == f"{said}\n"
    assert list(folder.iterdir()) == []
    assert environment.read_text() == "SITE_URL=https://mine"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo Failed to connect to bus >&2; exit 1", "Failed to connect to bus"),
        (None, "the command systemctl is not installed"),
    ],
)
def test_without_systemd(script: str | None, reason: str, machine: Machine) -> None:
    if script:
        machine.has("systemctl", script)
    else:
        machine.environment["PATH"] = str(machine.bin)
    done = machine.deploy("schedule")
    assert done.returncode == 1
    assert done.stderr.endswith(f"{reason}; docs/publishing.md has ways without systemd\n")
    assert not (machine.home / ".config").exists()
