"""Requests the pages of SPOJ's list of classical problems."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from spojscore_crawler.failures import describe_bot_check, describe_error
from spojscore_crawler.gate import find_page_error
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.listing import ListingError, parse_listing
from spojscore_crawler.saved import SavedPage, SavedPagesError, read_saved_pages

HTTP_URL = re.compile(r"https?://(\[[0-9a-f:]+\]|[^/\s:\[\]]+)(:[0-9]{1,5})?(/\S*)?")
LOCAL_HOSTS = ("127.0.0.1", "::1", "localhost")


class ClassicalSpider(Spider):
    """Reads the list by ascending id and yields each page and its problems.

    Requests the last page right after the first, and both again at the very end, so that the gate
    can tell whether the list has shifted. A wrong page is retried. Any other failure ends the
    crawl with a readable reason. `-a pages=` reads a folder or a HAR file instead, and `-a day=`
    says which day its pages show.
    """

    name = "classical"

    def __init__(
        self, *args: Any, pages: str | None = None, day: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unknown_arguments = kwargs.keys() - {"name"}
        self.pages_path, self.day_text = pages, day
        self.day: date | None = None
        self.pending_starts: set[int] | None = None  # pages to read, None before the first
        self.parsed_starts: set[int | None] = set()

    @property
    def failed_page_path(self) -> Path:
        return Path(f"{self.settings['SPOJSCORE_DB']}.failed.html")

    async def start(self) -> AsyncIterator[Request | Page | Problem]:
        with suppress(OSError):
            self.failed_page_path.unlink()  # left by an earlier crawl
        if self.unknown_arguments:
            names = ", ".join(self.unknown_arguments)
            raise CloseSpider(f"unknown argument -a {names}; use -a pages= or -a day=")
        url = self.settings["SPOJ_URL"]
        if not HTTP_URL.fullmatch(url):
            raise CloseSpider(f"SPOJ_URL is {url!r}, not an http or https address")
        self.day = self.parse_day()
        if self.pages_path is None:
            yield self.request_page(0)
            return
        try:
            pages = read_saved_pages(Path(self.pages_path), url)
        except SavedPagesError as error:
            raise CloseSpider(str(error)) from error
        for page in pages:
            for item in self.parse(page.response, page.start, page):
                yield item

    def parse(
        self, response: Response, start: int | None, saved_page: SavedPage | None = None
    ) -> Iterator[Request | Page | Problem]:
        """Read a page of the list.

        Only the first reading of a page yields problems (saved pages come newest first). With later
        readings of the first and last pages, the gate detects shifts of the list.
        """
        if reason := describe_bot_check(response):
            raise self.record_failure(f"{response.url}: {reason}", response)
        if "cached" in response.flags:
            reason = "came from Scrapy's HTTP cache; set HTTPCACHE_ENABLED=False"
            raise self.record_failure(f"{response.url}: {reason}")
        try:
            page, problems = parse_listing(response.body, start)
            if page_error := find_page_error(page, start, self.settings.getfloat("MAX_PAGES")):
                raise ListingError(page_error)
        except ListingError as error:
            request = response.request
            retry = request and get_retry_request(request, spider=self, reason=str(error))
            if not retry:
                raise self.record_failure(f"{response.url}: {error}", response) from error
            yield retry
            return
        is_repeat = page.start in self.parsed_starts
        if is_repeat and saved_page and page.start not in (0, page.end):
            return
        self.parsed_starts.add(page.start)
        source = saved_page.source if saved_page else urlsplit(response.url).hostname or ""
        read_at = saved_page.read_at if saved_page else None
        yield replace(page, source=source, read_at=read_at, day=self.day)
        if is_repeat:
            return
        yield from problems
        if response.request:
            yield from self.next_requests(page)

    def next_requests(self, page: Page) -> Iterator[Request]:
        """Request the last page after the first, then the others, then the first and last again."""
        assert page.start is not None
        end = page.end or 0
        if self.pending_starts is None:
            self.last_start = end
            self.pending_starts = set(range(0, end + 1, len(page.keys)))
        self.pending_starts.discard(page.start)
        if not self.pending_starts:
            yield from map(self.request_page, sorted({0, self.last_start}))
        elif page.start == 0:
            yield self.request_page(self.last_start)
        elif page.start == self.last_start:
            yield from map(self.request_page, sorted(self.pending_starts))

    def request_page(self, start: int) -> Request:
        site = self.settings["SPOJ_URL"].rstrip("/")
        return Request(
            f"{site}/problems/classical/sort=0,start={start}",
            errback=self.handle_error,
            priority=-start,  # in order
            cb_kwargs={"start": start},
            dont_filter=True,  # the first and last pages are read twice
        )

    def handle_error(self, failure: Failure) -> None:
        """End the crawl when a page is still not available after all retries."""
        url = failure.request.url  # type: ignore[attr-defined]
        response = getattr(failure.value, "response", None)
        raise self.record_failure(f"{url}: {describe_error(failure.value)}", response)

    def parse_day(self) -> date | None:
        """The day of `-a day=`. Raises CloseSpider if it is invalid or not allowed."""
        if self.day_text is None:
            return None
        host = urlsplit(self.settings["SPOJ_URL"]).hostname
        if self.pages_path is None and host not in LOCAL_HOSTS:
            raise CloseSpider(f"-a day= is for saved pages; {host} shows today's list")
        with suppress(ValueError):
            if (day := date.fromisoformat(self.day_text)).isoformat() == self.day_text:
                return day
        raise CloseSpider(f"-a day={self.day_text} is not a date in the form YYYY-MM-DD")

    def record_failure(self, reason: str, response: Response | None = None) -> CloseSpider:
        """Record why the crawl fails, save the page, and return the exception to raise.

        Pages in flight may fail after that; only the first failure counts.
        """
        assert self.crawler.stats
        if not self.crawler.stats.get_value("spojscore/failure"):
            self.crawler.stats.set_value("spojscore/failure", reason)
            if response is not None:
                with suppress(OSError):
                    self.failed_page_path.write_bytes(response.body)
        return CloseSpider(reason)
