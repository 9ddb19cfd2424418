"""Daily publications at 00:00 UTC from this folder, by the user's systemd."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.deploy import VARIABLES
from deploy.process import PublishError, output

UNITS = Path(__file__).parent / "systemd"
PROJECT = Path(__file__).parent.parent
TIMER = "spojscore.timer"
# Placeholders in the units.
FOLDER, SEARCH = "%h/spojscore", "PATH=/usr/local/bin:/usr/bin:/bin"


def schedule(_: Path) -> str:
    """Install and start the timer; returns what is left to do. Raises PublishError."""
    environment = Path.home() / ".config" / "spojscore.env"
    folder = unit_folder()
    systemctl("show-environment")  # fails before anything is written
    folder.mkdir(parents=True, exist_ok=True)
    if not environment.exists():
        environment.touch(mode=0o600)
        environment.write_text("".join(f"{name}=''\n" for name in VARIABLES) + "#ARCHIVE=''\n")
    for unit in UNITS.iterdir():
        (folder / unit.name).write_text(render(unit.read_text(), PROJECT, os.environ["PATH"]))
    systemctl("daemon-reload")
    systemctl("enable", "--now", TIMER)
    return (
        f"Scheduled daily. Fill in {environment}. `loginctl enable-linger` keeps it running while "
        "you are logged out."
    )


def unschedule(_: Path) -> str:
    """Stop and remove the timer; returns what was done. Raises PublishError."""
    units = [
        unit for unit in (unit_folder() / unit.name for unit in UNITS.iterdir()) if unit.exists()
    ]
    if not units:
        return "Nothing was scheduled."
    systemctl("disable", "--now", TIMER)
    for unit in units:
        unit.unlink()
    systemctl("daemon-reload")
    return "Unscheduled."


def render(unit: str, project: Path, path: str) -> str:
    """A unit for this project's folder and PATH; % starts a specifier there."""
    search = f"PATH={path}".replace("\\", r"\\").replace('"', r"\"")
    return unit.replace(FOLDER, str(project).replace("%", "%%")).replace(
        SEARCH, search.replace("%", "%%")
    )


def unit_folder() -> Path:
    return Path.home() / ".config" / "systemd" / "user"


def systemctl(*words: str) -> None:
    try:
        output(["systemctl", "--user", *words], 60)
    except PublishError as error:
        raise PublishError(f"{error}; see docs/publishing.md for ways without systemd") from error
