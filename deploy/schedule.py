"""Daily publications at 00:00 UTC from this folder, by this user's systemd."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.online import NEEDED
from deploy.toolchain import PublishError, output

UNITS = Path(__file__).parent / "systemd"
PROJECT = Path(__file__).parent.parent
TIMER = "spojscore.timer"
# What the units say where nothing else is known.
FOLDER, SEARCH = "%h/spojscore", "PATH=/usr/local/bin:/usr/bin:/bin"
ENVIRONMENT = Path(".config", "spojscore.env")  # in the home folder


def schedule(_: Path) -> str:
    """Twice is the same as once. Returns what is left to do; raises PublishError."""
    environment = Path.home() / ENVIRONMENT
    folder = _folder()
    _systemctl("show-environment")  # before anything is written
    folder.mkdir(parents=True, exist_ok=True)
    if not environment.exists():
        environment.touch(mode=0o600)
        environment.write_text("".join(f"{name}=''\n" for name in NEEDED) + "#ARCHIVE=''\n")
    for unit in UNITS.iterdir():
        (folder / unit.name).write_text(rendered(unit.read_text(), PROJECT, os.environ["PATH"]))
    _systemctl("daemon-reload")
    _systemctl("enable", "--now", TIMER)
    return (
        f"Scheduled daily. It reads {environment}: see that all is set there. `loginctl "
        "enable-linger` keeps it going while you are logged out."
    )


def unschedule(_: Path) -> str:
    """Twice is the same as once. Returns what was done; raises PublishError."""
    units = [unit for unit in (_folder() / unit.name for unit in UNITS.iterdir()) if unit.exists()]
    if not units:
        return "Nothing was scheduled."
    _systemctl("disable", "--now", TIMER)
    for unit in units:
        unit.unlink()
    _systemctl("daemon-reload")
    return "Unscheduled."


def rendered(unit: str, project: Path, path: str) -> str:
    """A unit for this project's folder and PATH; % begins a specifier there."""
    search = f"PATH={path}".replace("\\", r"\\").replace('"', r"\"")
    return unit.replace(FOLDER, str(project).replace("%", "%%")).replace(
        SEARCH, search.replace("%", "%%")
    )


def _folder() -> Path:
    return Path.home() / ".config" / "systemd" / "user"


def _systemctl(*words: str) -> None:
    try:
        output(["systemctl", "--user", *words])
    except PublishError as error:
        raise PublishError(f"{error}; docs/publishing.md has ways without systemd") from error
