"""Collects the crawl's problems, commits them when the gate finds them fit, and reports."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from spojscore_crawler import database, gate
from spojscore_crawler.lock import Lock, LockError
from spojscore_crawler.report import Report, refusals

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from spojscore_crawler.items import Problem
    from spojscore_crawler.spiders.classical import ClassicalSpider

logger = logging.getLogger(__name__)


class DatabasePipeline:
    """Sets the stat `spojscore/committed` after a commit, else `spojscore/failure` to the reason.

    It commits on the signal spider_closed, for close_spider() is not told how the crawl ended.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.path = Path(crawler.settings["SPOJSCORE_DB"]).absolute()
        self.problems: list[Problem] = []
        self.before: dict[int, int] = {}
        self.lock: Lock | None = None
        self.started = datetime.now(UTC)
        self.started_clock = time.monotonic()
        self.report = Report(started=self.started.isoformat(timespec="seconds"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_closed, signals.spider_closed)
        return pipeline

    def open_spider(self) -> None:
        """Whatever would keep the crawl from being committed is told before it begins."""
        spider = self.crawler.spider
        assert spider is not None
        try:
            database.check(self.path)
            self.lock = Lock(self.path)
            self.report.refusals = refusals(self.path)
            self.save_report()
            self.limits = gate.Limits.read(self.crawler.settings)
            self.before = database.last_list(self.path, self.started.date())
        except (database.DatabaseError, LockError, ValueError) as error:
            raise CloseSpider(str(error)) from error
        spider.known = self.before.keys()  # type: ignore[attr-defined]

    def process_item(self, item: Problem) -> Problem:
        self.problems.append(item)
        return item

    def spider_closed(self, spider: ClassicalSpider, reason: str) -> None:
        self.report.pages = len(spider.reading.pages)
        # The clock may have been set in between.
        finished = self.started + timedelta(seconds=time.monotonic() - self.started_clock)
        self.report.finished = finished.isoformat(timespec="seconds")
        if reason == "finished":
            self.commit_if_fit(spider, finished)
        else:
            self.report.outcome = "failed"
            self.report.reason = "the crawl was interrupted" if reason == "shutdown" else reason
        assert self.crawler.stats
        if self.report.outcome != "committed":
            self.crawler.stats.set_value("spojscore/failure", self.report.reason)
        if self.lock:
            self.save_report()
            self.lock.close()

    def commit_if_fit(self, spider: ClassicalSpider, finished: datetime) -> None:
        found = gate.findings(spider.reading, self.problems, self.before, self.limits)
        self.report.findings = found
        self.report.counts = {"problems": len(self.problems)}
        sentences = "; ".join(finding.sentence for finding in found)
        if not self.limits.allow(found):
            self.report.outcome, self.report.reason = "refused", sentences
            return
        crawl = database.Crawl(self.started, finished, self.report.pages, sentences or None)
        try:
            changes = database.commit(self.path, self.problems, crawl, self.report.refusals)
        except database.DatabaseError as error:
            self.report.outcome, self.report.reason = "failed", str(error)
            return
        self.report.outcome, self.report.refusals = "committed", []
        self.report.counts |= asdict(changes)
        assert self.crawler.stats
        for name, count in asdict(changes).items():
            self.crawler.stats.set_value(f"spojscore/{name}", count)
        self.crawler.stats.set_value("spojscore/overridden", sentences)
        self.crawler.stats.set_value("spojscore/committed", len(self.problems))

    def save_report(self) -> None:
        """A report that can't be written undoes no crawl: the database decides."""
        try:
            self.report.write(self.path)
        except OSError as error:
            logger.warning("The report could not be written: %s", error)
