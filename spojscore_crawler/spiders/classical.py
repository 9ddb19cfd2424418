"""Asks for the pages of SPOJ's list of classical problems."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import (
    CannotResolveHostError,
    CloseSpider,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError

from spojscore_crawler import signals
from spojscore_crawler.items import Problem
from spojscore_crawler.listing import Listing, ListingError, decode, is_bot_check, parse_listing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

NO_ANSWER: dict[type | None, str] = {
    CannotResolveHostError: "there is no such host",
    DownloadConnectionRefusedError: "the connection was refused",
    DownloadFailedError: "the connection broke off",
    DownloadTimeoutError: "no answer in time",
    ResponseDataLossError: "the answer broke off",
}


class ClassicalSpider(Spider):
    """Reads the list by ascending id: the first page, then every page up to the pager's last.

    Whatever goes wrong ends the crawl, with a sentence as its reason. `planned` holds the
    start= of every page of the list, `pages` what was read, by its start=.
    """

    name = "classical"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned = range(0, 1)
        self.pages: dict[int, Listing] = {}
        self.failing = False

    @property
    def failed_page(self) -> Path:
        return Path(f"{self.settings['SPOJSCORE_DB']}.failed.html")

    async def start(self) -> AsyncIterator[Request]:
        address = self.settings["SPOJ_URL"]
        if not is_address(address):
            raise CloseSpider(f"SPOJ_URL is {address!r}, not an http or https address")
        with suppress(OSError):
            self.failed_page.unlink()  # of an earlier crawl
        yield self._request(0, self.parse_first)

    def parse_first(self, response: Response, start: int) -> Iterator[Problem | Request]:
        """The first page plans all others, by its pager."""
        listing = self._read(response)
        size = len(listing.rows)
        if listing.last_start is None:
            raise self._failure(f"{response.url}: no pager", response)
        if listing.last_start % size:
            raise self._failure(
                f"{response.url}: the pager ends at {listing.last_start}, "
                f"which is no multiple of the page's {size} rows",
                response,
            )
        self.planned = range(0, listing.last_start + 1, size)
        for other in self.planned[1:]:
            yield self._request(other, self.parse)
        yield from self._problems(listing, start)

    def parse(self, response: Response, start: int) -> Iterator[Problem]:
        """Every further page."""
        yield from self._problems(self._read(response), start)

    def failed(self, failure: Failure) -> None:
        """A page that could not be had, after all retries, ends the crawl."""
        error, response = failure.value, None
        if isinstance(error, HttpError):
            response = error.response
            reason = f"HTTP {error.response.status}"
            if is_bot_check(decode(error.response.body)):
                reason = f"a bot check ({reason}) instead of the list of problems"
        elif "certificate verify failed" in str(error):
            reason = "the server's certificate can't be trusted"
        else:
            reason = (
                NO_ANSWER.get(type(error)) or str(error).partition("\n")[0] or type(error).__name__
            )
        raise self._failure(f"{failure.request.url}: {reason}", response)  # type: ignore[attr-defined]

    def _request(self, start: int, callback: Callable[..., Iterator[Any]]) -> Request:
        return Request(
            f"{self.settings['SPOJ_URL'].rstrip('/')}/problems/classical/sort=0,start={start}",
            callback=callback,
            errback=self.failed,
            priority=-start,  # in order
            cb_kwargs={"start": start},
        )

    def _read(self, response: Response) -> Listing:
        try:
            return parse_listing(response.body, response.url)
        except ListingError as error:
            raise self._failure(str(error), response) from error

    def _problems(self, listing: Listing, start: int) -> Iterator[Problem]:
        self.pages[start] = listing
        self.crawler.signals.send_catch_log(signals.page_read, spider=self)
        for row in listing.rows:
            yield Problem(**asdict(row))

    def _failure(self, reason: str, response: Response | None) -> CloseSpider:
        """What to raise. The page of the first failure is kept for whoever mends the parser."""
        if not self.failing:
            self.failing = True
            if response is not None:
                try:
                    self.failed_page.write_bytes(response.body)
                except OSError as error:
                    self.logger.warning("The page could not be kept: %s", error)
        return CloseSpider(reason)


def is_address(text: str) -> bool:
    """Whether requests can be sent there."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
