"""What a terminal shows of a crawl: a progress bar, and errors without tracebacks."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured
from scrapy.signals import spider_closed
from tqdm import tqdm

from spojscore_crawler.signals import page_read

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from spojscore_crawler.spiders.classical import ClassicalSpider


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

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls()
        crawler.signals.connect(extension.page_read, page_read)
        crawler.signals.connect(extension.spider_closed, spider_closed)
        return extension

    def page_read(self, spider: ClassicalSpider) -> None:
        pages = spider.reading.pages
        self.bar.total = len(spider.reading.planned)
        self.bar.n = len(pages)
        problems = sum(len(page.rows) for page in pages.values())
        self.bar.set_postfix_str(f"{problems:,} problems", refresh=False)
        self.bar.update(0)

    def spider_closed(self) -> None:
        self.bar.close()


def without_traceback(record: logging.LogRecord) -> bool:
    """A logging filter that lets every record through, failed downloads on one line."""
    if record.msg.startswith("Error downloading"):
        record.exc_info = None
    return True
