"""Runs `scrapy crawl classical` against a stand-in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import Any

import pytest

from tests.support import forked
from tests.support.faults import FaultyStandIn
from tests.support.projects import ROOT

SCRAPY = Path(sys.executable).parent / "scrapy"
FULL_SPEED = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "RETRY_BACKOFF=0", "MIN_PROBLEMS=1")


def crawl_words(*settings: str, arguments: Sequence[str] = ()) -> list[str]:
    """The words after `scrapy`, for a crawl at full speed."""
    options = [word for setting in (*FULL_SPEED, *settings) for word in ("-s", setting)]
    return ["crawl", "classical", *options, *arguments]


def started_crawl(
    url: str, database: Path, *settings: str, **options: Any
) -> subprocess.Popen[str]:
    """The command `scrapy crawl classical` itself, as a process. `options` are Popen's."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {"SPOJ_URL": url, "SPOJSCORE_DB": str(database)}
    return subprocess.Popen(
        [SCRAPY, *crawl_words(*settings)],
        cwd=ROOT,
        env=os.environ | environment,
        text=True,
        **pipes | options,
    )


def command(words: Sequence[str], **options: Any) -> forked.Run:
    process = subprocess.Popen(words, **options)
    limit = Timer(forked.LIMIT, process.kill)
    limit.start()
    # Unlike Popen.wait(), it also returns the peak memory.
    _, status, usage = os.wait4(process.pid, 0)
    limit.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return forked.Run(process.returncode, usage.ru_maxrss * 1024)


class Crawl:
    """One run of `scrapy crawl classical`: its exit status, output, log and last line.

    With `prefix`, `env` or `options`, which are Popen's, it is the command itself, else a fork of a
    process that has imported Scrapy already. `peak_memory` is in bytes.
    """

    def __init__(
        self,
        url: str,
        database: Path,
        *settings: str,
        arguments: Sequence[str] = (),
        prefix: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        self.database = database
        self.failed_page = Path(f"{database}.failed.html")
        words = crawl_words(*settings, arguments=arguments)
        environment = {"SPOJ_URL": url, "SPOJSCORE_DB": str(database), **(env or {})}
        with (
            TemporaryFile("w+") as output,
            TemporaryFile("w+") as log,
            pytest.MonkeyPatch.context() as patch,
        ):
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.chdir(ROOT)
            if prefix or env or options:
                files = {"stdout": output, "stderr": log}
                run = command([*prefix, str(SCRAPY), *words], **files | options)
            else:
                run = forked.run(words, output, log)
            self.status, self.peak_memory = run.status, run.peak_memory
            output.seek(0)
            log.seek(0)
            self.output, self.log = output.read(), log.read()
        self.error = self.log.strip().splitlines()[-1]

    def failed(self, reason: str, before: bytes | None) -> bool:
        """Whether it failed with `reason` and left the database unchanged."""
        assert self.error == f"error: {reason}; {self.database} is unchanged"
        assert self.status == 1
        assert self.output == ""
        assert self.peak_memory < 300_000_000  # a process begins with its parent's
        assert (self.database.read_bytes() if self.database.exists() else None) == before
        assert not Path(f"{self.database}-journal").exists()
        return True


Served = Callable[..., FaultyStandIn]


def at_page(server: FaultyStandIn, number: int, action: Callable[[], object]) -> None:
    """Run `action` at request number `number` for a page of the list."""
    numbers = count(1)
    server.on_page = lambda: action() if next(numbers) == number else None
