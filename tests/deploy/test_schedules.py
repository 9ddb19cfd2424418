"""`make schedule` and systemd's timers."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy import schedule as module
from deploy.process import PublishError
from deploy.schedule import UNITS, render, schedule, unschedule
from tests.deploy.conftest import Commands
from tests.support.projects import ROOT
from tests.support.tools import handle_missing_tool


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / ".config" / "systemd" / "user"
    monkeypatch.setattr(module, "UNIT_FOLDER", folder)
    return tmp_path / "home"


def test_units_are_valid(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        handle_missing_tool("systemd-analyze is not installed (Debian's package systemd)")
    project = tmp_path / "50% mine"
    project.mkdir()
    for unit in UNITS:
        text = render(unit.read_text(), project, '/usr/bin:/odd "100%"/bin')
        (tmp_path / unit.name).write_text(text)
    result = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=yes", *tmp_path.glob("spojscore.*")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    service = (tmp_path / "spojscore.service").read_text().splitlines()
    assert f"WorkingDirectory={tmp_path}/50%% mine" in service
    assert 'Environment="PATH=/usr/bin:/odd \\"100%%\\"/bin"' in service


def test_schedule_and_unschedule_twice(home: Path, commands: Commands) -> None:
    commands.add("systemctl")
    for _ in range(2):
        schedule(Path())
        assert commands.take_calls() == [
            "systemctl --user show-environment",
            "systemctl --user daemon-reload",
            "systemctl --user enable --now spojscore.timer",
        ]
    service = module.UNIT_FOLDER / "spojscore.service"
    assert f"\nWorkingDirectory={ROOT}\n" in service.read_text()
    environment = home / ".config" / "spojscore.env"
    assert environment.stat().st_mode & 0o777 == 0o600
    assert environment.read_text().splitlines() == [
        "VERCEL_TOKEN=''", "VERCEL_ORG_ID=''", "VERCEL_PROJECT_ID=''", "SITE_URL=''", "#ARCHIVE=''",
    ]  # fmt: skip
    environment.write_text("SITE_URL=https://mine")
    assert [unschedule(Path()) for _ in range(2)] == ["Unscheduled.", "Nothing is scheduled."]
    assert list(module.UNIT_FOLDER.iterdir()) == []
    schedule(Path())
    assert environment.read_text() == "SITE_URL=https://mine"


@pytest.mark.parametrize("script", ["echo no bus >&2; exit 1", None], ids=["no-bus", "no-systemd"])
def test_schedule_without_systemd(
    script: str | None, home: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script:
        commands.add("systemctl", script)
    monkeypatch.setenv("PATH", str(commands.folder))
    with pytest.raises(PublishError, match=r"(no bus|not installed); docs/publishing\.md "):
        schedule(Path())
    assert not home.exists()
