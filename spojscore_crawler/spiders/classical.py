"""Asks for the pages of SPOJ's list of classical problems."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.spidermiddlewares.httperror import HttpError

from spojscore_crawler import signals
from spojscore_crawler.failures import why
from spojscore_crawler.items import Problem
from spojscore_crawler.listing import Listing, ListingError, decode, is_bot_check, parse_listing
from spojscore_crawler.reading import Reading, ReadingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure


class ClassicalSpider(Spider):
    """Reads the list by ascending id and yields its problems when it has read the whole of it.

    Whatever goes wrong ends the crawl, with a sentence as its reason. `-a pages=DIR` reads
    the pages that a person saved there, and asks for none. Who runs the spider may tell it
    the ids of the problems that were `known` before.
    """

    name = "classical"

    def __init__(self, *args: Any, pages: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unknown = kwargs.keys() - {"name"}
        self.saved = pages
        self.known: Collection[int] = ()
        self.reading = Reading()
        self.waiting: set[int] = set()
        self.failing = False

    @property
    def failed_page(self) -> Path:
        return Path(f"{self.settings['SPOJSCORE_DB']}.failed.html")

    async def start(self) -> AsyncIterator[Request | Problem]:
        with suppress(OSError):
            self.failed_page.unlink()  # of an earlier crawl
        if self.unknown:
            raise CloseSpider(f"-a knows nothing but pages=DIR, not {', '.join(self.unknown)}")
        try:
            self.reading = Reading(self.known, self.settings.getint("MAX_PAGES"))
        except ValueError as error:
            value = self.settings["MAX_PAGES"]
            raise CloseSpider(f"MAX_PAGES is {value!r}, not a whole number") from error
        if self.saved is not None:
            self._read_saved(self.saved)
            for problem in self._problems():
                yield problem
            return
        address = self.settings["SPOJ_URL"]
        if not is_address(address):
            raise CloseSpider(f"SPOJ_URL is {address!r}, not an http or https address")
        for request in self._requests([0]):
            yield request

    def parse(self, response: Response, start: int) -> Iterator[Request | Problem]:
        """A page of the list: ask for the next ones when it was the last that was waited for."""
        self.waiting.discard(start)
        try:
            self._add(start, parse_listing(response.body, where(response)))
            starts = [] if self.waiting else self.reading.ask()
        except ListingError as error:
            raise self._failure(str(error), response) from error
        except ReadingError as error:
            raise self._failure(f"{response.url}: {error}", response) from error
        if starts:
            yield from self._requests(starts)
        elif not self.waiting:
            yield from self._problems()

    def failed(self, failure: Failure) -> None:
        """A page that could not be had, after all retries, ends the crawl."""
        error, response = failure.value, None
        if isinstance(error, HttpError):
            response = error.response
            reason = f"HTTP {error.response.status}"
            if is_bot_check(decode(error.response.body)):
                reason = f"a bot check ({reason}) instead of the list of problems"
        else:
            reason = why(error)
        raise self._failure(f"{failure.request.url}: {reason}", response)  # type: ignore[attr-defined]

    def _url(self, start: int) -> str:
        return f"{self.settings['SPOJ_URL'].rstrip('/')}/problems/classical/sort=0,start={start}"

    def _requests(self, starts: Collection[int]) -> Iterator[Request]:
        self.waiting.update(starts)
        for start in starts:
            yield Request(
                self._url(start),
                errback=self.failed,
                priority=-start,  # in order
                cb_kwargs={"start": start},
            )

    def _read_saved(self, pages: str) -> None:
        """Read every *.html in the folder `pages` as the page that its own pager says it is."""
        folder = Path(pages)
        if not pages or not folder.is_dir():
            raise CloseSpider(f"pages={pages}: there is no such folder")
        files: dict[int, Path] = {}
        for file in sorted(folder.glob("*.html")):
            try:
                listing = parse_listing(file.read_bytes(), str(file))
                if listing.start is None:
                    raise ReadingError("the pager does not tell which page it is")
                if other := files.get(listing.start):
                    raise ReadingError(f"the same page as {other}, start={listing.start}")
                self._add(listing.start, listing)
            except (ListingError, OSError) as error:
                raise CloseSpider(str(error)) from error
            except ReadingError as error:
                raise CloseSpider(f"{file}: {error}") from error
            files[listing.start] = file
        if missing := self.reading.missing():
            many = f"{len(missing)} of {len(self.reading.planned)} pages are missing"
            raise CloseSpider(
                f"{folder}: {many if 0 in files else 'the first page is missing'}; "
                f"save {self._url(missing[0])} there"
            )

    def _add(self, start: int, listing: Listing) -> None:
        self.reading.add(start, listing)
        self.crawler.signals.send_catch_log(signals.page_read, spider=self)

    def _problems(self) -> Iterator[Problem]:
        for _, listing in sorted(self.reading.pages.items()):
            for row in listing.rows:
                yield Problem(**asdict(row))

    def _failure(self, reason: str, response: Response | None) -> CloseSpider:
        """What to raise. The page of the first failure is kept for whoever mends the parser.

        A page, or an address, may quote the cookie that was sent.
        """
        secrets = [self.settings["SPOJ_COOKIE"].strip(), self.settings["SPOJ_USER_AGENT"].strip()]
        for secret in filter(None, secrets):
            reason = reason.replace(secret, "(hidden)")
        if not self.failing:
            self.failing = True
            if response is not None:
                body = response.body
                for secret in filter(None, secrets):
                    body = body.replace(secret.encode(), b"(hidden)")
                try:
                    self.failed_page.write_bytes(body)
                except OSError as error:
                    self.logger.warning("The page could not be kept: %s", error)
        return CloseSpider(reason)


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
