"""Commands that steps run, and that they leave no processes behind."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from select import select
from typing import Any

import pytest

from deploy import __main__, process
from deploy.process import find_python, run

# Writes both process ids. Both ignore SIGTERM.
COMMAND_WITH_CHILD = ["sh", "-c", "trap '' TERM; tail -f /dev/null & echo $$ $! >pids; wait"]


@pytest.fixture
def pids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pipe in the current folder that COMMAND_WITH_CHILD writes its process ids to."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pids")
    return Path("pids")


def assert_ends(pid: int) -> None:
    """Assert that the process, which may be orphaned, ends within half a minute."""
    with suppress(ProcessLookupError):
        file = os.pidfd_open(pid)
        assert select([file], [], [], 30)[0]
        os.close(file)


@pytest.mark.usefixtures("httpserver")  # it has a thread, which may get the signal
@pytest.mark.parametrize("method", ["__init__", "wait"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_interrupted_step_leaves_no_process(
    number: int, method: str, pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal arrives right after the fork, or while the step waits for the command."""
    family: list[str] = []
    original = getattr(subprocess.Popen, method)

    def interrupt(popen: subprocess.Popen[bytes], *args: Any, **options: Any) -> Any:
        result = original(popen, *args, **options) if family or method == "__init__" else None
        if not family:
            family.extend(pids.read_text().split())
            os.kill(os.getpid(), number)
        return result

    monkeypatch.setattr(subprocess.Popen, method, interrupt)
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.1)
    monkeypatch.setitem(__main__.STEPS, "build", lambda _: process.run(COMMAND_WITH_CHILD, 60))
    monkeypatch.setattr(sys, "argv", ["deploy", "build"])
    with pytest.raises(SystemExit, match=r"^error: interrupted$"):
        __main__.main()
    assert len(family) == 2
    for pid in family:
        assert_ends(int(pid))


def test_command_may_leave_process_with_its_output(tmp_path: Path) -> None:
    """Vercel's CLI may do so."""
    for name in ("started", "end"):
        os.mkfifo(tmp_path / name)
    script = "setsid sh -c 'echo >started; cat end' & cat started; echo done"
    assert run(["sh", "-c", script], 30, cwd=tmp_path) == "done"
    (tmp_path / "end").write_text("")


def test_function_python() -> None:
    version = run([find_python(), "--version"], 30)
    assert version.startswith("Python 3.12.")
