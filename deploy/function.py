"""Runs the function that `vercel build` made, the way Vercel does."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from deploy.bundle import function_config, function_files
from deploy.toolchain import PublishError, find_python, started

if TYPE_CHECKING:
    from collections.abc import Iterator

START_TIMEOUT = 30  # seconds
POLL = 0.1  # seconds
RECEIVED = 65536  # bytes at once
# Without these even root can't write to what is read-only.
CAPABILITIES = "-dac_override,-dac_read_search"


@dataclass(frozen=True)
class Function:
    """A function that runs: its address, and when it was started (time.monotonic)."""

    url: str
    began: float


@contextmanager
def running(bundle: Path) -> Iterator[Function]:
    """Start the bundle's function in a read-only folder.

    Raises PublishError when it does not start.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spojscore-")))
        config = _unpack(bundle, folder / "task")
        runtime = stack.enter_context(socket.socket(socket.AF_UNIX))
        runtime.bind(str(folder / "ipc"))
        runtime.listen()
        runtime.settimeout(POLL)
        command = [str(find_python()), f"{config['handler'].partition('.')[0]}.py"]
        if os.geteuid() == 0:
            command = ["setpriv", f"--bounding-set={CAPABILITIES}", *command]
        output = stack.enter_context(tempfile.TemporaryFile("w+"))
        environment = {"PATH": os.environ["PATH"], "VERCEL_IPC_PATH": str(folder / "ipc")}
        began = time.monotonic()
        process = stack.enter_context(
            started(
                command, cwd=folder / "task", env=environment | config["environment"],
                stdout=output, stderr=output,
            )
        )  # fmt: skip
        try:
            port = _port(runtime, process)
        except PublishError:
            output.seek(0)
            print(output.read(), file=sys.stderr)
            raise
        yield Function(f"http://127.0.0.1:{port}", began)


def _unpack(bundle: Path, task: Path) -> dict[str, Any]:
    """Lay the function's files out as Vercel does, read-only. Returns its configuration."""
    config = function_config(bundle)
    for name, source in function_files(bundle).items():
        target = task / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    for path in (task, *task.rglob("*")):
        path.chmod(0o555)
    return config


def _port(runtime: socket.socket, process: subprocess.Popen[str]) -> int:
    """The port that the function says it listens on; its further messages are read and dropped."""
    try:
        connection = _connection(runtime, process)
        connection.settimeout(START_TIMEOUT)
        message = json.loads(_first_message(connection))
    except (TimeoutError, ValueError) as error:
        raise PublishError("the function did not start, see above") from error
    if message["type"] != "server-started":
        reason = message["payload"].get("message", "").strip().rpartition("\n")[2]
        raise PublishError(f"the function did not start: {reason}")
    connection.settimeout(None)
    Thread(target=_drain, args=(connection,), daemon=True).start()
    return int(message["payload"]["httpPort"])


def _connection(runtime: socket.socket, process: subprocess.Popen[str]) -> socket.socket:
    """The function's connection. Raises TimeoutError when it ends or dawdles before that."""
    limit = time.monotonic() + START_TIMEOUT
    while True:
        try:
            return runtime.accept()[0]
        except TimeoutError:
            if process.poll() is not None or time.monotonic() > limit:
                raise


def _first_message(connection: socket.socket) -> bytes:
    """Messages are JSON, each ended by a NUL byte."""
    received = b""
    while b"\0" not in received and (more := connection.recv(RECEIVED)):
        received += more
    return received.partition(b"\0")[0]


def _drain(connection: socket.socket) -> None:
    with connection:
        while connection.recv(RECEIVED):
            pass
