"""Whatever SPOJ and the network do: exit status 1, one line that says why, and nothing changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spojscore_crawler.failures import BOT_CHECK
from spojscore_crawler.middlewares import same_site
from spojscore_crawler.spiders.classical import is_address
from standin.problems import problems
from standin.server import StandIn
from tests.support.crawling import Crawl, Served
from tests.support.databases import rows
from tests.support.processes import free_port

LIST = "/problems/classical/sort=0,start="
FOR_ROBOTS = "(for robots.txt, without which nothing may be read)"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("bot-check", BOT_CHECK.format(200)),
        ("bot-check-403", BOT_CHECK.format(403)),
        ("bot-check-503", BOT_CHECK.format(503)),
        ("status-404", "HTTP 404"),
        ("status-500", "HTTP 500"),
        ("wrong-problem", "no problem table; SPOJ says 'Wrong problem id!'"),
        ("no-rows", "no problems in the problem table"),
        ("cut-unknown-length", "row 25 (SHORTCUT): no users"),
        ("hang", "no answer in time"),
        ("hang-up", "the connection broke off"),
        ("reset", "the answer broke off"),
        ("cut", "the answer broke off"),
        ("die", "the connection broke off"),
        ("huge", "the page is too large (DOWNLOAD_MAXSIZE)"),
        ("heavy", "no problems in the problem table"),
        ("bomb", "the page is too large (DOWNLOAD_MAXSIZE)"),
        ("redirect-away", "redirected to http://elsewhere.invalid/, which is another site"),
        ("redirect-loop", "max redirections reached"),
    ],
)
def test_a_page_that_is_not_available(
    fault: str, reason: str, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(150, f"50:{fault}")
    crawl = Crawl(server.url, database, "DOWNLOAD_TIMEOUT=0.7", "RETRY_TIMES=1")
    assert crawl.failed(f"{server.url}{LIST}50: {reason}", before)
    answered = reason.startswith(("a bot", "HTTP", "no prob", "row"))
    assert crawl.failed_page.exists() == answered


def test_headers_that_never_end(standin: Served, database: Path, before: bytes) -> None:
    """The operating system ends them; where that strikes, and so the sentence, is by chance."""
    server = standin(150, "50:endless-headers")
    crawl = Crawl(server.url, database, "ADDRESS_SPACE=400", "RETRY_TIMES=0")
    assert crawl.status == 1
    assert crawl.error.startswith("error: ")
    assert crawl.error.endswith(f"; {database} is unchanged")
    assert database.read_bytes() == before
    assert crawl.peak_memory < 400_000_000


def test_a_spider_with_a_bug_commits_nothing(
    standin: Served, database: Path, before: bytes
) -> None:
    """Scrapy goes on after it."""
    crawl = Crawl(standin(150).url, database, "SPIDER_MODULES=tests.support.broken")
    reason = "the crawl broke off, see the log: ValueError('unforeseen')"
    assert crawl.failed(reason, before)


def test_a_redirect_to_a_login_page(standin: Served, database: Path, before: bytes) -> None:
    server = standin(150, "50:redirect-login")
    crawl = Crawl(server.url, database)
    where = f"{server.url}{LIST}50 led to {server.url}/login"
    assert crawl.failed(f"{where}: no problem table", before)
    assert "Sign in" in crawl.failed_page.read_text()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("robots:status-500", f"HTTP 500 {FOR_ROBOTS}"),
        ("robots:hang", f"no answer in time {FOR_ROBOTS}"),
    ],
)
def test_a_robots_txt_that_is_not_available(
    fault: str, reason: str, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(150, fault)
    crawl = Crawl(server.url, database, "DOWNLOAD_TIMEOUT=0.5", "RETRY_TIMES=1")
    assert crawl.failed(f"{server.url}{LIST}0: {reason}", before)
    assert server.requests == ["/robots.txt"] * 2


def test_a_robots_txt_that_does_not_exist_forbids_nothing(standin: Served, database: Path) -> None:
    assert Crawl(standin(120, "robots:status-404").url, database).status == 0
    assert len(rows(database)) == 120


def test_a_robots_txt_that_forbids(standin: Served, database: Path, before: bytes) -> None:
    server = standin(120, robots=b"User-agent: *\nDisallow: /problems/\n")
    crawl = Crawl(server.url, database)
    assert crawl.failed(f"{server.url}{LIST}0: Forbidden by robots.txt", before)
    assert server.requests == ["/robots.txt"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:{port}", f"the connection was refused {FOR_ROBOTS}"),
        ("http://nowhere.invalid", f"there is no such host {FOR_ROBOTS}"),
    ],
)
def test_a_site_that_is_not_there(url: str, reason: str, database: Path, before: bytes) -> None:
    url = url.format(port=free_port())
    assert Crawl(url, database).failed(f"{url}{LIST}0: {reason}", before)


@pytest.mark.parametrize(
    ("count", "fault"), [(120, "50:status-500:2"), (120, "0:status-503:1"), (120, "50:busy:1"),
                         (150, "50:seven-rows:2"), (120, "50:cut:1"),
                         (120, "50:cut-unknown-length:1"), (120, "50:wrong-problem:3"),
                         (120, "0:no-rows:1"), (120, "100:status-520:1"), (120, "0:status-530:2")],
)  # fmt: skip
def test_a_passing_fault_is_overcome(
    count: int, fault: str, standin: Served, database: Path
) -> None:
    server = standin(count, fault)
    crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    assert [row["id"] for row in rows(database)] == [entry.id for entry in problems(count)]
    assert ("Waiting 1.0 s before" in crawl.log) == ("busy" in fault)
    start, _, times = fault.split(":")
    twice = start in ("0", "100")  # the fence
    assert server.requests.count(f"{LIST}{start}") == int(times) + 1 + twice


def test_a_wait_that_is_too_long_is_not_waited_for(
    standin: Served, database: Path, before: bytes
) -> None:
    server = standin(120, "50:busy")
    crawl = Crawl(server.url, database, "RETRY_AFTER_MAX=0.5")
    assert crawl.failed(f"{server.url}{LIST}50: HTTP 429", before)
    assert server.requests.count(f"{LIST}50") == 1


def test_seven_rows_in_the_middle(standin: Served, database: Path, before: bytes) -> None:
    server = standin(150, "50:seven-rows")
    crawl = Crawl(server.url, database)
    assert crawl.failed(f"{server.url}{LIST}50: 7 rows instead of 50", before)
    assert server.requests.count(f"{LIST}50") == 4
    assert server.requests.count(f"{LIST}0") == 1


@pytest.mark.parametrize("fault", ["bot-check", "bot-check-403", "bot-check-503"])
def test_a_bot_check_is_not_asked_again(fault: str, standin: Served, database: Path) -> None:
    server = standin(120, f"50:{fault}")
    assert Crawl(server.url, database).status == 1
    assert server.requests.count(f"{LIST}50") == 1


# PRIME1's row, as the modern theme has it.
USERS = b">83055</a>"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"/ranks/PRIME1", b"/status/PRIME1", "row 2 (PRIME1): no users"),
        (USERS, b">many</a>", "row 2 (PRIME1): users are 'many', not a whole number"),
        (USERS, b">-3</a>", "row 2 (PRIME1): users are '-3', not a whole number"),
        (b'0,start=50" class="pager_link">2<', b'0,start=0" class="pager_link">2<',
         "the pager links page 2 to start=0"),
        (b'start=100" class="pager_link">&gt;', b'start=499950" class="pager_link">&gt;',
         "the pager names 10000 pages, more than 200 (MAX_PAGES)"),
        (b"pagination", b"pages", "no pager"),
    ],
)  # fmt: skip
def test_a_page_that_is_not_readable(
    old: bytes, new: bytes, reason: str, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(120)
    edit(server, lambda page: page.replace(old, new))
    crawl = Crawl(server.url, database, "RETRY_TIMES=1")
    assert crawl.failed(f"{server.url}{LIST}0: {reason}", before)
    assert new in crawl.failed_page.read_bytes()
    assert server.requests == ["/robots.txt", f"{LIST}0", f"{LIST}0"]


def edit(server: StandIn, change: Callable[[bytes], bytes]) -> None:
    """Have the stand-in change every page of its list before it serves it."""
    drawn = server.page
    server.page = lambda *page: change(drawn(*page))


@pytest.mark.parametrize("theme", ["modern", "old"])
def test_a_last_page_that_breaks_off(
    theme: str, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(120, theme=theme)
    fifth = problems(120)[104].code.encode()
    edit(server, lambda page: page[: page.index(fifth)] if fifth in page else page)
    crawl = Crawl(server.url, database)
    reason = str(crawl.report["reason"])
    assert reason.startswith(f"{server.url}{LIST}100: ")
    assert crawl.failed(reason, before)


def test_a_server_that_dies_on_page_41(standin: Served, database: Path) -> None:
    server = standin(3974, "2000:die")
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1", "RETRY_TIMES=1")
    assert crawl.failed(f"{server.url}{LIST}2000: the connection broke off", None)


def test_only_the_page_that_the_reason_names_is_kept(standin: Served, database: Path) -> None:
    server = standin(240, "50:bot-check-403", "100:wrong-problem", "150:wrong-problem")
    crawl = Crawl(server.url, database)
    challenged = "a bot check" in crawl.error
    assert ("Just a moment" in crawl.failed_page.read_text()) == challenged
    assert Crawl(standin(60).url, database).status == 0
    assert not crawl.failed_page.exists()


def test_a_page_that_cannot_be_kept_still_ends_the_crawl(standin: Served, database: Path) -> None:
    Path(f"{database}.failed.html").mkdir()
    server = standin(1200, "50:bot-check")
    crawl = Crawl(server.url, database)
    assert "start=50: a bot check" in crawl.error
    assert len(server.requests) < 18  # of 25


def test_an_address_that_is_none(database: Path, before: bytes) -> None:
    reason = "SPOJ_URL is 'http://host:abc', not an http or https address"
    assert Crawl("http://host:abc", database).failed(reason, before)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.spoj.com", True), ("http://127.0.0.1:8000/", True), ("spoj.com", False),
        ("ftp://spoj.com", False), ("http:///x", False), ("http://[bad", False),
        ("http://host:99999", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_an_address(url: str, expected: bool) -> None:
    assert is_address(url) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("http://a/x", "http://a/y", True), ("http://a/x", "https://a/y", True),
        ("http://a:80/", "http://a:81/", False), ("https://a/", "http://a/", False),
        ("http://a:8000/", "https://a:8001/", False), ("http://a/", "http://b.a/", False),
        ("http://a/", "http://a:99999/", False),
    ],
)  # fmt: skip
def test_what_is_the_same_site(one: str, other: str, expected: bool) -> None:
    assert same_site(one, other) == expected
