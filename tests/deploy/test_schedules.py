"""`make schedule` and systemd's timers."""

import shutil
import subprocess

import pytest

from deploy.schedule import render
from tests.support.machines import Machine
from tests.support.projects import ROOT
from tests.support.tools import missing


def test_units_are_valid(machine: Machine) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze is not installed (Debian's package systemd)")
    project = machine.home / "50% mine"
    project.mkdir()
    units = {}
    for source in (ROOT / "deploy" / "systemd").iterdir():
        unit = machine.home / source.name
        unit.write_text(render(source.read_text(), project, '/usr/bin:/odd "100%"/bin'))
        units[source.suffix] = unit
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=yes", *units.values()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")
    service = units[".service"].read_text().splitlines()
    assert {
        f"WorkingDirectory={machine.home}/50%% mine",
        'Environment="PATH=/usr/bin:/odd \\"100%%\\"/bin"',
        "ExecStart=/usr/bin/make publish",
        "Restart=on-failure",
    } <= {*service}
    timer = units[".timer"].read_text().splitlines()
    assert {"OnCalendar=*-*-* 00:00:00 UTC", "Persistent=true"} <= {*timer}


def test_schedule_and_unschedule_twice(machine: Machine) -> None:
    machine.provide("systemctl", "")
    folder = machine.home / ".config" / "systemd" / "user"
    for _ in range(2):
        result = machine.deploy("schedule")
        assert result.returncode == 0, result.stderr
        assert machine.calls() == [
            "systemctl --user show-environment",
            "systemctl --user daemon-reload",
            "systemctl --user enable --now spojscore.timer",
        ]
        assert {unit.name for unit in folder.iterdir()} == {"spojscore.service", "spojscore.timer"}
    assert f"\nWorkingDirectory={ROOT}\n" in (folder / "spojscore.service").read_text()
    environment = machine.home / ".config" / "spojscore.env"
    assert environment.stat().st_mode & 0o777 == 0o600
    assert environment.read_text().splitlines() == [
        "VERCEL_TOKEN=''", "VERCEL_ORG_ID=''", "VERCEL_PROJECT_ID=''", "SITE_URL=''", "#ARCHIVE=''",
    ]  # fmt: skip
    environment.write_text("SITE_URL=https://mine")
    for message in ("Unscheduled.", "Nothing is scheduled."):
        assert machine.deploy("unschedule").stdout == f"{message}\n"
    assert list(folder.iterdir()) == []
    assert machine.deploy("schedule").returncode == 0
    assert environment.read_text() == "SITE_URL=https://mine"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param("echo no bus >&2; exit 1", "no bus", id="no-bus"),
        pytest.param(None, "systemctl is not installed", id="no-systemd"),
    ],
)
def test_schedule_without_systemd(script: str | None, reason: str, machine: Machine) -> None:
    if script:
        machine.provide("systemctl", script)
    else:
        machine.environment["PATH"] = str(machine.bin)
    result = machine.deploy("schedule")
    assert result.returncode == 1
    assert result.stderr.endswith(f"{reason}; see docs/publishing.md for ways without systemd\n")
    assert not (machine.home / ".config").exists()
