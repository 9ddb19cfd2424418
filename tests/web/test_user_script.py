"""The user script on SPOJ's pages, with and without the functions of its manager."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from standin.pages import error_page
from standin.problems import problems
from tests.support.databases import rows
from tests.support.mine import PROFILE
from tests.support.sites import get
from tests.support.themes import THEMES
from web.options import VERSION

SPOJ = "https://www.spoj.com"
MANAGER = """
window.stored = JSON.parse(sessionStorage.getItem("stored") ?? "{}");
window.GM = {
    getValue: async (key, fallback) => stored[key] ?? fallback,
    setValue: async (key, value) => {
        stored[key] = value;
        sessionStorage.setItem("stored", JSON.stringify(stored));
    },
    xmlHttpRequest: ({ url, onload, onerror }) => fetch(url).then(
        async (one) => onload({ status: one.status, responseText: await one.text() }),
        onerror,
    ),
};
"""
PROBLEM = '<div class="prob"><h2 id="problem-name" class="text-center">ONP - Transform</h2><p>x</p>'
# The script has long decided whether to fetch, or stored a failure, after so many tasks.
FIFTY_TASKS = """async () => {
    for (let n = 0; n < 50; n++) await new Promise((done) => setTimeout(done));
}"""
LISTED = "SELECT * FROM problems WHERE delisted IS NULL"


class Visitor:
    """A browser on a SPOJ of `pages`, by path, with the script installed."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.script = get(f"{site}/spoj.user.js")
        self.pages: dict[str, bytes] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.status = 200
        page.route("**/*", self.answer)

    def answer(self, route: Route) -> None:
        url = route.request.url
        if url.startswith(self.site):
            self.requests.append((url, route.request.headers))
            response = route.fetch()
            route.fulfill(response=response, status=self.status)
        elif body := self.pages.get(url.removeprefix(SPOJ)):
            route.fulfill(body=body, content_type="text/html")
        else:
            route.abort()

    def open(self, path: str, body: bytes) -> None:
        self.pages[path] = body
        self.page.goto(SPOJ + path, wait_until="domcontentloaded")
        self.page.add_script_tag(content=self.script)

    def wait(self) -> None:
        self.page.locator("#spojscore").wait_for()


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Visitor]:
    with browser.new_context() as context:
        context.add_cookies([{"name": "secret", "value": "1", "url": site}])
        yield Visitor(context.new_page(), site)


@pytest.fixture(params=["manager", "no-manager"])
def either(request: pytest.FixtureRequest, visitor: Visitor) -> Visitor:
    """The visitor, with GM functions and without."""
    if request.param == "manager":
        visitor.page.add_init_script(MANAGER)
    return visitor


def test_head_names_site_and_version(site: str) -> None:
    head, _, code = get(f"{site}/spoj.user.js").partition("// ==/UserScript==\n")
    facts = [line.split(maxsplit=2)[1:] for line in head.splitlines()[1:]]
    assert ["@version", VERSION] in facts
    assert ["@connect", "127.0.0.1"] in facts
    assert ["@updateURL", f"{site}/spoj.user.js"] in facts
    matches = [fact[1] for fact in facts if fact[0] == "@match"]
    assert matches == [f"{SPOJ}/problems/*", f"{SPOJ}/users/*"]
    assert code.lstrip().startswith(f'const SITE = "{site}";')
    assert len((head + code).splitlines()) <= 200


@pytest.mark.parametrize("theme", THEMES)
def test_list_gets_points(theme: str, either: Visitor, crawled: Path) -> None:
    listed = problems(120)[40:90]
    hidden = listed[7]
    page = THEMES[theme](listed, 0, 50, 120)
    foreign = page.replace(hidden.code.encode(), b"NOTCLASSICAL")
    either.open("/problems/classical/", foreign)
    either.page.get_by_role("cell", name="Points").or_(
        either.page.get_by_role("columnheader", name="Points")
    ).wait_for()
    cells = (
        either.page.locator("table.problems")
        .last.locator("tr:has(td)")
        .evaluate_all(
            """all => all.map(row => [row.querySelector("a[href*='/ranks/']").textContent.trim(),
            row.cells[row.cells.length - 1].textContent, row.cells.length])"""
        )
    )
    scores = {row["code"]: row["score"] for row in rows(crawled, LISTED)}

    def text(code: str) -> str:
        return "<0.001" if scores[code] < 0.001 else f"{scores[code]:.3f}"

    expected = ["" if one is hidden else text(one.code) for one in listed]
    assert [cell[1] for cell in cells] == expected
    assert [cell[0] for cell in cells] == [str(one.users) for one in listed]
    assert len({cell[2] for cell in cells}) == 1
    # All that was there is still there.
    kept = (
        "all => all.map(table => [...table.rows].map(row => [...row.cells].map(c => c.innerHTML)))"
    )
    after = either.page.locator("table.problems").evaluate_all(kept)
    either.page.set_content(foreign.decode("iso-8859-2" if theme == "old" else "utf-8"))
    before = either.page.locator("table.problems").evaluate_all(kept)
    assert [row[:-1] for row in after[-1]] == before[-1]
    assert after[:-1] == before[:-1]


