"""Runs commands of the project as processes."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.support.projects import ROOT


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def memory(pid: int) -> int:
    """Memory of a process and its descendants in bytes; shared pages count once."""
    process = psutil.Process(pid)
    total = 0
    for member in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += member.memory_full_info().pss
    return total


@contextmanager
def launch(
    *command: str | Path, cwd: Path = ROOT, until: str
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run `command` in a new process group, and wait for a line that contains `until`.

    Yields the process and its lines so far. Kills the group at the end.
    """
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        lines: list[str] = []
        try:
            for line in process.stdout:
                lines.append(line)
                if until in line:
                    break
            else:
                pytest.fail(f"{command} ended without {until!r}:\n{''.join(lines)}")
            yield process, lines
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
