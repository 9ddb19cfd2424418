"""The real `scrapy crawl classical`, of a stand-in on a port of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import Any

from standin.server import StandIn
from tests.support.projects import ROOT

SCRAPY = Path(sys.executable).parent / "scrapy"
FULL_SPEED = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "RETRY_BACKOFF=0", "MIN_PROBLEMS=1")


def started_crawl(
    url: str, database: Path, *settings: str, **options: Any
) -> subprocess.Popen[str]:
    """`scrapy crawl classical` at full speed, as a process.

    `options` are Popen's, but for `arguments`, more words of the command, `prefix`, those
    before it, and `env`, what to add to the environment.
    """
    words = [word for setting in (*FULL_SPEED, *settings) for word in ("-s", setting)]
    words += options.pop("arguments", [])
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*options.pop("prefix", []), SCRAPY, "crawl", "classical", *words],
        cwd=ROOT,
        env=os.environ | {"SPOJ_URL": url, "SPOJSCORE_DB": str(database)} | options.pop("env", {}),
        text=True,
        **pipes | options,
    )


class Crawl:
    """One run of `scrapy crawl classical`: its exit status, output, log and last line.

    `peak_memory` is in bytes.
    """

    def __init__(self, url: str, database: Path, *settings: str, **options: Any) -> None:
        self.database = database
        self.failed_page = Path(f"{database}.failed.html")
        with TemporaryFile("w+") as output, TemporaryFile("w+") as log:
            files = {"stdout": output, "stderr": log}
            process = started_crawl(url, database, *settings, **files | options)
            limit = Timer(60, process.kill)
            limit.start()
            # Unlike Popen's own, it tells the memory too.
            _, status, usage = os.wait4(process.pid, 0)
            limit.cancel()
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.peak_memory = usage.ru_maxrss * 1024
            output.seek(0)
            log.seek(0)
            self.output, self.log = output.read(), log.read()
        self.error = self.log.strip().splitlines()[-1]

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(Path(f"{self.database}.crawl.json").read_bytes())
        return report

    def failed(self, reason: str, before: bytes | None) -> bool:
        """Whether it told the reason, reported it, and left the database as it was before."""
        assert self.error == f"error: {reason}; {self.database} is as it was"
        assert self.status == 1
        assert self.output == ""
        assert self.peak_memory < 200_000_000
        assert self.report["outcome"] in ("refused", "failed")
        assert self.report["reason"] == reason
        assert (self.database.read_bytes() if self.database.exists() else None) == before
        assert not Path(f"{self.database}-journal").exists()
        return True


Served = Callable[..., StandIn]


def at_page(server: StandIn, number: int, action: Callable[[], object]) -> None:
    """Have `action` done when the stand-in is asked for its `number`th page of the list."""
    numbers = count(1)
    server.on_page = lambda: action() if next(numbers) == number else None