def test_problem_gets_a_line(either: Visitor, crawled: Path) -> None:
    either.open("/problems/ONP/", PROBLEM.encode())
    either.wait()
    [row] = rows(crawled, "SELECT * FROM problems WHERE code = 'ONP'")
    line = either.page.locator("#problem-name + #spojscore")
    text = line.inner_text()
    assert text.startswith(f"{row['score']:.6g} points · you gain {row['points_if_solved']:.6g} · ")
    assert f"{row['users']:,} solvers · {row['acceptance']:.0f}% accepted" in text
    link = line.get_by_role("link", name="spojscore")
    assert link.get_attribute("href") == f"{either.site}/spojscore/problems/ONP"
    assert either.page.locator("#problem-name").inner_text() == "ONP - Transform"


@pytest.mark.skipif(not PROFILE.exists(), reason="shared/spoj is not beside this folder")
def test_profile_gets_points_and_link(either: Visitor, crawled: Path) -> None:
    either.open("/users/kosaksi/", PROFILE.read_bytes())
    either.wait()
    line = either.page.locator("#user-profile-tables > #spojscore")
    link = line.get_by_role("link", name="Open in spojscore")
    address = link.get_attribute("href") or ""
    assert address.startswith(f"{either.site}/mine#solved=")
    codes = address.partition("=")[2].split(",")
    assert len(codes) == 70
    scores = {row["code"]: row["score"] for row in rows(crawled, LISTED)}
    points = sum(scores[code] for code in codes)
    assert line.inner_text().startswith(f"{points:.3g} points for 70 classical problems ")
    link.click()
    either.page.get_by_role("button", name="Add 70 solved problems").click()
    solved = json.loads(either.page.evaluate("localStorage.getItem('spojscore.solved')"))
    assert sorted(solved) == sorted(codes)


def test_points_of_one_problem_have_three_digits(visitor: Visitor, crawled: Path) -> None:
    profile = b"<div id=user-profile-tables><h4>Solved</h4><a href=/status/ONP,me/>ONP</a></div>"
    visitor.open("/users/me/", profile)
    visitor.wait()
    [row] = rows(crawled, "SELECT * FROM problems WHERE code = 'ONP'")
    expected = f"{row['score']:.3g} points for 1 classical problem Open in spojscore"
    assert visitor.page.locator("#spojscore").inner_text() == expected


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/problems/NOSUCH/", error_page("Wrong problem id!"), id="error-page"),
        pytest.param("/problems/classical/", error_page("Problem hidden"), id="hidden"),
        pytest.param("/users/nobody/", error_page("No such user"), id="no-profile"),
        pytest.param("/problems/NOSUCH/", PROBLEM.encode(), id="not-classical"),
    ],
)
def test_unexpected_page_is_unchanged(path: str, body: bytes, visitor: Visitor) -> None:
    errors: list[str] = []
    visitor.page.on("pageerror", lambda error: errors.append(str(error)))
    visitor.pages[path] = body
    visitor.page.goto(SPOJ + path)
    before = visitor.page.evaluate("document.body.innerHTML")
    visitor.page.evaluate(visitor.script)
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.evaluate("document.body.innerHTML") == before
    assert errors == []


def test_fetches_once_a_day(either: Visitor) -> None:
    either.page.clock.set_system_time("2026-11-25T10:00:00Z")
    for time, readings in (("10:00", 1), ("10:01", 1), ("33:59", 1), ("34:01", 2)):
        hour, minute = map(int, time.split(":"))
        either.page.clock.set_system_time(
            f"2026-11-{25 + hour // 24}T{hour % 24:02}:{minute:02}:00Z"
        )
        either.open("/problems/ONP/", PROBLEM.encode())
        either.wait()
        assert len(either.requests) == readings
    for url, headers in either.requests:
        assert url.startswith(f"{either.site}/spojscore/problems.json?")
        assert "referer" not in headers or "ONP" not in headers["referer"]
        assert "cookie" not in headers


def test_reads_again_after_the_clock_was_wrong(visitor: Visitor) -> None:
    for day in ("2036-11-25", "2026-11-25"):
        visitor.page.clock.set_system_time(f"{day}T10:00:00Z")
        visitor.open("/problems/ONP/", PROBLEM.encode())
        visitor.wait()
    assert len(visitor.requests) == 2


def test_failed_fetch_is_not_repeated_same_day(visitor: Visitor) -> None:
    visitor.status = 503
    with visitor.page.expect_response(f"{visitor.site}/**"):
        visitor.open("/problems/ONP/", PROBLEM.encode())
    visitor.page.evaluate(FIFTY_TASKS)
    visitor.open("/problems/ONP/", PROBLEM.encode())
    visitor.page.evaluate(FIFTY_TASKS)
    assert len(visitor.requests) == 1
    assert visitor.page.locator("#spojscore").count() == 0
