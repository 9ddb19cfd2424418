"""Retries with backoff."""

import asyncio
import logging

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from spojscore_crawler.failures import describe_bot_check

logger = logging.getLogger(__name__)

SLICE_SECONDS = 0.5


class BackoffRetryMiddleware(RetryMiddleware):
    """Scrapy's RetryMiddleware with a pause before each retry.

    The pause is RETRY_BACKOFF seconds before the first retry of a request and doubles with each
    further one. A longer Retry-After wins. A bot check is not retried.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.backoff = settings.getfloat("RETRY_BACKOFF")
        self.max_wait = settings.getfloat("RETRY_AFTER_MAX")

    async def process_request(self, request: Request) -> None:
        stats, retries = self.crawler.stats, request.meta.get("retry_times", 0)
        if not stats or not retries:
            return
        seconds = max(self.backoff * 2 ** (retries - 1), request.meta.pop("retry_after", 0))
        if seconds:
            logger.info("Waiting %.1f s before %s", seconds, request)
        # Sleep in slices: Scrapy waits for this coroutine before it shuts down.
        while seconds > 0 and self.crawler.crawling and not stats.get_value("spojscore/failure"):
            await asyncio.sleep(min(seconds, SLICE_SECONDS))
            seconds -= SLICE_SECONDS

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status not in self.retry_http_codes or describe_bot_check(response):
            return response
        header = (response.headers.get("Retry-After") or b"").strip()
        request.meta["retry_after"] = wait = int(header) if header.isdigit() else 0
        if wait > self.max_wait:
            reason = f"Retry-After is {wait} s (more than RETRY_AFTER_MAX)"
            logger.warning("%s: not retrying, %s", response.url, reason)
            return response
        return super().process_response(request, response)
