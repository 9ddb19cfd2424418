"""Commands that steps run, and that they leave no processes behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from select import select

import pytest

from deploy.process import PublishError, find_python, run
from tests.support.projects import ROOT

# A command with a child process; prints both process ids.
FAMILY = ["sh", "-c", "tail -f /dev/null & echo $$ $! >pids; wait"]
# The step `build` runs that command. With SLOW, Popen returns late, so that the signal comes
# between the fork and the code that could stop the command.
STEP = f"""
import os, subprocess, sys, time
from deploy import __main__, process

class SlowPopen(subprocess.Popen):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        time.sleep(float(os.environ["SLOW"]))

subprocess.Popen = SlowPopen
__main__.STEPS["build"] = lambda database: process.run({FAMILY!r}, 60)
sys.argv = ["deploy", "build"]
__main__.main()
"""


def assert_ends(pid: int) -> None:
    """Assert that the process, which may be orphaned, ends within half a minute."""
    try:
        file = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select([file], [], [], 30)[0]
    finally:
        os.close(file)


@pytest.mark.parametrize(
    "slow", [pytest.param("0", id="running"), pytest.param("1", id="starting")]
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_step_leaves_no_process(number: int, slow: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pids")
    process = subprocess.Popen(
        [sys.executable, "-c", STEP],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SLOW": slow},
        stderr=subprocess.PIPE,
        text=True,
    )
    pids = (tmp_path / "pids").read_text().split()
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (1, "error: interrupted\n")
    for pid in pids:
        assert_ends(int(pid))


def test_stopped_make_leaves_no_process(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pids")
    (tmp_path / "step.py").write_text(STEP)
    (tmp_path / "Makefile").write_text(f"publish:\n\t{sys.executable} step.py\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SLOW": "0"}
    process = subprocess.Popen(["make", "publish"], cwd=tmp_path, env=environment)
    pids = (tmp_path / "pids").read_text().split()
    process.terminate()  # as systemd does
    assert process.wait(60) != 0
    for pid in pids:
        assert_ends(int(pid))


def test_slow_command_is_stopped(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pids")
    reader = subprocess.Popen(["cat", "pids"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    with pytest.raises(PublishError, match=r"^`sh -c .*` took longer than 0.01 minutes$"):
        run(FAMILY, 0.6, cwd=tmp_path)
    for pid in reader.communicate()[0].split():
        assert_ends(int(pid))


def test_command_may_leave_process_with_its_output(tmp_path: Path) -> None:
    """Vercel's CLI may do so."""
    for name in ("started", "end"):
        os.mkfifo(tmp_path / name)
    script = "setsid sh -c 'echo >started; cat end' & cat started; echo done"
    assert run(["sh", "-c", script], 30, cwd=tmp_path) == "done"
    (tmp_path / "end").write_text("")


def test_failure_names_last_line_without_secret(capfd: pytest.CaptureFixture[str]) -> None:
    script = "echo first hunter2; echo the reason hunter2 >&2; exit 3"
    with pytest.raises(PublishError, match=r"^`sh -c .*` failed: the reason \*\*\*$"):
        run(["sh", "-c", script], 30, secret="hunter2")  # noqa: S106
    assert capfd.readouterr().err == "first ***\nthe reason ***\n"


def test_missing_command() -> None:
    with pytest.raises(PublishError, match=r"^no-such is not installed$"):
        run(["no-such"], 30)


def test_function_python() -> None:
    version = run([find_python(), "--version"], 30)
    assert version.startswith("Python 3.12.")
