"""Buffers the crawl's items and commits them if the gate accepts them."""

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from filelock import FileLock
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem
from twisted.python.failure import Failure

from spojscore_crawler import gate
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.store import commit, files
from spojscore_crawler.store.state import LastList, last_list

STOP_REASON = "the crawl stopped early; see the log"
ACCEPT_HINT = "; if this is right, crawl again with -s GATE=accept"
NOT_RECHECKED = ", first and last pages not re-read"
REASONS = {"shutdown": "the crawl was interrupted", "start_error": STOP_REASON}


class DatabasePipeline:
    """Sets the stat `spojscore/committed` after a commit, else `spojscore/failure` to the reason.

    Commits on the signal spider_closed, because close_spider() does not get the reason.
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
        """End the crawl before its first request if it could not be committed."""
        try:
            if (name := self.settings["SPOJSCORE_DB"]).endswith("/"):
                raise ValueError(f"SPOJSCORE_DB is {name!r}, not a file")
            files.check_writable(self.path)
            self.lock = files.lock(self.path)
            self.limits = {
                name: self.read_limit(name, maximum) for name, maximum in gate.LIMITS.items()
            }
            if self.settings["GATE"] not in ("", "accept"):
                raise ValueError(f"GATE is {self.settings['GATE']!r}, not 'accept'")
            self.last_list: LastList | None = last_list(self.path, self.started.date())
        except (files.StoreError, ValueError) as error:
            raise CloseSpider(str(error)) from error

    def read_limit(self, name: str, maximum: int) -> float:
        """Read the setting `name`. Raises ValueError unless it is between 0 and `maximum`."""
        with suppress(TypeError, ValueError):
            if 0 <= (number := self.settings.getfloat(name)) <= maximum:
                return number
        raise ValueError(f"{name} is {self.settings[name]!r}, not a number from 0 to {maximum}")

    def process_item(self, item: Page | Problem) -> Problem:
        if isinstance(item, Page):
            self.pages.append(item)
            raise DropItem("pages are not exported", log_level="DEBUG")
        self.problems.append(item)
        return item

    def spider_error(self, failure: Failure) -> None:
        """Mark the crawl as failed: Scrapy continues after an error in the spider."""
        if not self.stats.get_value("spojscore/failure"):
            self.stats.set_value("spojscore/failure", f"{STOP_REASON}: {failure.value!r}")

    def spider_closed(self, reason: str) -> None:
        failure = self.stats.get_value("spojscore/failure")
        if reason == "finished" and not failure:
            failure = self.commit()
        elif not failure:
            failure = REASONS.get(reason, reason)
        if failure:
            self.stats.set_value("spojscore/failure", failure)
        if self.lock:
            self.lock.release()

    def commit(self) -> str | None:
        """Commit the crawl. Returns the reason if it is refused or fails."""
        now = max(datetime.now(UTC), self.started)  # the clock may go back
        crawl = gate.Crawl(
            self.pages, self.problems, self.last_list, self.limits, started=self.started, now=now
        )
        violations, is_overridable = gate.judge(crawl)
        findings = "; ".join(violations.values())
        if violations and not (is_overridable and self.settings["GATE"]):
            return findings + ACCEPT_HINT * is_overridable
        source = self.pages[0].source + NOT_RECHECKED * (not crawl.is_rechecked)
        row = commit.Crawl(
            started=crawl.times[0],
            finished=crawl.times[-1],
            pages=len(crawl.readings),
            source=self.settings["SOURCE"] or source,
            overridden=findings or None,
        )
        try:
            changes = commit.commit(self.path, self.problems, row)
        except files.StoreError as error:
            return str(error)
        self.stats.set_value("spojscore/changes", asdict(changes))
        self.stats.set_value("spojscore/overridden", findings)
        self.stats.set_value("spojscore/committed", len(self.problems))
        return None
