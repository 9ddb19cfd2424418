"""collect.js, pasted into the console of a real browser on the stand-in's list."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from spojscore_crawler.listing import parse_listing
from spojscore_crawler.saved import read_har
from standin.problems import Entry, problems
from standin.server import Handler, StandIn, serving
from tests.support.crawling import Crawl, Factory
from tests.support.databases import rows
from tests.support.pages import LIST
from tests.support.projects import ROOT

SCRIPT = (ROOT / "spojscore_crawler" / "collect.js").read_text(encoding="utf-8")
SCRIPT_WITHOUT_PAUSE = SCRIPT.replace("const PAUSE = 1000;", "const PAUSE = 0;")
STRICT_POLICY = "default-src 'self'; style-src 'self'; require-trusted-types-for 'script'"
SPOJSCORE = "User-agent: spojscore\n"
OLD_NAMES = [entry for entry in problems(day="2012-05-08") if not entry.name.isascii()][:50]


def paste(page: Page, script: str = SCRIPT_WITHOUT_PAUSE) -> None:
    console = page.context.new_cdp_session(page)
    answer = console.send("Runtime.evaluate", {"expression": script, "replMode": True})
    assert "exceptionDetails" not in answer, answer


def open_and_paste(page: Page, server: StandIn, script: str = SCRIPT_WITHOUT_PAUSE) -> None:
    page.goto(f"{server.url}/problems/classical/")
    server.requests.clear()
    server.headers.clear()
    paste(page, script)


def start(page: Page, server: StandIn) -> None:
    open_and_paste(page, server)
    page.get_by_role("button", name="Start").click()


def expect_text(page: Page, text: str) -> None:
    expect(page.locator("body > div").last).to_contain_text(text)


def save(page: Page, folder: Path, name: str = "Start") -> Path:
    """Click, and save the downloaded file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def requested_paths(server: StandIn) -> list[str]:
    return [path for path in server.requests if path != "/favicon.ico"]


def requested_starts(server: StandIn) -> list[int]:
    return [int(path.removeprefix(LIST)) for path in server.requests if path.startswith(LIST)]


def saved_starts(file: Path, server: StandIn) -> list[int | None]:
    return [page.start for page in read_har(file.read_bytes(), server.url)]


@pytest.mark.parametrize(
    ("entries", "order", "theme"),
    [
        pytest.param(problems(7), [0, 0], "modern", id="1-page"),
        pytest.param(problems(100), [0, 50, 50, 0], "modern", id="2-pages"),
        pytest.param(problems(150), [0, 100, 50, 100, 0], "modern", id="3-pages"),
        pytest.param(OLD_NAMES, [0, 0], "old", id="old-theme"),
    ],
)
def test_pages_are_navigated_in_order(
    entries: list[Entry], order: list[int], theme: str, standin: Factory, page: Page, tmp_path: Path
) -> None:
    server = standin(entries, theme=theme)
    open_and_paste(page, server)
    file = save(page, tmp_path)
    assert requested_paths(server) == ["/robots.txt", *(f"{LIST}{start}" for start in order)]
    modes = {(headers["Sec-Fetch-Mode"], headers["Sec-Fetch-Dest"]) for headers in server.headers}
    assert modes - {("no-cors", "image")} == {("navigate", "document")}
    pages = read_har(file.read_bytes(), server.url)
    assert [saved_page.start for saved_page in pages] == order
    assert file.name == f"spoj-{pages[-1].read_at:%Y-%m-%d}.har"
    for start, saved_page in zip(order, pages, strict=True):
        assert parse_listing(saved_page.response.body) == parse_listing(server.list_page(start))
    log = json.loads(file.read_bytes())["log"]
    assert log["version"] == "1.2"
    for entry in log["entries"]:
        for message in (entry["request"], entry["response"]):
            assert message["headers"] == message["cookies"] == []
    expect_text(page, "Saved spoj-")
    assert len(page.context.pages) == 1


