"""Runs commands in their own process groups, so that none survives an interrupted step."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

PYTHON_VERSION = "3.12"  # of the published function
UV = Path(sys.executable).with_name("uv")
GRACE_SECONDS = 10  # between SIGTERM and SIGKILL
PRINT_PREFIX = "import sys; print(sys.base_prefix)"


class PublishError(Exception):
    """A step of the publication failed. The message says why, and what to do."""


@contextmanager
def _delayed_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt at the end if SIGINT or SIGTERM arrived."""
    # Not a signal mask, which applies to one thread only.
    arrivals: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    handlers = {
        number: signal.signal(number, lambda n, _: arrivals.append(n)) for number in signals
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if arrivals:
        raise KeyboardInterrupt


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the background. Stops it and its child processes at the end."""
    process = None
    try:
        with _delayed_signals():
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, process_group=0, **options
            )
        yield process
    except FileNotFoundError as error:
        raise PublishError(f"{command[0]} is not installed") from error
    finally:
        if process:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(GRACE_SECONDS)


def run(command: Sequence[str | Path], timeout: float, *, secret: str = "", **options: Any) -> str:
    """Run a command and return its output without `secret`. If it fails, print the output."""
    name = " ".join(map(str, [Path(command[0]).name, *command[1:3]]))
    # Files, because an orphaned child process could keep a pipe open.
    with TemporaryFile() as out, TemporaryFile() as err:
        with running(command, stdout=out, stderr=err, **options) as process:
            try:
                status = process.wait(timeout)
            except subprocess.TimeoutExpired as error:
                raise PublishError(f"`{name}` took longer than {timeout / 60:g} minutes") from error
        texts = []
        for file in (out, err):
            file.seek(0)
            text = file.read().decode(errors="replace").strip()
            texts.append(text.replace(secret, "***") if secret else text)
    if status:
        print(*texts, sep="\n", file=sys.stderr, flush=True)
        reason = "\n".join(texts).strip().rpartition("\n")[2] or f"exit status {status}"
        raise PublishError(f"`{name}` failed: {reason}")
    return texts[0]


def find_python() -> Path:
    """Find a Python of the function's version: pyenv's, or one that uv finds or installs."""
    pyenv = ("pyenv", "prefix", PYTHON_VERSION)
    uv = (UV, "run", "--no-project", f"--python={PYTHON_VERSION}", "python", "-c", PRINT_PREFIX)
    for command in (pyenv, uv):
        with suppress(PublishError):
            python = Path(run(command, 600), "bin", f"python{PYTHON_VERSION}")
            if python.is_file():
                return python
    raise PublishError(f"uv could not install Python {PYTHON_VERSION}; install it by hand")
