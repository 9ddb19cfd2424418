"""The tools that publishing needs beside this project's own packages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

# What the function runs on at Vercel.
PYTHON_VERSION = "3.12"

GRACE = 10  # seconds that a command which is stopped has to end by itself

VERCEL = Path(__file__).parent / "node_modules" / ".bin" / "vercel"
UV = Path(sys.executable).with_name("uv")


class PublishError(Exception):
    """A step of the publication failed. Says why, and what to do."""


def run_step(step: Callable[[], None]) -> None:
    """Run a step of the publication; its error becomes one line and exit status 1."""
    # What was begun is then cleared away, as at an interrupt.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        step()
    except (PublishError, OSError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("error: interrupted")


def run_limited(command: Sequence[str], seconds: float, lock: FileLock) -> int | None:
    """Run a command, and stop it with all that it started when it takes longer.

    It holds the lock too, should this process be killed. Returns its exit status, or None when it
    was stopped.
    """
    # A group of its own, which an interrupt from the terminal does not reach: it is handed on.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=[lock._context.lock_file_fd or 0],
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def site_url() -> str:
    """The public site's address, SITE_URL, without a slash at its end. Raises PublishError."""
    url = os.environ.get("SITE_URL", "")
    if not url.startswith(("http://", "https://")):
        raise PublishError(f"SITE_URL is {url!r}, not the site's address, https://…")
    return url.rstrip("/")


def find_vercel() -> Path:
    """Vercel's CLI as deploy/package.json pins it."""
    if not VERCEL.exists():
        raise PublishError("Vercel's CLI is not installed; `make build` does it")
    return VERCEL


def find_python() -> Path:
    """A Python of the version that Vercel runs: on the PATH, pyenv's or uv's (installed by it)."""
    places: tuple[tuple[str | Path, ...], ...] = (
        (f"python{PYTHON_VERSION}", "-c", "import sys; print(sys.executable)"),
        ("pyenv", "prefix", PYTHON_VERSION),
        (UV, "python", "install", "--quiet", PYTHON_VERSION),
        (UV, "python", "find", "--managed-python", PYTHON_VERSION),
    )
    for command in places:
        found = _output(command)
        if found is None:
            continue
        python = Path(found)
        if python.is_dir():
            python = python / "bin" / f"python{PYTHON_VERSION}"
        if python.is_file():
            return python
    raise PublishError(
        f"Python {PYTHON_VERSION}, which Vercel runs, is not here and uv could not install it; "
        f"install it so that python{PYTHON_VERSION} is on the PATH"
    )


def _output(command: tuple[str | Path, ...]) -> str | None:
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return run.stdout.strip()
