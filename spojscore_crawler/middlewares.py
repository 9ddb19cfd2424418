"""Retries that wait."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Request, Response

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

SLICE = 0.5  # seconds


class BackoffRetryMiddleware(RetryMiddleware):
    """Scrapy's RetryMiddleware with a pause before each retry.

    The pause is RETRY_BACKOFF seconds before the first retry of a request and doubles
    with each further one, or what the server's Retry-After asks for, if that is longer.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.backoff = settings.getfloat("RETRY_BACKOFF")
        self.longest_wait = settings.getfloat("RETRY_AFTER_MAX")

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        asked = retry_after(response)
        if asked > self.longest_wait and response.status in self.retry_http_codes:
            logger.warning("%s asks to wait %.0f s: not asked again", response.url, asked)
            return response
        result = super().process_response(request, response)
        if isinstance(result, Request):
            await self._pause(result, at_least=asked)
        return result

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]
        result = super().process_exception(request, exception)
        assert not isinstance(result, Response)
        if result is not None:
            await self._pause(result)
        return result

    async def _pause(self, retry: Request, at_least: float = 0) -> None:
        seconds = max(self.backoff * 2 ** (retry.meta["retry_times"] - 1), at_least)
        if seconds:
            logger.info("Waiting %.1f s before %s", seconds, retry)
        # In slices, for Scrapy waits for us before it ends.
        while seconds > 0 and self._goes_on():
            await asyncio.sleep(min(seconds, SLICE))
            seconds -= SLICE

    def _goes_on(self) -> bool:
        """Whether the crawl is neither interrupted nor broken."""
        return self.crawler.crawling and not getattr(self.crawler.spider, "failing", False)


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
