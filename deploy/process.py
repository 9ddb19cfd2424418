"""Runs commands in process groups of their own, so that none survives an interrupted step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import Any

PYTHON_VERSION = "3.12"  # of the published function
GRACE_SECONDS = 10  # between SIGTERM and SIGKILL
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

UV = Path(sys.executable).with_name("uv")

_running: list[subprocess.Popen[str]] = []
_lock = Lock()


class PublishError(Exception):
    """A step of the publication failed. Says why, and what to do."""


def start(command: Sequence[str | Path], **options: Any) -> subprocess.Popen[str]:
    """Start a command that `end_all` will end. Raises PublishError if there is no such command.

    Signals are blocked until it is on the list: one between fork and list would leave it running.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        with _lock:
            process = subprocess.Popen(
                command, text=True, errors="replace", stdin=subprocess.DEVNULL, process_group=0,
                preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, mask),  # noqa: PLW1509
                **options,
            )  # fmt: skip
            _running.append(process)
    except FileNotFoundError as error:
        raise PublishError(f"the command {command[0]} is not installed") from error
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return process


def end_all() -> None:
    """End every running command and whatever it started."""
    with _lock:
        processes = _running.copy()
    for process in processes:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    with suppress(ValueError):
        _running.remove(process)


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a command in the background. Raises PublishError as `start` does."""
    process = start(command, **options)
    try:
        yield process
    finally:
        _end(process)


def run(
    command: Sequence[str | Path], seconds: float, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Raises PublishError if it is missing or takes longer."""
    # Files, because a child left behind could hold a pipe open.
    with TemporaryFile("w+", errors="replace") as out, TemporaryFile("w+", errors="replace") as err:
        with running(command, stdout=out, stderr=err, **options) as process:
            try:
                status = process.wait(seconds)
            except subprocess.TimeoutExpired as error:
                name = Path(command[0]).name
                raise PublishError(f"{name} took longer than {seconds / 60:g} minutes") from error
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().strip())
    return subprocess.CompletedProcess(command, status, *texts)


def output(command: Sequence[str | Path], seconds: float, **options: Any) -> str:
    """What a command prints. If it fails, shows all of its output and raises PublishError."""
    done = run(command, seconds, **options)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        words = " ".join(map(str, [Path(command[0]).name, *command[1:3]]))
        raise PublishError(f"`{words}` failed: {last_line(done)}")
    return str(done.stdout)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """The last line of a command's output, or its exit status if it printed nothing."""
    lines = f"{done.stdout}\n{done.stderr}".split("\n")
    return next((line for line in reversed(lines) if line.strip()), f"status {done.returncode}")


def find_python() -> Path:
    """A Python of the function's version: from the PATH, from pyenv, or installed by uv."""
    find = (UV, "python", "find", "--no-project")
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("pyenv", "prefix", PYTHON_VERSION),
        (*find, PYTHON_VERSION),
        (UV, "python", "install", "--quiet", PYTHON_VERSION),
        (*find, "--managed-python", PYTHON_VERSION),
    )
    for command in commands:
        with suppress(PublishError):
            done = run(command, 300)
            path = Path(done.stdout or "missing")
            python = path / "bin" / f"python{PYTHON_VERSION}" if path.is_dir() else path
            if done.returncode == 0 and python.is_file():
                return python
    raise PublishError(
        f"Python {PYTHON_VERSION}, which Vercel runs, is missing and uv could not install it; "
        f"put a python{PYTHON_VERSION} on the PATH"
    )
