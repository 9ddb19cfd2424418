"""How pages are asked for: retries that wait, redirects and robots.txt by the book."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from twisted.internet.defer import Deferred

from spojscore_crawler.failures import bot_check, why

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

SLICE = 0.5  # seconds
SERVER_ERROR = 500  # and above
CLIENT_ERROR = 400  # and above


class BackoffRetryMiddleware(RetryMiddleware):
    """Scrapy's RetryMiddleware with a pause before each retry, no matter what asked for it.

    The pause is RETRY_BACKOFF seconds before the first retry of a request and doubles
    with each further one, or what the server's Retry-After asks for, if that is longer.
    A bot check is not asked again.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.backoff = settings.getfloat("RETRY_BACKOFF")
        self.longest_wait = settings.getfloat("RETRY_AFTER_MAX")

    async def process_request(self, request: Request) -> None:
        retries = request.meta.get("retry_times", 0)
        if not retries:
            return
        seconds = max(self.backoff * 2 ** (retries - 1), request.meta.pop("retry_after", 0))
        if seconds:
            logger.info("Waiting %.1f s before %s", seconds, request)
        # In slices, because Scrapy waits for this before it ends.
        while seconds > 0 and self._goes_on():
            await asyncio.sleep(min(seconds, SLICE))
            seconds -= SLICE

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status not in self.retry_http_codes or bot_check(response):
            return response
        request.meta["retry_after"] = asked = retry_after(response)
        if asked > self.longest_wait:
            logger.warning("%s asks to wait %.0f s: not asked again", response.url, asked)
            return response
        return super().process_response(request, response)

    def _goes_on(self) -> bool:
        """Whether the crawl is neither interrupted nor broken."""
        assert self.crawler.stats
        return self.crawler.crawling and not self.crawler.stats.get_value("spojscore/failure")


def retry_after(response: Response) -> float:
    """Seconds that the response's Retry-After asks to wait; 0 without one that can be read.

    Source: RFC 9110, section 10.2.3 (seconds or a date).
    """
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max((date - datetime.now(UTC)).total_seconds(), 0)


class SameSiteRedirectMiddleware(RedirectMiddleware):
    """Scrapy's RedirectMiddleware that follows no redirect to another site."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        result = super().process_response(request, response)
        if isinstance(result, Request) and not same_site(request.url, result.url):
            raise IgnoreRequest(f"redirected to {result.url}, which is another site")
        return result


class StrictRobotsTxtMiddleware(RobotsTxtMiddleware):
    """Scrapy's RobotsTxtMiddleware that takes a robots.txt that is not available for a prohibition.

    Source: RFC 9309, section 2.3.1: a server error or no answer forbids all, a 4xx nothing.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unreachable: dict[str, str] = {}  # why, by network location

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:  # noqa: ARG002
        netloc = urlsplit(request.url).netloc
        if netloc in self.unreachable:
            raise IgnoreRequest(
                f"{self.unreachable[netloc]} (for robots.txt, without which nothing may be read)"
            )
        # Not `rp`: of several requests that wait for one robots.txt, only the first is given it.
        parser = self._parsers[netloc]
        assert not isinstance(parser, Deferred)
        super().process_request_2(parser, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= SERVER_ERROR:
            raise IgnoreRequest(f"HTTP {response.status}")
        if response.status >= CLIENT_ERROR:
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self.unreachable[netloc] = why(exc)
        super()._robots_error(exc, netloc)


def same_site(one: str, other: str) -> bool:
    """Whether the address `other` is of the same site as `one`, or is what https makes of it."""
    try:
        here, there = urlsplit(one), urlsplit(other)
        if here.hostname != there.hostname:
            return False
        ends = (here.scheme, here.port), (there.scheme, there.port)
        return ends[0] == ends[1] or ends == (("http", None), ("https", None))
    except ValueError:
        return False
