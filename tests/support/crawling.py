"""Runs `scrapy crawl classical` against a stand-in."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scrapy.cmdline import execute
from scrapy.settings import default_settings

from tests.support.faults import FaultyStandIn
from tests.support.projects import ROOT

SCRAPY = Path(sys.executable).with_name("scrapy")
FULL_SPEED = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "RETRY_BACKOFF=0", "MIN_PROBLEMS=1")
MAX_SECONDS = 60
MAX_MEMORY = 300_000_000  # bytes of data
# Crawls are forks of a process that has imported Scrapy, for a quarter of the CPU time. It must
# import neither the settings, which read the environment, nor the reactor.
COMPONENTS = (
    *default_settings.EXTENSIONS_BASE,
    *default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    *default_settings.SPIDER_MIDDLEWARES_BASE,
    "spojscore_crawler.pipelines.database.",
    "spojscore_crawler.progress.",
    "spojscore_crawler.spiders.classical.",
    "scrapy.core.downloader.handlers.http11.",
    "scrapy.pqueues.",
    "scrapy.shell.",
    "scrapy.utils.test.",
)
FORKSERVER = get_context("forkserver")
FORKSERVER.set_forkserver_preload([__name__, *(c.rpartition(".")[0] for c in COMPONENTS)])

Factory = Callable[..., FaultyStandIn]
Served = Factory  # until all tests say Factory


def crawl_arguments(*settings: str, arguments: Sequence[str] = ()) -> list[str]:
    """The arguments of `scrapy`, for a crawl at full speed."""
    options = [word for setting in (*FULL_SPEED, *settings) for word in ("-s", setting)]
    return ["crawl", "classical", *options, *arguments]


def start_crawl(url: str, database: Path, *settings: str, **options: Any) -> subprocess.Popen[str]:
    """Start the command `scrapy crawl classical` itself. `options` are Popen's."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [SCRAPY, *crawl_arguments(*settings)],
        cwd=ROOT,
        env=os.environ | {"SPOJ_URL": url, "SPOJSCORE_DB": str(database)},
        text=True,
        **pipes | options,
    )


class Crawl:
    """One run of `scrapy crawl classical`: its exit status, output, log and last line.

    `setup` is called in the process of the crawl, before it.
    """

    def __init__(
        self,
        url: str,
        database: Path,
        *settings: str,
        arguments: Sequence[str] = (),
        setup: Callable[[], object] = int,
    ) -> None:
        self.database = database
        self.failed_page = Path(f"{database}.failed.html")
        environment = {"SPOJ_URL": url, "SPOJSCORE_DB": str(database)}
        words = ["scrapy", *crawl_arguments(*settings, arguments=arguments)]
        with TemporaryDirectory() as folder:
            files = [Path(folder, name) for name in ("stdout", "stderr")]
            process = FORKSERVER.Process(target=_run, args=(words, environment, files, setup))
            process.start()
            process.join(MAX_SECONDS)
            process.kill()
            self.status = process.exitcode
            self.output, self.log = (file.read_text() for file in files)
        self.error = self.log.strip().rpartition("\n")[2]

    def assert_failed(self, reason: str, content: bytes | None) -> None:
        """Assert that it failed with `reason`, and that the database still has `content`."""
        assert self.error == f"error: {reason}; {self.database} is unchanged"
        assert (self.status, self.output) == (1, "")
        assert (self.database.read_bytes() if self.database.exists() else None) == content
        assert not Path(f"{self.database}-journal").exists()


def _run(
    words: list[str], environment: dict[str, str], files: list[Path], setup: Callable[[], object]
) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
    for number, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.environ |= environment
    sys.argv = words
    setup()
    execute()


def at_page(server: FaultyStandIn, number: int, action: Callable[[], object]) -> None:
    """Run `action` at request number `number` for a page of the list."""
    numbers = count(1)
    server.on_page = lambda: action() if next(numbers) == number else None
