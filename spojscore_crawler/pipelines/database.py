"""Buffers the crawl's items and commits them when the gate lets them pass."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider, DropItem

from spojscore_crawler import gate
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store import commit, files
from spojscore_crawler.store.state import last_list

if TYPE_CHECKING:
    from filelock import FileLock
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from spojscore_crawler.store.state import LastList

STOPPED = "the crawl stopped early, see the log"
# Words for Scrapy's reasons.
REASONS = {
    "finished": STOPPED,
    "shutdown": "the crawl was interrupted",
    "start_error": STOPPED,
}


class DatabasePipeline:
    """Sets the stat `spojscore/committed` after a commit, else `spojscore/failure` to the reason.

    It commits on the signal spider_closed, because close_spider() does not get the reason.
    """

    def __init__(self, crawler: Crawler) -> None:
        assert crawler.stats
        self.settings, self.stats = crawler.settings, crawler.stats
        self.path = Path(crawler.settings["SPOJSCORE_DB"]).absolute()
        self.pages: list[Page] = []
        self.problems: list[Problem] = []
        self.lock: FileLock | None = None
        self.started = datetime.now(UTC)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_error, signals.spider_error)
        crawler.signals.connect(pipeline.spider_closed, signals.spider_closed)
        return pipeline

    def open_spider(self) -> None:
        """End a crawl that could not be committed before it begins."""
        try:
            files.check_writable(self.path)
            self.lock = files.lock(self.path)
            self.limits = read_limits(self.settings)
            self.last: LastList | None = last_list(self.path, self.started.date())
        except (files.StoreError, ValueError) as error:
            raise CloseSpider(str(error)) from error

    def process_item(self, item: Page | Problem) -> Problem:
        if isinstance(item, Page):
            self.pages.append(item)
            raise DropItem("pages are not exported", log_level="DEBUG")
        self.problems.append(item)
        return item

    def spider_error(self, failure: Failure) -> None:
        """Scrapy goes on after an error in the spider; such a crawl is incomplete."""
        self.stats.set_value("spojscore/failure", f"{STOPPED}: {failure.value!r}")

    def spider_closed(self, reason: str) -> None:
        failure = self.stats.get_value("spojscore/failure")
        if reason == "finished" and not failure:
            failure = self.commit()
        elif not failure:
            failure = REASONS.get(reason, reason)
        self.stats.set_value("spojscore/failure", failure)
        if self.lock:
            self.lock.release()

    def commit(self) -> str | None:
        """Commit the crawl; returns why not when that is not possible."""
        now = max(datetime.now(UTC), self.started)  # the clock may go back
        crawl = gate.Crawl(
            self.pages, self.problems, self.last, self.limits, began=self.started, now=now
        )
        verdict = gate.judge(crawl)
        findings = "; ".join(verdict.findings.values())
        if not verdict.fit:
            return findings
        row = commit.Crawl(
            started=crawl.times[0],
            finished=crawl.times[-1],
            pages=len(crawl.readings),
            source=crawl.source,
            overridden=findings or None,
        )
        try:
            changes = commit.commit(self.path, self.problems, row)
        except files.StoreError as error:
            return str(error)
        for name, count in asdict(changes).items():
            self.stats.set_value(f"spojscore/{name}", count)
        self.stats.set_value("spojscore/overridden", findings)
        self.stats.set_value("spojscore/committed", len(self.problems))
        return None


def read_limits(settings: BaseSettings) -> gate.Limits:
    """Read the gate's limits. Raises ValueError for a setting that makes no sense."""
    if settings["GATE"] not in ("", "accept"):
        raise ValueError(f"GATE is {settings['GATE']!r}, not 'accept'")
    _number(settings, "MAX_PAGES", 1_000_000)  # which the spider reads
    return gate.Limits(
        min_problems=int(_number(settings, "MIN_PROBLEMS", 1_000_000)),
        min_problems_ratio=_number(settings, "MIN_PROBLEMS_RATIO", 1),
        min_users_ratio=_number(settings, "MIN_USERS_RATIO", 1),
        max_renamed_ratio=_number(settings, "MAX_RENAMED_RATIO", 1),
        accept=settings["GATE"] == "accept",
    )


def _number(settings: BaseSettings, name: str, highest: int) -> float:
    try:
        number = settings.getfloat(name) if highest == 1 else settings.getint(name)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= highest:
        kind = "a" if highest == 1 else "a whole"
        raise ValueError(f"{name} is {settings[name]!r}, not {kind} number from 0 to {highest}")
    return number
