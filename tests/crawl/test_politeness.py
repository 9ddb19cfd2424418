"""The pauses before retries."""

import asyncio
from types import SimpleNamespace

import pytest
from scrapy.http import Request
from scrapy.settings import Settings

from spojscore_crawler import middlewares
from spojscore_crawler.middlewares import BackoffRetryMiddleware


@pytest.mark.parametrize(
    ("retry", "crawling", "failure", "seconds"),
    [
        pytest.param(1, True, None, 3, id="retry-after"),
        pytest.param(2, True, None, 4, id="doubled"),
        pytest.param(3, True, None, 8, id="doubled-again"),
        pytest.param(1, False, None, 0, id="interrupted"),
        pytest.param(1, True, "HTTP 404", 0, id="failed"),
    ],
)
def test_pause(
    retry: int, crawling: bool, failure: str | None, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeps: list[float] = []

    async def sleep(seconds: float) -> None:
        sleeps.append(seconds)

    monkeypatch.setattr(middlewares.asyncio, "sleep", sleep)  # type: ignore[attr-defined]
    middleware = BackoffRetryMiddleware(Settings({"RETRY_BACKOFF": 2, "RETRY_AFTER_MAX": 9}))
    stats = SimpleNamespace(get_value={"spojscore/failure": failure}.get)
    middleware.crawler = SimpleNamespace(crawling=crawling, stats=stats)  # type: ignore[assignment]
    meta = {"retry_times": retry, "retry_after": 3}
    asyncio.run(middleware.process_request(Request("http://host", meta=meta)))
    assert sum(sleeps) == seconds
    assert all(seconds < 1 for seconds in sleeps)
