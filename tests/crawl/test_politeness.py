"""The crawler's requests, and its waits."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from scrapy.http import Request, Response
from scrapy.utils.project import get_project_settings

from spojscore_crawler import middlewares
from spojscore_crawler.middlewares import BackoffRetryMiddleware, parse_retry_after
from tests.support.crawling import Crawl, Served


def test_requests_name_the_crawler_and_return_no_cookie(standin: Served, database: Path) -> None:
    server = standin(60)
    assert Crawl(server.url, database).status == 0
    assert len(server.headers) == 5
    assert {headers["Cookie"] for headers in server.headers} == {None}
    assert all(headers["User-Agent"].startswith("spojscore (") for headers in server.headers)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0), ("7", 7), ("soon", 0), ("Mon, 01 Jan 2024 00:00:00 GMT", 0), ("-3", 0),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 0),
    ],
)  # fmt: skip
def test_retry_after(header: str | None, seconds: float) -> None:
    headers = {} if header is None else {"Retry-After": header}
    assert parse_retry_after(Response("http://host", headers=headers)) == seconds


@pytest.mark.parametrize("usegmt", [True, False])
def test_retry_after_a_date(usegmt: bool) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=usegmt)
    response = Response("http://host", headers={"Retry-After": date})
    assert parse_retry_after(response) == pytest.approx(100, abs=5)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each sleep, without sleeping."""
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
