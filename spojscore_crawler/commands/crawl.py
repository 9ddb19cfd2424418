"""`scrapy crawl` with a meaningful exit status: Scrapy's own is 0 however the crawl ended."""

import argparse
import os
import signal
import sys
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError


class Command(ScrapyCrawl):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.exitcode = 1
        if len(args) != 1:
            raise UsageError
        assert self.crawler_process
        crawler = self.crawler_process.create_crawler(args[0])
        task: Any = self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        # A late Ctrl-C must not turn a commit into a failure.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        stats = crawler.stats.get_stats() if crawler.stats else {}
        database = crawler.settings["SPOJSCORE_DB"]
        if "spojscore/committed" in stats:
            self.exitcode = 0
            counts = ", ".join(
                f"{stats[f'spojscore/{name}']} {name}"
                for name in ("new", "changed", "delisted", "relisted")
            )
            problems, seconds = stats["spojscore/committed"], stats["elapsed_time_seconds"]
            print_line(f"{problems} problems ({counts}) in {seconds:.0f} s, in {database}")
            if overridden := stats["spojscore/overridden"]:
                print_line(f"accepted anyway (GATE=accept): {overridden}")
            return
        reason = stats.get("spojscore/failure") or "the crawl stopped early; see the log"
        if task.done() and (error := task.exception()):
            reason = f"Scrapy did not start: {error}; check the settings"
        print(f"error: {reason}; {database} is unchanged", file=sys.stderr)


def print_line(text: str) -> None:
    """Print a line. Ignores errors, because the crawl is already committed."""
    if sys.stdout is None:
        return
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        print(text, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
