"""A progress bar for whoever watches a crawl on a terminal."""

from __future__ import annotations

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

    def __init__(self) -> None:
        if not sys.stderr.isatty():
            raise NotConfigured
        self.bar = tqdm(total=1, unit="page", desc="SPOJ", dynamic_ncols=True)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls()
        crawler.signals.connect(extension.page_read, page_read)
        crawler.signals.connect(extension.spider_closed, spider_closed)
        return extension

    def page_read(self, spider: ClassicalSpider) -> None:
        self.bar.total = len(spider.planned)
        self.bar.set_postfix_str(f"{sum(spider.pages.values()):,} problems", refresh=False)
        self.bar.update()

    def spider_closed(self) -> None:
        self.bar.close()
