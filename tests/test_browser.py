"""The site in a real browser, on a desk and on a phone."""

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import missing

CHROMIUM = shutil.which("chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PAGES = {
    "/": "spojscore",
    "/spojscore": "spojscore",
    "/spojscore/problems": "Classical problems",
    "/spojscore/problems/PRIME1": "problems: PRIME1",
    "/spojscore/easier": "Worth most among the easier ones",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing("Chromium is not installed (Debian's package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A page that must neither complain nor ask another host for anything."""
    page = browser.new_page(viewport={"width": request.param, "height": 844}, base_url=site)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.extend(elsewhere(asked.url, site)))
    yield page
    page.close()
    assert complaints == []


def elsewhere(url: str, site: str) -> list[str]:
    parts = urlsplit(url)
    return [] if parts.scheme == "data" or url.startswith(site) else [url]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_without_complaint(path: str, page: Page) -> None:
    response = page.goto(path, wait_until="networkidle")
    assert response
    assert response.status == 200
    assert page.locator("h1").inner_text() == PAGES[path]


def test_from_home_over_the_list_to_aggrcow(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="All problems, most solved first").click()
    assert page.locator("tbody tr").first.inner_text().split()[0] == "TEST"
    page.get_by_label("Search:").fill("AGGR")
    page.get_by_label("Search:").press("Enter")
    page.get_by_role("link", name="AGGRCOW", exact=True).click()
    assert page.locator("td.col-users").inner_text() == "46656"
    assert page.locator("td.col-score").inner_text() == "0.00171"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(path: str, page: Page) -> None:
    page.goto(path)
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_descriptions_of_columns_stand_below_the_rows(page: Page) -> None:
    page.goto("/spojscore/problems")
    rows, descriptions = (
        page.locator(selector).bounding_box()
        for selector in (".rows-and-columns", ".column-descriptions")
    )
    assert rows
    assert descriptions
    assert descriptions["y"] > rows["y"] + rows["height"]
