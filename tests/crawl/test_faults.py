"""Faults of SPOJ and the network: exit status 1, one line that says why, and nothing changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse
from scrapy.utils.test import get_crawler

from spojscore_crawler.failures import BOT_CHECK
from spojscore_crawler.spiders.classical import ClassicalSpider
from standin.problems import problems
from tests.support.crawling import Crawl, Served
from tests.support.databases import rows
from tests.support.faults import FaultyStandIn
from tests.support.pages import LIST, SPOJ
from tests.support.processes import free_port


@pytest.mark.parametrize(
    ("fault", "reason", "saved"),
    [
        ("bot-check", BOT_CHECK.format(200), True),
        ("bot-check-403", BOT_CHECK.format(403), True),
        ("bot-check-503", BOT_CHECK.format(503), True),
        ("status-404", "HTTP 404", True),
        ("status-500", "HTTP 500", True),
        ("wrong-problem", "no problem table; SPOJ says 'Wrong problem id!'", True),
        ("no-rows", "no problems in the problem table", True),
        ("seven-rows", "7 rows instead of 50", True),
        ("cut-unknown-length", "row 25 (SHORTCUT): no users", True),
        ("hang", "no response in time", False),
        ("hang-up", "the connection was lost", False),
        ("reset", "the response was cut off", False),
        ("cut", "the response was cut off", False),
        ("huge", "the page is too large (DOWNLOAD_MAXSIZE)", False),
        ("heavy", "no problems in the problem table", True),
        ("bomb", "the page is too large (DOWNLOAD_MAXSIZE)", False),
        ("redirect-login", "HTTP 302, a redirect to {url}/login", True),
        (
            "redirect-away",
            "HTTP 302, a redirect to http://elsewhere.invalid/list "
            "(if that is the right site, set SPOJ_URL=http://elsewhere.invalid)",
            True,
        ),
    ],
)
def test_unavailable_page(
    fault: str, reason: str, saved: bool, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(150, f"50:{fault}")
    crawl = Crawl(server.url, database, "DOWNLOAD_TIMEOUT=0.7", "RETRY_TIMES=1")
    assert crawl.failed(f"{server.url}{LIST}50: {reason.format(url=server.url)}", before)
    assert crawl.failed_page.exists() is saved
    retried = server.requests.count(f"{LIST}50") > 1
    assert retried is not fault.startswith(("bot-check", "redirect", "status-404", "huge", "bomb"))


def test_server_stops_during_crawl(standin: Served, database: Path) -> None:
    server = standin(3974, "2000:die")
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1", "RETRY_TIMES=1")
    assert crawl.failed(f"{server.url}{LIST}2000: the connection was lost", None)


def test_bug_in_spider(standin: Served, database: Path, before: bytes) -> None:
    """Scrapy continues after it."""
    crawl = Crawl(standin(150).url, database, "SPIDER_MODULES=tests.support.broken")
    reason = "the crawl stopped early; see the log: ValueError('unforeseen')"
    assert crawl.failed(reason, before)


def test_cached_page(standin: Served, database: Path, tmp_path: Path) -> None:
    server = standin(60)
    cache = ("HTTPCACHE_ENABLED=1", f"HTTPCACHE_DIR={tmp_path / 'cache'}")
    assert Crawl(server.url, database, *cache).status == 1  # the fence reads pages twice
    reason = "from Scrapy's cache; set HTTPCACHE_ENABLED=False"
    assert Crawl(server.url, database, *cache).failed(f"{server.url}{LIST}0: {reason}", None)


def test_robots_txt_that_disallows_the_list(standin: Served, database: Path, before: bytes) -> None:
    server = standin(120, robots=b"User-agent: *\nDisallow: /problems/\n")
    crawl = Crawl(server.url, database)
    assert crawl.failed(f"{server.url}{LIST}0: Forbidden by robots.txt", before)
    assert server.requests == ["/robots.txt"]


@pytest.mark.parametrize("fault", ["status-404", "status-500", "hang"])
def test_robots_txt_that_is_unavailable(fault: str, standin: Served, database: Path) -> None:
    settings = ("DOWNLOAD_TIMEOUT=0.5", "RETRY_TIMES=0")
    assert Crawl(standin(120, f"robots:{fault}").url, database, *settings).status == 0
    assert len(rows(database)) == 120


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:{port}", "the connection was refused"),
        ("http://nowhere.invalid", "no such host"),
    ],
)
def test_unreachable_site(url: str, reason: str, database: Path, before: bytes) -> None:
    url = url.format(port=free_port())
    assert Crawl(url, database).failed(f"{url}{LIST}0: {reason}", before)


@pytest.mark.parametrize("url", ["spoj.com", "ftp://a.b", "http:///x", "http://[a", "http://a:b"])
def test_wrong_spoj_url(url: str, database: Path, before: bytes) -> None:
    reason = f"SPOJ_URL is {url!r}, not an http or https address"
    assert Crawl(url, database).failed(reason, before)


@pytest.mark.parametrize(
    ("count", "fault"),
    [
        (120, "50:status-500:2"),
        (120, "0:status-503:1"),
        (120, "50:busy:1"),
        (150, "50:seven-rows:2"),
        (120, "50:cut-unknown-length:1"),
        (120, "0:no-rows:1"),
        (120, "100:status-520:1"),
    ],
)
def test_transient_fault(count: int, fault: str, standin: Served, database: Path) -> None:
    server = standin(count, fault)
    crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    assert [row["id"] for row in rows(database)] == [entry.id for entry in problems(count)]
    assert ("Waiting 1.0 s before" in crawl.log) == ("busy" in fault)
    start, _, times = fault.split(":")
    twice = start in ("0", "100")  # the fence
    assert server.requests.count(f"{LIST}{start}") == int(times) + 1 + twice


def test_long_retry_after_is_not_retried(standin: Served, database: Path, before: bytes) -> None:
    server = standin(120, "50:busy")
    crawl = Crawl(server.url, database, "RETRY_AFTER_MAX=0.5")
    assert crawl.failed(f"{server.url}{LIST}50: HTTP 429", before)
    assert server.requests.count(f"{LIST}50") == 1


def edit(server: FaultyStandIn, change: Callable[[bytes], bytes]) -> None:
    """Change every page of the list before it is served."""
    page = server.page
    server.page = lambda *arguments: change(page(*arguments))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"/ranks/PRIME1", b"/status/PRIME1", "row 2 (PRIME1): no users"),
        (b'start=100" class="pager_link">&gt;', b'start=499950" class="pager_link">&gt;',
         "the pager has 10000 pages, more than 200 (MAX_PAGES)"),
        (b"pagination", b"pages", "no pager"),
    ],
)  # fmt: skip
def test_unreadable_page(
    old: bytes, new: bytes, reason: str, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(120)
    edit(server, lambda page: page.replace(old, new))
    crawl = Crawl(server.url, database, "RETRY_TIMES=1")
    assert crawl.failed(f"{server.url}{LIST}0: {reason}", before)
    assert new in crawl.failed_page.read_bytes()
    assert server.requests == ["/robots.txt", f"{LIST}0", f"{LIST}0"]


def test_page_of_the_first_failure_is_saved(standin: Served, database: Path) -> None:
    """Pages in flight may fail after it."""
    crawler = get_crawler(ClassicalSpider, {"SPOJSCORE_DB": str(database)})
    spider = ClassicalSpider.from_crawler(crawler)
    for reason in ("first", "second"):
        assert spider.failure(reason, HtmlResponse(SPOJ, body=reason.encode())).reason == reason
    assert spider.failed_page.read_text() == "first"
    assert crawler.stats
    assert crawler.stats.get_value("spojscore/failure") == "first"
    assert Crawl(standin(60).url, database).status == 0
    assert not spider.failed_page.exists()
