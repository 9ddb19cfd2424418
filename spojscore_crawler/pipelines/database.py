"""Buffers the crawl's items, commits them when the gate finds them fit, and reports."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from spojscore_crawler import gate
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store import commit, files
from spojscore_crawler.store.report import Report, refusals
from spojscore_crawler.store.state import last_list

if TYPE_CHECKING:
    from filelock import FileLock
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from spojscore_crawler.store.state import LastList

logger = logging.getLogger(__name__)

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
        started = self.started.isoformat(timespec="seconds")
        self.report = Report(started=started, process=os.getpid())

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
            self.report.refusals = refusals(self.path)
            self.save_report()
            self.limits = gate.Limits.read(self.crawler.settings)
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
        # The clock may have been set in between.
        now = self.started + timedelta(seconds=time.monotonic() - self.started_clock)
        self.report.finished = now.isoformat(timespec="seconds")
        self.report.pages = len({page.start for page in self.pages})
        assert self.crawler.stats
        failure = self.crawler.stats.get_value("spojscore/failure")
        self.report.outcome = "failed"
        self.report.reason = failure or REASONS.get(reason, reason)
        if reason == "finished" and not failure:
            self.commit_if_fit(now)
        if not self.crawler.stats.get_value("spojscore/committed"):
            self.crawler.stats.set_value("spojscore/failure", self.report.reason)
        if self.lock:
            self.save_report()
            self.lock.release()

    def commit_if_fit(self, now: datetime) -> None:
        crawl = gate.Crawl(
            self.pages, self.problems, self.before, self.limits, began=self.started, now=now
        )
        verdict = gate.judge(crawl)
        sentences = "; ".join(verdict.findings.values())
        self.report.findings = verdict.findings
        self.report.fenced = crawl.fenced
        self.report.counts = {"problems": len(self.problems)}
        if not verdict.fit:
            self.report.outcome, self.report.reason = "refused", sentences
            return
        row = commit.Crawl(
            started=crawl.times[0],
            finished=crawl.times[-1],
            pages=self.report.pages,
            source=self.crawler.settings["SOURCE"] or crawl.source,
            overridden=sentences or None,
        )
        try:
            changes = commit.commit(self.path, self.problems, row, self.report.refusals)
        except files.StoreError as error:
            self.report.outcome, self.report.reason = "failed", str(error)
            return
        self.report.outcome, self.report.reason = "committed", None
        self.report.refusals = []
        self.report.started = row.started.isoformat(timespec="seconds")
        self.report.counts |= asdict(changes)
        assert self.crawler.stats
        for name, count in asdict(changes).items():
            self.crawler.stats.set_value(f"spojscore/{name}", count)
        self.crawler.stats.set_value("spojscore/overridden", sentences)
        self.crawler.stats.set_value("spojscore/committed", len(self.problems))

    def save_report(self) -> None:
        """A report that cannot be written undoes no crawl: the database decides."""
        try:
            self.report.write(self.path)
        except OSError as error:
            logger.warning("The report could not be written: %s", error)
