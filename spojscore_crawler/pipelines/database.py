"""Collects the crawl's problems and commits them when the crawl turned out whole."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from spojscore_crawler import database, gate

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from spojscore_crawler.items import Problem
    from spojscore_crawler.spiders.classical import ClassicalSpider


class DatabasePipeline:
    """Sets the stat `spojscore/committed` after a commit, else `spojscore/failure` to the reason.

    It commits on the signal spider_closed, for close_spider() is not told how the crawl ended.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(crawler.settings["SPOJSCORE_DB"]).absolute()
        self.problems: list[Problem] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_closed, signals.spider_closed)
        return pipeline

    def open_spider(self) -> None:
        try:
            database.check(self.path)
        except database.DatabaseError as error:
            raise CloseSpider(str(error)) from error

    def process_item(self, item: Problem) -> Problem:
        self.problems.append(item)
        return item

    def spider_closed(self, spider: ClassicalSpider, reason: str) -> None:
        stats = self.crawler.stats
        assert stats is not None
        if reason == "finished":
            failures = gate.findings(spider.planned, spider.pages, self.problems)
        else:
            failures = ["the crawl was interrupted" if reason == "shutdown" else reason]
        if not failures:
            try:
                changes = database.commit(
                    self.path, self.problems, stats.get_value("start_time").date()
                )
            except database.DatabaseError as error:
                failures = [str(error)]
        if failures:
            stats.set_value("spojscore/failure", "; ".join(failures))
            return
        for name, count in asdict(changes).items():
            stats.set_value(f"spojscore/{name}", count)
        stats.set_value("spojscore/committed", len(self.problems))
