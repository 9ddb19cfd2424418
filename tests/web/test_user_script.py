"""The user script on SPOJ's pages, with and without the functions of its manager."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route
from pytest_playwright import CreateContextCallback

from standin.pages import error_page
from standin.problems import problems
from tests.support.databases import rows
from tests.support.mine import PROFILE
from tests.support.sites import get
from tests.support.themes import THEMES
from web.options import VERSION

SPOJ = "https://www.spoj.com"
MANAGER = """
window.GM = {
    getValue: async (key, fallback) => sessionStorage.getItem(key) ?? fallback,
    setValue: async (key, value) => sessionStorage.setItem(key, value),
    xmlHttpRequest: ({ url, onload, onerror }) => fetch(url).then(
        async (one) => onload({ status: one.status, responseText: await one.text() }), onerror),
};
"""
PROBLEM = b'<div class="prob"><h2 id="problem-name">ONP - Transform</h2><p>x</p>'
PROFILE_TABLES = (
    b"<div id=user-profile-tables><h4>Solved</h4><a href=/status/ONP,me/>ONP</a>"
    b"<h4>Todo</h4><a href=/status/TEST,me/>TEST</a><a href=/status/NOSUCH,me/>x</a></div>"
)
# After this many tasks, the script has decided whether to fetch, or has stored a failure.
FIFTY_TASKS = (
    "async () => { for (let n = 50; n; n--) await new Promise((end) => setTimeout(end)); }"
)
CELLS = "all => all.map(table => [...table.rows].map(row => [...row.cells].map(c => c.innerHTML)))"


class Visitor:
    """A browser with the script installed, on a fake SPOJ that serves `pages`, by path."""

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
def visitor(new_context: CreateContextCallback, site: str) -> Visitor:
    context = new_context()
    context.add_cookies([{"name": "secret", "value": "1", "url": site}])
    return Visitor(context.new_page(), site)


@pytest.fixture(params=["manager", "no-manager"])
def each_visitor(request: pytest.FixtureRequest, visitor: Visitor) -> Visitor:
    if request.param == "manager":
        visitor.page.add_init_script(MANAGER)
    return visitor


@pytest.fixture(scope="module")
def listed_problems(full_database: Path) -> dict[str, dict[str, Any]]:
    table = rows(full_database, "SELECT * FROM problems WHERE delisted IS NULL")
    return {row["code"]: row for row in table}


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
def test_list_gets_points(
    theme: str, visitor: Visitor, listed_problems: dict[str, dict[str, Any]]
) -> None:
    entries = problems(120)[40:90]
    page = THEMES[theme](entries, 0, 50, 120)
    page = page.replace(entries[7].code.encode(), b"NOTCLASSICAL")
    visitor.open("/problems/classical/", page)
    tables = visitor.page.locator("table.problems")
    tables.get_by_text("Points", exact=True).wait_for()
    new_cells = tables.evaluate_all(CELLS)
    visitor.page.goto(f"{SPOJ}/problems/classical/")
    old_cells = tables.evaluate_all(CELLS)
    # Everything is still there.
    assert new_cells[:-1] == old_cells[:-1]
    assert [row[:-1] for row in new_cells[-1]] == old_cells[-1]
    scores = [listed_problems[entry.code]["score"] for entry in entries]
    texts = [f"{score:.3f}" if score >= 0.001 else "&lt;0.001" for score in scores]
    texts[7] = ""
    assert [row[-1] for row in new_cells[-1]][-len(entries) :] == texts


def test_problem_gets_a_line(
    each_visitor: Visitor, listed_problems: dict[str, dict[str, Any]]
) -> None:
    each_visitor.open("/problems/ONP/", PROBLEM)
    each_visitor.wait()
    row = listed_problems["ONP"]
    line = each_visitor.page.locator("#problem-name + #spojscore")
    text = line.inner_text()
    assert text.startswith(f"{row['score']:.6g} points · you gain {row['points_if_solved']:.6g} · ")
    assert f"{row['users']:,} solvers · {row['acceptance']:.0f}% accepted" in text
    link = line.get_by_role("link", name="spojscore")
    assert link.get_attribute("href") == f"{each_visitor.site}/spojscore/problems/ONP"
    assert each_visitor.page.locator("#problem-name").inner_text() == "ONP - Transform"


@pytest.mark.parametrize(
    ("profile", "number"),
    [
        pytest.param(PROFILE_TABLES, 1, id="small"),
        pytest.param(
            PROFILE, 70, id="real",
            marks=pytest.mark.skipif(not PROFILE.exists(), reason="../shared/spoj is missing"),
        ),
    ],
)  # fmt: skip
def test_profile_gets_points_and_link(
    profile: bytes | Path, number: int, visitor: Visitor, listed_problems: dict[str, dict[str, Any]]
) -> None:
    visitor.open("/users/me/", profile if isinstance(profile, bytes) else profile.read_bytes())
    visitor.wait()
    line = visitor.page.locator("#user-profile-tables > #spojscore")
    link = line.get_by_role("link", name="Open in spojscore")
    address = (link.get_attribute("href") or "").replace("&tried=TEST", "")
    assert address.startswith(f"{visitor.site}/mine#solved=")
    codes = address.partition("=")[2].split(",")
    assert len(codes) == number
    points = sum(listed_problems[code]["score"] for code in codes)
    unit = "problem" if number == 1 else "problems"
    assert line.inner_text().startswith(f"{points:.3g} points for {number} classical {unit} ")
    link.click()
    visitor.page.locator("[value=add]").first.click()
    solved = json.loads(visitor.page.evaluate("localStorage.getItem('spojscore.solved')"))
    assert sorted(solved) == sorted(codes)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/problems/NOSUCH/", error_page("Wrong problem id!"), id="error-page"),
        pytest.param("/problems/classical/", error_page("Problem hidden"), id="hidden"),
        pytest.param("/users/nobody/", error_page("No such user"), id="no-profile"),
        pytest.param("/problems/NOSUCH/", PROBLEM, id="not-classical"),
    ],
)
def test_unexpected_page_is_unchanged(path: str, body: bytes, visitor: Visitor) -> None:
    errors: list[str] = []
    visitor.page.on("pageerror", lambda error: errors.append(str(error)))
    visitor.open(path, body)
    visitor.page.wait_for_load_state("networkidle")
    after = visitor.page.evaluate("document.body.innerHTML")
    visitor.page.goto(SPOJ + path)
    assert visitor.page.evaluate("document.body.innerHTML") == after
    assert errors == []


def test_fetches_once_a_day(each_visitor: Visitor) -> None:
    for time, fetches in (
        ("2036-11-25T10:00Z", 1),  # the clock was wrong
        ("2026-11-25T10:00Z", 2),
        ("2026-11-25T10:01Z", 2),
        ("2026-11-26T09:59Z", 2),
        ("2026-11-26T10:01Z", 3),
    ):
        each_visitor.page.clock.set_system_time(time)
        each_visitor.open("/problems/ONP/", PROBLEM)
        each_visitor.wait()
        assert len(each_visitor.requests) == fetches
    for url, headers in each_visitor.requests:
        assert url.startswith(f"{each_visitor.site}/spojscore/problems.json?")
        assert "ONP" not in headers.get("referer", "")
        assert "cookie" not in headers


def test_failed_fetch_is_not_repeated_same_day(visitor: Visitor) -> None:
    visitor.status = 503
    with visitor.page.expect_response(f"{visitor.site}/**"):
        visitor.open("/problems/ONP/", PROBLEM)
    visitor.page.evaluate(FIFTY_TASKS)
    visitor.open("/problems/ONP/", PROBLEM)
    visitor.page.evaluate(FIFTY_TASKS)
    assert len(visitor.requests) == 1
    assert visitor.page.locator("#spojscore").count() == 0
