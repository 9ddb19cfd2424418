"""Asks for the pages of SPOJ's list of classical problems."""

from __future__ import annotations

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
    start= of every page of the list, `pages` the number of rows of each page that was read.
    """

    name = "classical"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned = range(0, 1)
        self.pages: dict[int, int] = {}

    async def start(self) -> AsyncIterator[Request]:
        site = urlsplit(self.settings["SPOJ_URL"])
        if site.scheme not in ("http", "https") or not site.hostname:
            raise CloseSpider(f"SPOJ_URL is {site.geturl()!r}, not an http or https address")
        yield self._request(0, self.parse_first)

    def parse_first(self, response: Response, start: int) -> Iterator[Problem | Request]:
        """The first page plans all others, by its pager."""
        listing = self._read(response)
        size = len(listing.rows)
        if listing.last_start % size:
            raise CloseSpider(
                f"{response.url}: the pager ends at {listing.last_start}, "
                f"which is no multiple of the page's {size} rows"
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
        error = failure.value
        if isinstance(error, HttpError):
            self._keep(error.response)
            reason = f"HTTP {error.response.status}"
            if is_bot_check(decode(error.response.body)):
                reason = f"a bot check ({reason}) instead of the list of problems"
        else:
            reason = (
                NO_ANSWER.get(type(error)) or f"{type(error).__name__}: {error}".splitlines()[0]
            )
        raise CloseSpider(f"{failure.request.url}: {reason}")  # type: ignore[attr-defined]

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
            self._keep(response)
            raise CloseSpider(str(error)) from error

    def _problems(self, listing: Listing, start: int) -> Iterator[Problem]:
        self.pages[start] = len(listing.rows)
        self.crawler.signals.send_catch_log(signals.page_read, spider=self)
        for row in listing.rows:
            yield Problem(**asdict(row))

    def _keep(self, response: Response) -> None:
        """Keep a page that could not be read, for whoever mends the parser."""
        Path(f"{self.settings['SPOJSCORE_DB']}.failed.html").write_bytes(response.body)
