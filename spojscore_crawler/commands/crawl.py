"""`scrapy crawl` that tells by its exit status whether the list was committed.

Scrapy's own exits 0 however the crawl ended.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl

if TYPE_CHECKING:
    import argparse

    from scrapy import Spider
    from scrapy.crawler import Crawler


MB = 1_000_000


class Command(ScrapyCrawl):
    crawler: Crawler

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        self.crawler = super()._create_crawler(spidercls)
        return self.crawler

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.exitcode = 1
        assert self.settings
        limit_memory(self.settings.getint("ADDRESS_SPACE") * MB)
        super().run(args, opts)
        # A late Ctrl-C must not turn a commit into a failure.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        stats = self.crawler.stats
        database = self.crawler.settings["SPOJSCORE_DB"]
        if stats and stats.get_value("spojscore/committed"):
            self.exitcode = 0
            say(summary(stats.get_stats(), database))
            if overridden := stats.get_value("spojscore/overridden"):
                say(f"accepted all the same (GATE=accept): {overridden}")
            return
        reason = stats.get_value("spojscore/failure") if stats else None
        print(
            f"error: {reason or 'the crawl broke off, see the log'}; {database} is as it was",
            file=sys.stderr,
        )


def limit_memory(size: int) -> None:
    """Let this process have `size` bytes of address space at most.

    Scrapy's own MEMUSAGE extension does not stop headers that never end.
    """
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    allowed = size if most == resource.RLIM_INFINITY else min(size, most)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, most))


def say(text: str) -> None:
    """Print; a line that can't be shown does not undo a commit."""
    if sys.stdout is None:
        return
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        print(text, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def summary(stats: dict[str, object], database: str) -> str:
    """One line that tells what a committed crawl brought, from its stats."""
    counts = ", ".join(
        f"{stats[f'spojscore/{name}']} {name}" for name in ("new", "changed", "gone", "returned")
    )
    return (
        f"{stats['spojscore/committed']} problems ({counts}) "
        f"in {stats['elapsed_time_seconds']:.0f} s, in {database}"
    )
