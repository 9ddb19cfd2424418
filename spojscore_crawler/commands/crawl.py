"""`scrapy crawl` with a meaningful exit status: Scrapy's own is 0 however the crawl ended."""

import argparse
import asyncio
import sys
from contextlib import suppress
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
        stats = crawler.stats.get_stats() if crawler.stats else {}
        database = crawler.settings["SPOJSCORE_DB"]
        if "spojscore/committed" in stats:
            self.exitcode = 0
            changes = stats["spojscore/changes"].items()
            counts = ", ".join(f"{count} {name}" for name, count in changes)
            problems, seconds = stats["spojscore/committed"], stats["elapsed_time_seconds"]
            message = f"{problems} problems ({counts}) in {seconds:.0f} s, in {database}"
            if overridden := stats["spojscore/overridden"]:
                message += f"\naccepted anyway (GATE=accept): {overridden}"
        else:
            reason = stats.get("spojscore/failure") or "the crawl stopped early; see the log"
            if isinstance(task, asyncio.Task) and task.done() and (error := task.exception()):
                reason = f"Scrapy did not start: {error}; check the settings"
            message = f"error: {reason}; {database} is unchanged"
        # Standard output is for `-O -:json`.
        with suppress(OSError):
            print(message, file=sys.stderr)
