"""What a terminal shows of a crawl: a progress bar, and errors without tracebacks."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured
from scrapy.signals import item_scraped, spider_closed
from tqdm import tqdm

from spojscore_crawler.items import Page, Problem

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ProgressBar:
    """Shows pages of pages, problems and the time left; does nothing off a terminal."""

    # They log each failed download with a traceback; the command's last line says it plainly.
    DOWNLOAD_ERRORS = ("scrapy.core.scraper", "scrapy.downloadermiddlewares.robotstxt")

    def __init__(self) -> None:
        if not sys.stderr.isatty():
            raise NotConfigured
        for name in self.DOWNLOAD_ERRORS:
            logging.getLogger(name).addFilter(without_traceback)
        self.bar = tqdm(total=1, unit="page", desc="SPOJ", dynamic_ncols=True)
        self.problems = 0
        self.starts: set[int | None] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls()
        crawler.signals.connect(extension.item_scraped, item_scraped)
        crawler.signals.connect(extension.spider_closed, spider_closed)
        return extension

    def item_scraped(self, item: Page | Problem) -> None:
        if isinstance(item, Problem):
            self.problems += 1
            return
        if item.start == 0 and item.end is not None:
            self.bar.total = item.end // len(item.keys) + 1
        self.starts.add(item.start)
        self.bar.n = len(self.starts)
        self.bar.set_postfix_str(f"{self.problems:,} problems", refresh=False)
        self.bar.update(0)

    def spider_closed(self) -> None:
        self.bar.close()


def without_traceback(record: logging.LogRecord) -> bool:
    """A logging filter that lets every record through, failed downloads on one line."""
    if record.msg.startswith("Error downloading"):
        record.exc_info = None
    return True
