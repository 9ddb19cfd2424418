"""Buffers the crawl's items, and commits them if the gate finds them fit."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from spojscore_crawler import gate
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.limits import Limits
from spojscore_crawler.store import commit, files
from spojscore_crawler.store.state import last_list

if TYPE_CHECKING:
    from filelock import FileLock
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from spojscore_crawler.store.state import LastList

BROKE_OFF = "the crawl broke off, see the log"
# What Scrapy says, in words.
REASONS = {
    "finished": BROKE_OFF,
    "shutdown": "the crawl was interrupted",
    "start_error": BROKE_OFF,
}


class DatabasePipeline:
    """Sets the stat `spojscore/committed` after a commit, else `spojscore/failure` to the reason.

    It commits on the signal spider_closed, because close_spider() cannot know how the crawl ended.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(crawler.settings["SPOJSCORE_DB"]).absolute()
        self.pages: list[Page] = []
        self.problems: list[Problem] = []
        self.before: LastList | None = None
        self.lock: FileLock | None = None
        self.started = datetime.now(UTC)
        self.started_clock = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_error, signals.spider_error)
        crawler.signals.connect(pipeline.spider_closed, signals.spider_closed)
        return pipeline

    def open_spider(self) -> None:
        """Whatever would keep the crawl from being committed ends it before it begins."""
        try:
            files.check_writable(self.path)
            self.lock = files.lock(self.path)
            self.limits = Limits.read(self.crawler.settings)
            self.before = last_list(self.path, self.started.date())
        except (files.StoreError, ValueError) as error:
            raise CloseSpider(str(error)) from error

    def process_item(self, item: Page | Problem) -> Page | Problem:
        if isinstance(item, Page):
            self.pages.append(item)
        else:
            self.problems.append(item)
        return item

    def spider_error(self, failure: Failure) -> None:
        """Scrapy goes on after an error in the spider; such a crawl is not whole."""
        assert self.crawler.stats
        self.crawler.stats.set_value("spojscore/failure", f"{BROKE_OFF}: {failure.value!r}")

    def spider_closed(self, reason: str) -> None:
        assert self.crawler.stats
        failure = self.crawler.stats.get_value("spojscore/failure")
        if reason == "finished" and not failure:
            # The clock may have been set in between.
            now = self.started + timedelta(seconds=time.monotonic() - self.started_clock)
            failure = self.commit_if_fit(now)
        else:
            failure = failure or REASONS.get(reason, reason)
        if failure:
            self.crawler.stats.set_value("spojscore/failure", failure)
        if self.lock:
            self.lock.release()

    def commit_if_fit(self, now: datetime) -> str | None:
        """Commit the crawl, or return the reason why not."""
        crawl = gate.Crawl(
            self.pages, self.problems, self.before, self.limits, began=self.started, now=now
        )
        verdict = gate.judge(crawl)
        sentences = "; ".join(verdict.findings.values())
        if not verdict.fit:
            return sentences
        row = commit.Crawl(
            started=crawl.times[0],
            finished=crawl.times[-1],
            pages=len({page.start for page in self.pages}),
            source=self.crawler.settings["SOURCE"] or crawl.source,
            overridden=sentences or None,
        )
        try:
            changes = commit.commit(self.path, self.problems, row)
        except files.StoreError as error:
            return str(error)
        assert self.crawler.stats
        for name, count in asdict(changes).items():
            self.crawler.stats.set_value(f"spojscore/{name}", count)
        self.crawler.stats.set_value("spojscore/overridden", sentences)
        self.crawler.stats.set_value("spojscore/committed", len(self.problems))
        return None
