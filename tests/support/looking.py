"""Pages of the site, and accessibility checks in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.support.queries import METADATA

# Paths and their status.
PAGES = {
    **dict.fromkeys(
        (
            "/", "/mine", "/charts", "/api", "/topics", "/spojscore", "/spojscore/problems",
            "/spojscore/problems?_q=x&_facet=first_seen&users__gt=5",
            "/spojscore/problems?_col=code&_col=url&_col=id&_size=5",
            "/spojscore/problems?_q=nosuchproblem", "/spojscore/problems/STEADY",
            "/spojscore/problems/XWIDE", "/spojscore/problems/LEAVING", "/spojscore/crawls",
            "/spojscore/crawls/1", "/spojscore/events", "/spojscore/history",
            "/spojscore/problem_history", "/spojscore/movers", "/spojscore/latest_events",
            "/spojscore?sql=select+*+from+problems+limit+3",
            *(f"/spojscore/{query}" for query in METADATA),
        ),
        200,
    ),
    "/spojscore?sql=select": 400,
    "/nosuchpage": 404,
}  # fmt: skip
DESK, PHONE, WIDTHS = 1280, 390, (320, 700, 1280)  # pixels
HEIGHT = 844


@contextmanager
def looking(browser: Browser, site: str, width: int) -> Iterator[Page]:
    """Opens a page; fails on console errors, failed responses and requests to other hosts."""
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, base_url=site)
    page = context.new_page()
    complaints: list[str] = []

    def check_console(message: ConsoleMessage) -> None:
        # Chromium complains about each error, also where a test asks for one.
        if "status of" not in message.text:
            complaints.append(message.text)

    def check_response(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            complaints.append(f"{response.status} {response.url}")

    page.on("console", check_console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.extend(external(request.url, site)))
    page.on("response", check_response)
    yield page
    context.close()
    assert complaints == []


def external(url: str, site: str) -> list[str]:
    return [] if urlsplit(url).scheme in ("data", "blob") or url.startswith(site) else [url]


def violations(page: Page, **options: Any) -> list[str]:
    """Violations found by axe, as rule and element. Checks only the first rows of tables."""
    context = {"exclude": [["tbody tr:nth-child(n+6)"]]}
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in Axe().run(page, context=context, options=options).response["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """The number of pixels by which the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return max(width, 0)


def check_page(page: Page, path: str) -> None:
    """Raise AssertionError unless the page is accessible, also in dark mode, and fits any width."""
    response = page.goto(path)
    assert response
    assert response.status == PAGES.get(path, 200)
    assert page.locator("h1").inner_text()
    assert violations(page) == []
    assert overflow(page) == 0
    page.emulate_media(color_scheme="dark")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert overflow(page) == 0
    assert violations(page, runOnly=["color-contrast"]) == []
