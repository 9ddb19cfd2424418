"""The commands that a publication runs beside this project's own code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

# What the function runs on at Vercel.
PYTHON_VERSION = "3.12"
GRACE = 10  # seconds that a command which is stopped has to end by itself

UV = Path(sys.executable).with_name("uv")


class PublishError(Exception):
    """A step of the publication failed. Says why, and what to do."""


class TimeIsUpError(PublishError):
    """A step took longer than it may."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeIsUpError where more time than that has passed; only in the main thread."""

    def stop(*_: object) -> None:
        raise TimeIsUpError(f"it took longer than {seconds / 60:g} minutes")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def started(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a command in a process group of its own, and end what is left of that group.

    It inherits open files, so that what survives a kill still holds the lock of a publication.
    Raises PublishError when there is no such command.
    """
    try:
        process = subprocess.Popen(
            command, text=True, errors="replace", start_new_session=True, close_fds=False,
            stdin=subprocess.DEVNULL, **options,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise PublishError(f"the command {command[0]} is not installed") from error
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)


def run(command: Sequence[str | Path], **options: Any) -> tuple[int, str, str]:
    """The exit status of a command, and what it prints on standard output and error."""
    # Not into pipes, which what the command leaves behind may hold open.
    with TemporaryFile("w+", errors="replace") as out, TemporaryFile("w+", errors="replace") as err:
        with started(command, stdout=out, stderr=err, **options) as process:
            status = process.wait()
        return status, _text(out), _text(err)


def output(command: Sequence[str | Path], **options: Any) -> str:
    """What a command prints. When it fails, shows all that it said and raises PublishError."""
    status, printed, errors = run(command, **options)
    if status:
        said = f"{printed}\n{errors}".strip()
        *more, reason = said.splitlines() or [f"exit status {status}"]
        if more:
            print(said, file=sys.stderr)
        words = " ".join(map(str, [Path(command[0]).name, *command[1:3]]))
        raise PublishError(f"`{words}` failed: {reason}")
    return printed


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip()


def find_python() -> Path:
    """A Python of the version that Vercel runs: on the PATH, pyenv's, or one that uv installs."""
    places: tuple[tuple[str | Path, ...], ...] = (
        (f"python{PYTHON_VERSION}", "-c", "import sys; print(sys.base_prefix)"),
        ("pyenv", "prefix", PYTHON_VERSION),
        (UV, "python", "install", "--quiet", PYTHON_VERSION),
        (UV, "python", "find", "--managed-python", PYTHON_VERSION),
    )
    for command in places:
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        found = Path(done.stdout.strip())
        python = found / "bin" / f"python{PYTHON_VERSION}" if found.is_dir() else found
        if python.is_file():
            return python
    raise PublishError(
        f"Python {PYTHON_VERSION}, which Vercel runs, is not here and uv could not install it; "
        f"install it so that python{PYTHON_VERSION} is on the PATH"
    )
