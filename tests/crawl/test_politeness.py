"""The crawler's requests and pauses."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from scrapy.http import Request
from scrapy.utils.project import get_project_settings

from spojscore_crawler import middlewares
from spojscore_crawler.middlewares import BackoffRetryMiddleware
from tests.support.crawling import Crawl, Served


def test_requests_name_the_crawler_and_return_no_cookie(standin: Served, database: Path) -> None:
    server = standin(60)
    assert Crawl(server.url, database).status == 0
    assert len(server.headers) == 5
    assert {headers["Cookie"] for headers in server.headers} == {None}
    assert all(headers["User-Agent"].startswith("spojscore (") for headers in server.headers)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records the seconds of each sleep without sleeping."""
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    monkeypatch.setattr(middlewares.asyncio, "sleep", sleep)  # type: ignore[attr-defined]
    return naps


async def pause(times: int, *, crawling: bool = True, failing: bool = False) -> None:
    """Pause before retry number `times`; the server asks for 3 seconds."""
    retry = BackoffRetryMiddleware(get_project_settings())
    stats = {"spojscore/failure": "a reason"} if failing else {}
    retry.crawler = SimpleNamespace(  # type: ignore[assignment]
        crawling=crawling, stats=SimpleNamespace(get_value=stats.get)
    )
    meta = {"retry_times": times, "retry_after": 3}
    await retry.process_request(Request("http://host", meta=meta))


@pytest.mark.parametrize(("times", "seconds"), [(1, 3), (2, 4), (3, 8)])
def test_pause_doubles(times: int, seconds: float, naps: list[float]) -> None:
    asyncio.run(pause(times))
    assert sum(naps) == seconds
    assert max(naps) < 1


def test_no_pause_after_the_end(naps: list[float]) -> None:
    asyncio.run(pause(1, crawling=False))
    asyncio.run(pause(1, failing=True))
    assert naps == []
