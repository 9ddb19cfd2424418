"""What a terminal shows of a crawl: a progress bar, and errors without tracebacks."""

import logging
import sys
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.signals import item_dropped, spider_closed
from tqdm import tqdm

from spojscore_crawler.items import Page


class ProgressBar:
    """Shows the pages read and the time left; disabled if standard error is no terminal."""

    def __init__(self) -> None:
        if not sys.stderr.isatty():
            raise NotConfigured
        # It logs a traceback for an unreachable site; the command's last line has the reason.
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
        self.bar = tqdm(total=1, unit="page", desc="SPOJ", dynamic_ncols=True)
        self.starts: set[int | None] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls()
        crawler.signals.connect(extension.item_dropped, item_dropped)
        crawler.signals.connect(extension.spider_closed, spider_closed)
        return extension

    def item_dropped(self, item: object) -> None:
        """Count a page. The database pipeline drops it after buffering it."""
        if not isinstance(item, Page) or item.start in self.starts:
            return
        if not self.starts and item.end is not None:
            self.bar.reset(total=item.end // len(item.keys) + 1)
        self.starts.add(item.start)
        self.bar.update()

    def spider_closed(self) -> None:
        self.bar.close()


class QuietLogFormatter(LogFormatter):
    """Logs failed downloads, with their tracebacks, at a level that a terminal does not show."""

    def download_error(self, *args: Any, **kwargs: Any) -> LogFormatterResult:
        return super().download_error(*args, **kwargs) | {"level": logging.INFO}
