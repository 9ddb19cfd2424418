"""Asks for the pages of SPOJ's list of classical problems."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CloseSpider

from spojscore_crawler.failures import bot_check, why
from spojscore_crawler.gate import page_fault
from spojscore_crawler.listing import Listing, ListingError, parse_listing
from spojscore_crawler.saved import SavedPage, SavedPagesError, saved_pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from spojscore_crawler.items import Page, Problem

LOCAL = ("127.0.0.1", "::1", "localhost")


class ClassicalSpider(Spider):
    """Reads the list by ascending id and yields each page with its problems.

    The last page is asked for right after the first, and both once more at the very end, so that
    the gate sees whether the list shifted meanwhile. A page that came back wrong is asked for
    again. Whatever else goes wrong ends the crawl, with a sentence as its reason. `-a pages=` a
    folder or a HAR file reads the pages that a person saved there, and asks for none. `-a day=`
    says which day they are of.
    """

    name = "classical"

    def __init__(
        self, *args: Any, pages: str | None = None, day: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unknown = kwargs.keys() - {"name"}
        self.saved, self.given_day = pages, day
        self.day: date | None = None
        self.first: Page | None = None
        self.unread: set[int] = set()  # the start= of each page that is still to be read

    @property
    def failed_page(self) -> Path:
        return Path(f"{self.settings['SPOJSCORE_DB']}.failed.html")

    async def start(self) -> AsyncIterator[Request | Page | Problem]:
        with suppress(OSError):
            self.failed_page.unlink()  # of an earlier crawl
        if self.unknown:
            raise CloseSpider(f"-a knows pages= and day=, not {', '.join(self.unknown)}")
        address = self.settings["SPOJ_URL"]
        if not is_address(address):
            raise CloseSpider(f"SPOJ_URL is {address!r}, not an http or https address")
        self.day = self._checked_day()
        if self.saved is not None:
            for item in self._saved_items(Path(self.saved)):
                yield item
            return
        if not str(most := self.settings["MAX_PAGES"]).isdecimal():
            raise CloseSpider(f"MAX_PAGES is {most!r}, not a whole number")
        yield self._request(0)

    def parse(
        self, response: Response, start: int, *, again: bool = False
    ) -> Iterator[Request | Page | Problem]:
        """A page of the list; its problems are yielded unless it was read `again`."""
        if reason := bot_check(response):
            raise self._failure(f"{where(response)}: {reason}", response)
        try:
            listing = parse_listing(response.body, where(response))
            page = self._accepted(listing.page(start), start, response)
        except ListingError as error:
            assert response.request
            retry = get_retry_request(response.request, spider=self, reason="not the page")
            if retry is None:
                raise self._failure(str(error), response) from error
            yield retry
            return
        yield replace(page, source=urlsplit(response.url).hostname or "", day=self.day)
        if not again:
            yield from listing.problems
            yield from self._next_requests(page)

    def failed(self, failure: Failure) -> None:
        """A page that is not available, after all retries, ends the crawl."""
        error = failure.value
        url = failure.request.url  # type: ignore[attr-defined]
        raise self._failure(f"{url}: {why(error)}", getattr(error, "response", None))

    def _checked_day(self) -> date | None:
        """The day of `-a day=`. Raises CloseSpider where it makes no sense."""
        if self.given_day is None:
            return None
        host = urlsplit(self.settings["SPOJ_URL"]).hostname
        if self.saved is None and host not in LOCAL:
            raise CloseSpider(f"-a day={self.given_day} is for saved pages; {host} is read now")
        with suppress(ValueError):
            day = date.fromisoformat(self.given_day)
            if day.isoformat() == self.given_day:
                return day
        raise CloseSpider(f"-a day={self.given_day} is not a day, YYYY-MM-DD")

    def _accepted(self, page: Page, start: int, response: Response) -> Page:
        """The page that was asked for with `start`. Raises ListingError when it is another."""
        first = self.first or page
        if fault := page_fault(page, start, first):
            raise ListingError(f"{where(response)}: {fault}")
        if self.first is None:
            self.unread = self._planned(first, where(response))
            self.first = first
        return page

    def _planned(self, first: Page, url: str) -> set[int]:
        """The start= of every page. Raises ListingError when they are too many."""
        assert first.end is not None
        planned = range(0, first.end + 1, len(first.keys))
        if len(planned) > self.settings.getint("MAX_PAGES"):
            raise ListingError(
                f"{url}: the pager names {len(planned)} pages, more than "
                f"{self.settings['MAX_PAGES']} (MAX_PAGES)"
            )
        return set(planned)

    def _next_requests(self, page: Page) -> Iterator[Request]:
        assert self.first
        assert page.start is not None
        end = self.first.end or 0
        self.unread.discard(page.start)
        if not self.unread:
            for start in sorted({0, end}):
                yield self._request(start, again=True)
        elif page.start == 0:
            yield self._request(end)
        elif page.start == end:
            yield from map(self._request, sorted(self.unread))

    def _request(self, start: int, *, again: bool = False) -> Request:
        return Request(
            self._url(start),
            errback=self.failed,
            priority=-start,  # in order
            cb_kwargs={"start": start, "again": again},
            dont_filter=True,  # the fence asks twice, and a redirect may lead to where it began
        )

    def _url(self, start: int) -> str:
        return f"{self.settings['SPOJ_URL'].rstrip('/')}/problems/classical/sort=0,start={start}"

    def _saved_items(self, place: Path) -> Iterator[Page | Problem]:
        """The pages that a person saved. Of a page that was saved twice, the newest counts.

        Of the first and the last page, all readings go to the gate: they are its fence.
        """
        readings: dict[int, list[tuple[SavedPage, Listing]]] = {}
        try:
            for file in sorted(saved_pages(place, self.settings["SPOJ_URL"]), key=newest_first):
                listing = parse_listing(file.body, file.name)
                start = listing.start if file.start is None else file.start
                readings.setdefault(start or 0, []).append((file, listing))
        except (SavedPagesError, ListingError) as error:
            raise CloseSpider(str(error)) from error
        first = min(readings)
        for start in sorted(readings):
            fence = start in (first, max(readings))
            for number, (file, listing) in enumerate(readings[start][: None if fence else 1]):
                page = listing.page(listing.start if file.start is None else file.start)
                if fault := page_fault(page, start, readings[first][0][1].page(first)):
                    raise CloseSpider(f"{file.name}: {fault}")
                yield replace(page, source=file.source, read=file.read, day=self.day)
                if number == 0:
                    yield from listing.problems

    def _failure(self, reason: str, response: Response | None) -> CloseSpider:
        """What to raise. The page of the first failure is kept, to mend the parser by."""
        assert self.crawler.stats
        if not self.crawler.stats.get_value("spojscore/failure"):
            self.crawler.stats.set_value("spojscore/failure", reason)
            try:
                if response is not None:
                    self.failed_page.write_bytes(response.body)
            except OSError as error:
                self.logger.warning("The page could not be kept: %s", error)
        return CloseSpider(reason)


def newest_first(page: SavedPage) -> float:
    return -page.read.timestamp()


def where(response: Response) -> str:
    """The page's address, and from where it was redirected."""
    redirected: list[str] = response.meta.get("redirect_urls", [])
    return " led to ".join([*redirected[:1], response.url])


def is_address(text: str) -> bool:
    """Whether requests can be sent there."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