def test_waits_a_second_before_each_page(standin: Factory, page: Page) -> None:
    server = standin(60)
    page.clock.install(time=0)
    open_and_paste(page, server, SCRIPT)
    page.clock.pause_at(3_600_000)
    page.get_by_role("button", name="Start").click()
    waits = []
    for number in range(1, 4):  # robots.txt and two pages
        waits.append(0)
        while len(requested_paths(server)) < number:
            page.clock.run_for(50)
            waits[-1] += 50
    assert min(waits) >= 1000


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param("50:bot-check-403:1", "asks whether you are a robot", id="bot-check"),
        pytest.param("50:bot-check-coop:1", "closed or isolated", id="isolated-window"),
        pytest.param("50:status-503:1", "HTTP 503", id="server-error"),
        pytest.param("50:busy:1", "HTTP 429", id="too-many-requests"),
        pytest.param("50:wrong-problem:1", "not a list of problems", id="error-page"),
        pytest.param("50:redirect-login:1", "shows /login", id="redirect"),
        pytest.param("50:seven-rows:1", "is incomplete", id="cut-page"),
        pytest.param("robots:bot-check-403:1", "asks whether you are a robot", id="robots-check"),
        pytest.param("robots:status-503:1", "HTTP 503", id="robots-error"),
    ],
)
def test_continue_resumes_after_bad_page(
    fault: str, reason: str, standin: Factory, page: Page, tmp_path: Path
) -> None:
    server = standin(200, fault)
    start(page, server)
    expect_text(page, reason)
    file = save(page, tmp_path, "Continue")
    assert saved_starts(file, server) == [0, 150, 50, 100, 150, 0]


def test_continue_uses_page_in_window(standin: Factory, page: Page, tmp_path: Path) -> None:
    server = standin(60, "50:bot-check-403:1")
    start(page, server)
    expect_text(page, "asks whether you are a robot")
    page.context.pages[-1].reload()  # as after an answered check
    save(page, tmp_path, "Continue")
    assert requested_starts(server) == [0, 50, 50, 50, 0]


class StrictStandIn(StandIn):
    """Allows caching, and sends a strict Content-Security-Policy."""

    def intercept(self, handler: Handler) -> bool:
        if handler.start is not None:
            headers = {"Cache-Control": "max-age=600", "Content-Security-Policy": STRICT_POLICY}
            handler.respond(self.list_page(handler.start), headers=headers)
        return handler.start is not None


def test_cached_page_is_loaded_again_under_strict_policy(page: Page, tmp_path: Path) -> None:
    with serving(StrictStandIn(problems(60))) as server:
        page.goto(f"{server.url}{LIST}0")
        errors: list[str] = []
        page.on("console", lambda log: errors.append(log.text) if log.type == "error" else None)
        server.requests.clear()
        paste(page)
        save(page, tmp_path)
        assert requested_starts(server) == [0, 50, 50, 0]
    assert page.locator("body > div").last.evaluate("e => getComputedStyle(e).position") == "fixed"
    assert errors == []


@pytest.mark.parametrize(("minutes", "reread"), [(29, []), (31, [0, 150])])
def test_resumes_after_reload_for_half_an_hour(
    minutes: int, reread: list[int], standin: Factory, page: Page, tmp_path: Path
) -> None:
    server = standin(200, "50:status-503:1")
    start(page, server)
    expect_text(page, "HTTP 503")
    page.context.pages[-1].close()
    page.add_init_script(f"const now = Date.now; Date.now = () => now() + {minutes} * 60_000;")
    open_and_paste(page, server)
    file = save(page, tmp_path)
    assert requested_starts(server) == [*reread, 50, 100, 150, 0]
    assert saved_starts(file, server) == [0, 150, 50, 100, 150, 0]
    open_and_paste(page, server)
    expect_text(page, "page 1")  # saved pages are discarded


def test_runs_once_at_a_time(standin: Factory, page: Page) -> None:
    open_and_paste(page, standin(60))
    expect_text(page, "new window")
    with page.expect_console_message() as message:
        paste(page)
    assert "another tab" in message.value.text


ROBOTS = {
    "User-agent: *\nDisallow: /problems/\n": False,
    "user-agent:*\ndisallow:/problems/classical/sort=*  # all of it\r\n": False,
    "User-agent: *\nDisallow: /*start=$\n": False,
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


def test_obeys_robots_txt(standin: Factory, page: Page) -> None:
    server = standin(60, "0:wrong-problem")
    results = {}
    for robots, is_allowed in ROBOTS.items():
        server.robots = robots.encode()
        start(page, server)
        expect_text(page, "not a list of problems" if is_allowed else "robots.txt")
        results[robots] = requested_starts(server) == [0]
    assert results == ROBOTS


@pytest.mark.usefixtures("snapshot")
def test_collected_list_equals_crawled(
    database: Path, standin: Factory, page: Page, tmp_path: Path
) -> None:
    server = standin(120)
    open_and_paste(page, server)
    collected, arguments = tmp_path / "collected.db", ["-a", f"pages={save(page, tmp_path)}"]
    assert Crawl(server.url, collected, arguments=arguments).status == 0
    sql = "SELECT id, code, name, users, acceptance, votes_up, votes_down FROM problems ORDER BY id"
    assert rows(collected, sql) == rows(database, sql)
    assert rows(collected, "SELECT source FROM crawls") == [{"source": "browser"}]
