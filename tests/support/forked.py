"""`scrapy` run in a fork of a process that has imported it already, for a third of the CPU time.

`python -m tests.support.forked N` is that process; N is the number of its socket.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import IO, NoReturn

LIMIT = 60  # seconds, for one run
MESSAGE = 1 << 20  # bytes at most
# All that a crawl imports but the settings, which read the environment, and the reactor.
PRELOADED = (
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "scrapy.crawler",
    "scrapy.extensions.throttle",
    "spojscore_crawler.middlewares",
    "spojscore_crawler.pipelines.database",
    "spojscore_crawler.pipelines.score",
    "spojscore_crawler.progress",
    "spojscore_crawler.spiders.classical",
)


@dataclass(frozen=True)
class Run:
    """Exit status, as subprocess has it, and peak memory in bytes."""

    status: int
    peak_memory: int


def run(words: Sequence[str], output: IO[str], log: IO[str]) -> Run:
    """Run `scrapy` with these words and the environment as it is now."""
    message = json.dumps({"words": words, "environment": dict(os.environ)}).encode()
    channel = _parent()
    socket.send_fds(channel, [message], [output.fileno(), log.fileno()])
    return Run(**json.loads(channel.recv(MESSAGE)))


@cache
def _parent() -> socket.socket:
    """The socket of this process's parent of crawls, which ends with it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        number = theirs.fileno()
        subprocess.Popen([sys.executable, "-m", __name__, str(number)], pass_fds=[number])
    return ours


def serve(channel: socket.socket) -> None:
    for module in PRELOADED:
        __import__(module)
    while True:
        message, files, _, _ = socket.recv_fds(channel, MESSAGE, 2)
        if not message:
            return
        process = os.fork()
        if not process:
            become_scrapy(**json.loads(message), files=files)
        for file in files:
            os.close(file)
        _, status, usage = os.wait4(process, 0)
        result = Run(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024)
        channel.send(json.dumps(result.__dict__).encode())


def become_scrapy(words: list[str], environment: dict[str, str], files: list[int]) -> NoReturn:
    from scrapy.cmdline import execute  # noqa: PLC0415  (not needed by who only calls run)

    signal.alarm(LIMIT)
    for number, file in enumerate(files, 1):
        os.dup2(file, number)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["scrapy", *words]
    status: object = 1
    try:
        execute()
    except SystemExit as end:
        status = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 0 if status is None else 1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
