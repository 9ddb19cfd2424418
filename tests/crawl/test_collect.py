"""collect.js, pasted into the console of a real browser on the stand-in's list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Route
from standin.faults import Fault

from spojscore_crawler import har
from spojscore_crawler.listing import parse_listing
from standin.problems import Entry, problems
from standin.server import StandIn
from tests.support.browsing import launched
from tests.support.crawling import Crawl, Served
from tests.support.databases import rows
from tests.support.projects import ROOT

SCRIPT = (ROOT / "spojscore_crawler" / "collect.js").read_text(encoding="utf-8")
AT_ONCE = SCRIPT.replace("const PAUSE = 1000;", "const PAUSE = 0;")
LIST = "/problems/classical/sort=0,start="
STRICT = "default-src 'self'; style-src 'self'; require-trusted-types-for 'script'"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


def visit(page: Page, server: StandIn) -> None:
    page.goto(f"{server.url}/problems/classical/")
    server.requests.clear()


def paste(page: Page, script: str = AT_ONCE, *, wait: bool = True) -> str:
    """What the console does with it; returns what the page says when it has ended."""
    console: CDPSession = page.context.new_cdp_session(page)
    answer = console.send("Runtime.evaluate", {"expression": script, "replMode": True})
    assert "exceptionDetails" not in answer, answer
    if not wait:
        return ""
    page.evaluate("navigator.locks.request('spojscore', () => {})")
    return said(page)


def said(page: Page) -> str:
    return page.locator("body > div").last.inner_text()


def saved(page: Page, folder: Path, script: str = AT_ONCE) -> tuple[str, bytes]:
    """The name and the content of the file that it saves."""
    with page.expect_download() as download:
        paste(page, script)
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file.name, file.read_bytes()


def starts(server: StandIn) -> list[int]:
    asked = [path for path in server.requests if path.startswith(LIST)]
    return [int(path.removeprefix(LIST)) for path in asked]


def listed(content: bytes, server: StandIn) -> list[int]:
    return [one.start for one in har.pages(content, server.url)]


@pytest.mark.parametrize(
    ("count", "order"),
    [(7, [0, 0]), (100, [0, 50, 50, 0]), (150, [0, 100, 50, 100, 0])],
)
def test_it_reads_each_page_and_the_first_and_the_last_twice(
    count: int, order: list[int], standin: Served, page: Page, tmp_path: Path
) -> None:
    server = standin(count)
    page.context.add_cookies([{"name": "cf_clearance", "value": "s3cret", "url": server.url}])
    visit(page, server)
    before = datetime.now(UTC) - timedelta(seconds=1)
    name, content = saved(page, tmp_path)
    asked = [path for path in server.requests if path != "/favicon.ico"]
    assert asked == ["/robots.txt", *(f"{LIST}{start}" for start in order)]
    read = har.pages(content, server.url)
    assert [(one.url, one.start, one.body) for one in read] == [
        (f"{server.url}{LIST}{start}", start, server.list_page(start)) for start in order
    ]
    assert before < read[0].started <= read[-1].started < datetime.now(UTC)
    assert name == f"spoj-{read[-1].started:%Y-%m-%d}.har"
    assert b"s3cret" not in content
    assert b"Chrome" not in content
    assert {sent["Cookie"] for sent in server.headers} == {"cf_clearance=s3cret"}


def test_what_it_saves_is_a_har_file(standin: Served, page: Page, tmp_path: Path) -> None:
    server = standin(60)
    visit(page, server)
    log = json.loads(saved(page, tmp_path)[1])["log"]
    assert log["version"] == "1.2"
    [entry, *_] = log["entries"]
    assert entry["request"]["headers"] == entry["request"]["cookies"] == []
    assert entry["response"]["headers"] == entry["response"]["cookies"] == []


def test_it_shows_how_far_it_is(standin: Served, page: Page) -> None:
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text))
    visit(page, standin(150))
    with page.expect_download():
        last = paste(page)
    assert lines[:-1] == [
        "1 of 5 pages", "2 of 5 pages", "3 of 5 pages", "4 of 5 pages", "5 of 5 pages",
    ]  # fmt: skip
    assert lines[-1] == last
    assert last.startswith("Saved spoj-")


def test_it_waits_a_second_before_each_page(standin: Served, page: Page) -> None:
    server = standin(60)
    page.clock.install(time=0)
    visit(page, server)
    page.clock.pause_at(3_600_000)  # else it goes on by itself
    with page.expect_response("**/robots.txt"):
        paste(page, SCRIPT, wait=False)
    for start in (0, 50, 50):
        before = starts(server)
        page.clock.run_for(990)
        assert starts(server) == before
        with page.expect_response(f"**/*start={start}") as response:
            page.clock.run_for(10)
        response.value.finished()
        assert starts(server) == [*before, start]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("50:status-403:1", "SPOJ does not give the page at start=50 (HTTP 403)."),
        ("50:busy:1", "SPOJ asks you to wait a while (HTTP 429)."),
        ("50:status-503:1", "SPOJ has a fault (HTTP 503)."),
        ("50:bot-check-503:1", "SPOJ asks for a check that you are no robot (HTTP 503)."),
        ("50:bot-check-by-header:1", "SPOJ asks for a check that you are no robot (HTTP 403)."),
        ("50:bot-check:1", "SPOJ asks for a check that you are no robot (HTTP 200)."),
        ("50:wrong-problem:1", "The page at start=50 is no list."),
        ("50:redirect-login:1", "The page at start=50 is no list."),
        ("50:no-rows:1", "The page at start=50 is no list."),
        ("50:hang-up:2", "Failed to fetch"),
        ("50:cut:1", "Failed to fetch"),
    ],
)
def test_it_stops_at_what_is_no_list_and_goes_on_after_a_reload(
    fault: str, why: str, standin: Served, page: Page, tmp_path: Path
) -> None:
    server = standin(200, fault)
    visit(page, server)
    assert paste(page) == (
        f"Stopped: {why}\nReload this page, see to it, and paste the text again."
    )
    assert starts(server)[:3] == [0, 150, 50]
    page.reload()
    server.requests.clear()
    _, content = saved(page, tmp_path)
    assert starts(server) == [50, 100, 150, 0]
    assert listed(content, server) == [0, 150, 50, 100, 150, 0]


@pytest.mark.parametrize(("minutes", "again"), [(29, []), (31, [0, 150])])
def test_pages_are_kept_for_half_an_hour(
    minutes: int, again: list[int], standin: Served, page: Page, tmp_path: Path
) -> None:
    server = standin(200, "50:status-503:1")
    page.clock.set_system_time(datetime(2026, 11, 25, 10, tzinfo=UTC))
    visit(page, server)
    paste(page)
    page.clock.set_system_time(datetime(2026, 11, 25, 10, minutes, tzinfo=UTC))
    page.reload()
    server.requests.clear()
    _, content = saved(page, tmp_path)
    assert starts(server) == [*again, 50, 100, 150, 0]
    assert listed(content, server) == [0, 150, 50, 100, 150, 0]


def test_what_was_saved_is_not_kept(standin: Served, page: Page, tmp_path: Path) -> None:
    server = standin(60)
    visit(page, server)
    saved(page, tmp_path)
    server.requests.clear()
    saved(page, tmp_path)
    assert starts(server) == [0, 50, 50, 0]


def test_it_runs_once_at_a_time(standin: Served, page: Page) -> None:
    server = standin(60, "0:hang")
    page.goto(f"{server.url}/login")
    with page.expect_request("**/*start=0"):
        paste(page, wait=False)
    with page.expect_console_message() as message:
        paste(page, wait=False)
    assert message.value.text == "It is running already, here or in another tab."
    assert len(starts(server)) <= 1


SPOJSCORE = "User-agent: spojscore\n"


ROBOTS = {
    "User-agent: *\nDisallow: /problems/\n": False,
    "user-agent:*\ndisallow:/problems/classical/sort=*  # all of it\r\n": False,
    "User-agent: *\nDisallow: /*start=0$\n": False,
    "User-agent: *\nDisallow: /\nAllow: /problems/\n": True,
    "User-agent: *\nAllow: /problems/\nDisallow: /problems/classical/\n": False,
    "User-agent: *\nDisallow: /problems/\nAllow: /problems/\n": True,
    "User-agent: *\nDisallow:\n": True,
    "User-agent: *\nDisallow: /problems.classical\nDisallow: /problems/$\n": True,
    "User-agent: other\nDisallow: /\n": True,
    f"User-agent: *\nDisallow: /\n\n{SPOJSCORE}Disallow: /submit/\n": True,
    f"User-agent: *\nDisallow:\n\n{SPOJSCORE}Disallow: /problems/\n": False,
    f"User-agent: other\n{SPOJSCORE}Disallow: /problems/\n": False,
    f"{SPOJSCORE}User-agent: other\nDisallow: /problems/\n": False,
    f"{SPOJSCORE}Disallow: /a\nUser-agent: other\nDisallow: /\n": True,
    "<html>Wrong problem id!</html>": True,
}


def test_it_obeys_robots_txt(standin: Served, page: Page) -> None:
    server = standin(60, "0:status-503")
    page.goto(f"{server.url}/login")
    allowed = {}
    for robots in ROBOTS:
        server.robots = robots.encode()
        server.requests.clear()
        told = paste(page)
        allowed[robots] = starts(server) == [0]
        assert told.startswith("Stopped: robots.txt forbids it.\n") != allowed[robots]
    assert allowed == ROBOTS


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("status-503", "SPOJ has a fault (HTTP 503)."),
        ("bot-check-403", "SPOJ asks for a check that you are no robot (HTTP 403)."),
        ("hang-up", "Failed to fetch"),
        ("status-404", None),
        ("status-403", None),
    ],
)
def test_without_an_answer_for_robots_txt_nothing_is_read(
    fault: str, why: str | None, standin: Served, page: Page
) -> None:
    server = standin(60, f"robots:{fault}", "0:wrong-problem")
    page.goto(f"{server.url}/login")
    why = why or "The page at start=0 is no list."  # RFC 9309: a 4xx forbids nothing
    assert paste(page).startswith(f"Stopped: {why}\n")


def test_a_site_with_a_strict_policy(standin: Served, page: Page, tmp_path: Path) -> None:
    server = standin(60)

    def strictly(route: Route) -> None:
        answer = route.fetch()
        policy = {"Content-Security-Policy": STRICT}
        route.fulfill(response=answer, headers=answer.headers | policy)

    page.route("**/*", strictly)
    visit(page, server)
    problems: list[str] = []
    page.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
    _, content = saved(page, tmp_path)
    assert listed(content, server) == [0, 50, 50, 0]
    assert page.locator("body > div").last.evaluate("e => getComputedStyle(e).position") == "fixed"
    assert problems == []


def test_names_in_the_old_themes_encoding(standin: Served, page: Page, tmp_path: Path) -> None:
    entries: list[Entry] = [e for e in problems(day="2012-05-08") if not e.name.isascii()]
    server = standin(entries, theme="old")
    visit(page, server)
    _, content = saved(page, tmp_path)
    read = parse_listing(har.pages(content, server.url)[0].body, "page").problems
    assert [problem.name for problem in read] == [entry.name for entry in entries]


SAME = "SELECT * FROM problems ORDER BY id"
LAST = "SELECT source, pages, problems, users FROM crawls ORDER BY id DESC LIMIT 1"


def test_what_a_browser_brings_is_what_a_crawl_brings(
    standin: Served, page: Page, browser: Browser, tmp_path: Path
) -> None:
    server = standin(220)
    crawled, collected, recorded = (tmp_path / f"{name}.db" for name in ("a", "b", "c"))
    assert Crawl(server.url, crawled).status == 0

    server.faults = [Fault.parse("100:bot-check-403:1")]
    visit(page, server)
    assert paste(page).startswith("Stopped: SPOJ asks for a check")
    page.reload()
    name, _ = saved(page, tmp_path)
    pages = ["-a", f"pages={tmp_path / name}"]
    assert Crawl(server.url, collected, arguments=pages).status == 0

    record = tmp_path / "network tab.har"
    with browser.new_context(record_har_path=record, record_har_content="embed") as context:
        tab = context.new_page()
        server.faults = [Fault.parse("0:bot-check-403:1")]
        tab.goto(
            f"{server.url}/problems/classical/"
        )  # the check is passed, the page is loaded anew
        tab.reload()
        for _ in range(4):
            tab.get_by_role("link", name="Next").first.click()
            tab.wait_for_load_state("networkidle")  # what is left too soon has no text
    server.requests.clear()
    assert Crawl(server.url, recorded, arguments=["-a", f"pages={record}"]).status == 0
    assert server.requests == []

    assert rows(crawled, SAME) == rows(collected, SAME) == rows(recorded, SAME)
    facts = {"pages": 5, "problems": 220, "users": sum(entry.users for entry in problems(220))}
    assert rows(crawled, LAST) == [facts | {"source": "127.0.0.1"}]
    assert rows(collected, LAST) == [facts | {"source": "browser"}]
    assert rows(recorded, LAST) == [facts | {"source": "browser, not fenced"}]


def test_it_is_short_enough_to_be_read_before_it_is_pasted() -> None:
    lines = SCRIPT.splitlines()
    assert len(lines) <= 120
    assert all(len(line) <= 100 for line in lines)
    assert AT_ONCE != SCRIPT
