"""What the crawler asks of SPOJ, and how it waits."""

import asyncio
import os
import subprocess
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from scrapy.http import Request, Response
from scrapy.utils.project import get_project_settings

from spojscore_crawler import middlewares
from spojscore_crawler.middlewares import BackoffRetryMiddleware, retry_after
from tests.support.crawling import FULL_SPEED, SCRAPY, Served
from tests.support.projects import ROOT


def test_polite_by_default() -> None:
    settings = get_project_settings()
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getbool("AUTOTHROTTLE_ENABLED")
    assert settings.getfloat("DOWNLOAD_DELAY") == 1
    assert settings.getint("CONCURRENT_REQUESTS") == 4
    assert "spojscore" in settings["USER_AGENT"]
    assert {429, 500, 503} <= set(settings.getlist("RETRY_HTTP_CODES"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("7", 7),
        ("soon", 0),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0),
        ("-3", 0),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 0),
    ],
)
def test_retry_after(header: str | None, seconds: float) -> None:
    headers = {} if header is None else {"Retry-After": header}
    assert retry_after(Response("http://host", headers=headers)) == seconds


@pytest.mark.parametrize("usegmt", [True, False])
def test_retry_after_a_date(usegmt: bool) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=usegmt)
    response = Response("http://host", headers={"Retry-After": date})
    assert retry_after(response) == pytest.approx(100, abs=5)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, without sleeping."""
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    monkeypatch.setattr(middlewares.asyncio, "sleep", sleep)  # type: ignore[attr-defined]
    return naps


def pause(times: int, *, crawling: bool = True, failing: bool = False) -> None:
    """Pause before retry number `times`, in such a crawl; the server asks for 3 seconds."""
    retry = BackoffRetryMiddleware(get_project_settings())
    stats = {"spojscore/failure": "a reason"} if failing else {}
    retry.crawler = SimpleNamespace(  # type: ignore[assignment]
        crawling=crawling, stats=SimpleNamespace(get_value=stats.get)
    )
    request = Request("http://host", meta={"retry_times": times, "retry_after": 3})
    asyncio.run(retry.process_request(request))


@pytest.mark.parametrize(("times", "seconds"), [(1, 3), (2, 4), (3, 8)])
def test_the_pause_doubles(times: int, seconds: float, slept: list[float]) -> None:
    pause(times)
    assert sum(slept) == seconds
    assert max(slept) < 1


def test_nobody_pauses_in_a_crawl_that_has_ended(slept: list[float]) -> None:
    pause(1, crawling=False)
    pause(1, failing=True)
    assert slept == []


@pytest.mark.parametrize(
    ("robots", "pages"), [(b"", 80), (b"User-agent: *\nDisallow: /problems/\n", 0)]
)
def test_robots_txt_holds_for_requests_that_are_sent_at_once(
    robots: bytes, pages: int, standin: Served
) -> None:
    """Scrapy's own middleware lets all but the first through."""
    server = standin(1, robots=robots)
    settings = [word for setting in FULL_SPEED for word in ("-s", setting)]
    crawl: list[str | Path] = [SCRAPY, "runspider", "bench/bare_spider.py", *settings]
    subprocess.run(crawl, cwd=ROOT, env=os.environ | {"SPOJ_URL": server.url}, check=True)
    assert server.requests.count("/robots.txt") == 1
    assert len(server.requests) == 1 + pages
