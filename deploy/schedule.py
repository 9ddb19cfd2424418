"""Schedules daily publications at 00:00 UTC from this folder, with the user's systemd."""

import os
from pathlib import Path

from deploy.deploy import VARIABLES
from deploy.process import PublishError, run

UNITS = tuple((Path(__file__).parent / "systemd").iterdir())
UNIT_FOLDER = Path.home() / ".config" / "systemd" / "user"
TIMER = "spojscore.timer"
# Example values in the unit files, which render() replaces.
EXAMPLE_FOLDER, EXAMPLE_PATH = "%h/spojscore", "PATH=/usr/local/bin:/usr/bin:/bin"


def schedule(_: Path) -> str:
    """Install and start the timer."""
    systemctl("show-environment")  # fail before anything is written
    environment = Path.home() / ".config" / "spojscore.env"
    UNIT_FOLDER.mkdir(parents=True, exist_ok=True)
    if not environment.exists():
        environment.touch(mode=0o600)
        environment.write_text("".join(f"{name}=''\n" for name in VARIABLES) + "#ARCHIVE=''\n")
    for unit in UNITS:
        text = render(unit.read_text(), Path(__file__).parents[1], os.environ["PATH"])
        (UNIT_FOLDER / unit.name).write_text(text)
    systemctl("daemon-reload")
    systemctl("enable", "--now", TIMER)
    return f"Scheduled daily. Fill in {environment}; see docs/publishing.md."


def unschedule(_: Path) -> str:
    """Stop and remove the timer."""
    if not (UNIT_FOLDER / TIMER).exists():
        return "Nothing is scheduled."
    systemctl("disable", "--now", TIMER)
    for unit in UNITS:
        (UNIT_FOLDER / unit.name).unlink(missing_ok=True)
    systemctl("daemon-reload")
    return "Unscheduled."


def render(unit: str, project: Path, path: str) -> str:
    """Fill in a unit. In units, % starts a specifier."""
    path_line = f"PATH={path}".replace("\\", r"\\").replace('"', r"\"").replace("%", "%%")
    unit = unit.replace(EXAMPLE_FOLDER, str(project).replace("%", "%%"))
    return unit.replace(EXAMPLE_PATH, path_line)


def systemctl(*words: str) -> None:
    try:
        run(["systemctl", "--user", *words], 60)
    except PublishError as error:
        raise PublishError(f"{error}; docs/publishing.md has alternatives to systemd") from error
