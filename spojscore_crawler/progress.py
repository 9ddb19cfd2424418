"""Terminal output: a progress bar, and errors without tracebacks."""

import logging
import sys
from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult
from tqdm import tqdm

from spojscore_crawler.items import Page, Problem


class ProgressBarPipeline:
    """Shows the pages read and the time left, if standard error is a terminal."""

    def __init__(self) -> None:
        self.bar = tqdm(total=1, unit="page", desc="SPOJ", dynamic_ncols=True, disable=None)
        self.starts: set[int | None] = set()

    def process_item(self, item: Page | Problem) -> Page | Problem:
        if isinstance(item, Page) and item.start not in self.starts:
            if not self.starts and item.end is not None:
                self.bar.total = item.end // len(item.keys) + 1
            self.starts.add(item.start)
            self.bar.update()
        return item

    def close_spider(self) -> None:
        self.bar.close()


class QuietLogFormatter(LogFormatter):
    """Logs failed downloads, with their tracebacks, at a level that a terminal does not show."""

    def __init__(self) -> None:
        if sys.stderr.isatty():
            # Logs a traceback if the site is unreachable; the crawl's last line has the reason.
            logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)

    def download_error(self, *args: Any, **kwargs: Any) -> LogFormatterResult:
        return super().download_error(*args, **kwargs) | {"level": logging.INFO}
