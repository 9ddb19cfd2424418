"""Faults of SPOJ and the network: exit status 1, one line that says why, and nothing changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from spojscore_crawler.failures import BOT_CHECK, describe_error
from spojscore_crawler.spiders.classical import ClassicalSpider
from tests.support.crawling import Crawl, Factory
from tests.support.databases import rows
from tests.support.pages import LIST, SPOJ


@pytest.mark.parametrize(
    ("fault", "reason", "effects"),
    [
        ("bot-check", BOT_CHECK.format(200), "saved"),
        ("bot-check-403", BOT_CHECK.format(403), "saved"),
        ("status-404", "HTTP 404", "saved"),
        ("status-500", "HTTP 500", "retried, saved"),
        ("seven-rows", "7 rows instead of 50", "retried, saved"),
        ("heavy", "no problems in the problem table", "retried, saved"),
        ("hang", "no response in time", "retried"),
        ("hang-up", "the connection was lost", "retried"),
        ("cut", "the response was cut off", "retried"),
        ("bomb", "the page is too large (DOWNLOAD_MAXSIZE)", ""),
        ("redirect-login", "HTTP 302, a redirect to {url}/login", "saved"),
        (
            "redirect-away",
            "HTTP 302, a redirect to http://elsewhere.invalid/list "
            "(if that is the right site, set SPOJ_URL=http://elsewhere.invalid)",
            "saved",
        ),
    ],
)
def test_permanent_fault(
    fault: str, reason: str, effects: str, standin: Factory, database: Path, snapshot: bytes
) -> None:
    server = standin(150, f"50:{fault}")
    crawl = Crawl(server.url, database, "DOWNLOAD_TIMEOUT=0.7", "RETRY_TIMES=1")
    crawl.assert_failed(f"{server.url}{LIST}50: {reason.format(url=server.url)}", snapshot)
    assert Path(f"{database}.failed.html").exists() is ("saved" in effects)
    assert (server.requests.count(f"{LIST}50") > 1) is ("retried" in effects)


@pytest.mark.parametrize("fault", ["50:status-500:2", "50:busy:1", "0:seven-rows:2", "100:cut:1"])
def test_transient_fault(fault: str, standin: Factory, database: Path) -> None:
    server = standin(150, fault)
    crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    assert len(rows(database)) == 150
    assert ("Waiting 1.0 s before" in crawl.log) == ("busy" in fault)
    start, _, times = fault.split(":")
    is_read_twice = start != "50"
    assert server.requests.count(f"{LIST}{start}") == int(times) + 1 + is_read_twice


def test_long_retry_after_is_not_retried(standin: Factory, database: Path, snapshot: bytes) -> None:
    server = standin(120, "50:busy")
    crawl = Crawl(server.url, database, "RETRY_AFTER_MAX=0.5")
    crawl.assert_failed(f"{server.url}{LIST}50: HTTP 429", snapshot)
    assert server.requests.count(f"{LIST}50") == 1


@pytest.mark.parametrize(
    ("error", "description"),
    [
        (CannotResolveHostError(), "no such host"),
        (OSError("certificate verify failed: old"), "the server's certificate is not trusted"),
        (OSError("odd\nand long"), "odd"),
        (OSError(), "OSError"),
    ],
)
def test_descriptions_of_other_errors(error: Exception, description: str) -> None:
    assert describe_error(error) == description


def test_robots_txt_that_disallows_list(standin: Factory, database: Path, snapshot: bytes) -> None:
    server = standin(120, robots=b"User-agent: *\nDisallow: /problems/\n")
    crawl = Crawl(server.url, database)
    crawl.assert_failed(f"{server.url}{LIST}0: Forbidden by robots.txt", snapshot)
    assert server.requests == ["/robots.txt"]


@pytest.mark.parametrize("fault", ["status-500", "hang"])
def test_robots_txt_that_is_unavailable(fault: str, standin: Factory, database: Path) -> None:
    settings = ("DOWNLOAD_TIMEOUT=0.5", "RETRY_TIMES=0")
    assert Crawl(standin(60, f"robots:{fault}").url, database, *settings).status == 0


class BrokenSpider(ClassicalSpider):
    """A spider with a bug: it fails at the second reading of a page."""

    def parse(self, response: Response, start: int | None, *args: Any) -> Iterator[Any]:
        if start in self.parsed_starts:
            raise ValueError("unforeseen")
        yield from super().parse(response, start, *args)


def test_bug_in_spider(standin: Factory, database: Path, snapshot: bytes) -> None:
    """Scrapy continues after it."""
    crawl = Crawl(standin(150).url, database, f"SPIDER_MODULES={__name__}")
    reason = "the crawl stopped early; see the log: ValueError('unforeseen')"
    crawl.assert_failed(reason, snapshot)


def test_response_from_scrapy_cache(standin: Factory, database: Path, tmp_path: Path) -> None:
    server = standin(60)
    cache = ("HTTPCACHE_ENABLED=1", f"HTTPCACHE_DIR={tmp_path / 'cache'}")
    reason = "came from Scrapy's HTTP cache; set HTTPCACHE_ENABLED=False"
    assert reason in Crawl(server.url, database, *cache).last_line  # pages are read twice


def test_page_of_first_failure_is_saved(standin: Factory, database: Path) -> None:
    """Pages in flight may fail after it."""
    crawler = get_crawler(ClassicalSpider, {"SPOJSCORE_DB": str(database)})
    spider = ClassicalSpider.from_crawler(crawler)
    for reason in ("first", "second"):
        response = HtmlResponse(SPOJ, body=reason.encode())
        assert spider.record_failure(reason, response).reason == reason
    assert spider.failed_page_path.read_text() == "first"
    assert crawler.stats
    assert crawler.stats.get_value("spojscore/failure") == "first"
    assert Crawl(standin(60).url, database).status == 0
    assert not spider.failed_page_path.exists()
