"""Runs `scrapy crawl classical` against a stand-in."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from scrapy.cmdline import execute
from scrapy.settings import default_settings

from tests.support.faults import FaultyStandIn
from tests.support.projects import ROOT

SCRAPY = Path(sys.executable).with_name("scrapy")
FULL_SPEED = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "RETRY_BACKOFF=0", "MIN_PROBLEMS=1")
MAX_SECONDS = 60
MAX_MEMORY = 300_000_000  # bytes of data
# Crawls are forks of a process that has imported Scrapy, which saves 75% of the CPU time. It must
# import neither the settings, which read the environment, nor the reactor.
COMPONENTS = (
    *default_settings.EXTENSIONS_BASE,
    *default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    *default_settings.SPIDER_MIDDLEWARES_BASE,
    "spojscore_crawler.pipelines.database.",
    "spojscore_crawler.progress.",
    "spojscore_crawler.spiders.classical.",
    "scrapy.core.downloader.handlers.http11.",
)
FORKSERVER = get_context("forkserver")
FORKSERVER.set_forkserver_preload([__name__, *(c.rpartition(".")[0] for c in COMPONENTS)])

Factory = Callable[..., FaultyStandIn]


def crawl_args(*settings: str) -> list[str]:
    """The arguments of `scrapy`, for a crawl at full speed."""
    return ["crawl", "classical", *(f"-s{setting}" for setting in (*FULL_SPEED, *settings))]


def start_crawl(url: str, database: Path, *settings: str, **options: Any) -> subprocess.Popen[str]:
    """Start the command `scrapy crawl classical` itself. `options` are Popen's."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [SCRAPY, *crawl_args(*settings)],
        cwd=ROOT,
        env=os.environ | {"SPOJ_URL": url, "SPOJSCORE_DB": str(database)},
        text=True,
        **pipes | options,
    )


class Crawl:
    """One run of `scrapy crawl classical`: its exit status, log and last line.

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
        environment = {"SPOJ_URL": url, "SPOJSCORE_DB": str(database)}
        args = ["scrapy", *crawl_args(*settings), *arguments]
        with NamedTemporaryFile("r") as log:
            process = FORKSERVER.Process(target=_run, args=(args, environment, log.name, setup))
            process.start()
            process.join(MAX_SECONDS)
            process.kill()
            self.status = process.exitcode
            self.log = log.read()
        self.last_line = self.log.strip().rpartition("\n")[2]

    def assert_failed(self, reason: str, content: bytes | None) -> None:
        """Assert that it failed with `reason`, and that the database still has `content`."""
        assert self.last_line == f"error: {reason}; {self.database} is unchanged"
        assert self.status == 1
        assert (self.database.read_bytes() if self.database.exists() else None) == content
        assert not Path(f"{self.database}-journal").exists()


def _run(
    args: list[str], environment: dict[str, str], log: str, setup: Callable[[], object]
) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
    os.dup2(os.open(log, os.O_WRONLY), sys.stderr.fileno())
    os.environ |= environment
    sys.argv = args
    setup()
    execute()
