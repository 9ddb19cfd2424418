"""`python -m deploy.schedule`: publish daily at 00:00 UTC from this folder; `--undo` stops that.

By systemd's timers of this user, else by his crontab. Twice is the same as once.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
from pathlib import Path

from deploy.deploy import NEEDED
from deploy.toolchain import PublishError, run_step

HERE = Path(__file__).parent
PROJECT = HERE.parent
UNITS = ("spojscore.service", "spojscore.timer")
# What the units in deploy/systemd say where nothing else is known.
FOLDER, SEARCH = "%h/spojscore", "PATH=/usr/local/bin:/usr/bin:/bin"
MARK = "# spojscore"
ENVIRONMENT = Path(".config", "spojscore.env")  # in the home folder


def schedule() -> str:
    """Returns what was done, and what is left to do. Raises PublishError."""
    environment = Path.home() / ENVIRONMENT
    if not environment.exists():
        environment.parent.mkdir(exist_ok=True)
        environment.touch(mode=0o600)
        environment.write_text("".join(f"{name}=''\n" for name in NEEDED) + "#ARCHIVE=''\n")
    if _has_systemd():
        folder = _units_folder()
        folder.mkdir(parents=True, exist_ok=True)
        for unit in UNITS:
            text = (HERE / "systemd" / unit).read_text()
            (folder / unit).write_text(rendered(text, PROJECT, os.environ["PATH"]))
        _run("systemctl", "--user", "daemon-reload")
        _run("systemctl", "--user", "enable", "--now", UNITS[-1])
        _unschedule_cron()
        how = "by systemd; `loginctl enable-linger` keeps it going while you are logged out"
    elif shutil.which("crontab"):
        _write_crontab([*_foreign_lines(), crontab_line(PROJECT, environment, os.environ["PATH"])])
        how = "by cron, in this machine's own time; runs that it misses are not made up for"
    else:
        raise PublishError("there is neither systemd nor cron here; deploy/clock.py needs neither")
    return f"Scheduled daily {how}. It reads {environment}: see that all is set there."


def unschedule() -> str:
    """Returns what was done. Raises PublishError."""
    done = []
    units = [_units_folder() / unit for unit in UNITS]
    if any(unit.exists() for unit in units):
        _run("systemctl", "--user", "disable", "--now", UNITS[-1])
        for unit in units:
            unit.unlink(missing_ok=True)
        _run("systemctl", "--user", "daemon-reload")
        done.append("systemd")
    if _unschedule_cron():
        done.append("cron")
    return f"Unscheduled: {', '.join(done) or 'nothing was scheduled'}."


def _unschedule_cron() -> bool:
    """Whether there was anything to undo."""
    scheduled = bool(shutil.which("crontab")) and _foreign_lines() != _crontab()
    if scheduled:
        _write_crontab(_foreign_lines())
    return scheduled


def rendered(unit: str, project: Path, path: str) -> str:
    """A unit of deploy/systemd for this project's folder and PATH."""
    search = f"PATH={path}".replace("\\", r"\\").replace('"', r"\"")
    return unit.replace(FOLDER, _literal(str(project))).replace(SEARCH, _literal(search))


def crontab_line(project: Path, environment: Path, path: str) -> str:
    """What cron runs at 00:00. It takes a % for the end of the line."""
    command = (
        f"cd {shlex.quote(str(project))} && {{ set -a; . {shlex.quote(str(environment))} && "
        f"PATH={shlex.quote(path)} make publish; }} >>publish.log 2>&1"
    )
    return f"0 0 * * * {command} {MARK}".replace("%", r"\%")


def _literal(text: str) -> str:
    """For a unit, in which % begins a specifier."""
    return text.replace("%", "%%")


def _has_systemd() -> bool:
    command = ["systemctl", "--user", "show-environment"]
    try:
        return not subprocess.run(command, capture_output=True, check=False).returncode
    except FileNotFoundError:
        return False


def _units_folder() -> Path:
    return Path.home() / ".config" / "systemd" / "user"


def _crontab() -> list[str]:
    """None yet is an empty one. Raises PublishError when it can't be read."""
    done = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)
    if done.returncode and "no crontab for" not in done.stderr:
        raise PublishError(f"crontab -l: {done.stderr.strip() or 'it failed'}")
    return done.stdout.splitlines()


def _foreign_lines() -> list[str]:
    return [line for line in _crontab() if not line.endswith(MARK)]


def _write_crontab(lines: list[str]) -> None:
    _run("crontab", "-", text="".join(f"{line}\n" for line in lines))


def _run(*command: str, text: str | None = None) -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PublishError(f"{' '.join(command)}: {done.stderr.strip() or 'it failed'}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.schedule", description=__doc__)
    parser.add_argument("--undo", action="store_true")
    undo = parser.parse_args().undo
    run_step(lambda: print(unschedule() if undo else schedule()))


if __name__ == "__main__":
    main()
