"""Checks that a page is accessible, free of errors and no wider than its window."""

from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Response

from tests.support.browsing import HEIGHT

WIDTHS = (320, 390, 700, 1120, 1280)  # pixels
FIRST_ROWS = {"exclude": [["tbody tr:nth-child(n+4)"], ["[data-rung] + [data-rung]"]]}


def watch(page: Page, site: str) -> list[str]:
    """Collect the console errors, failed responses and requests to other hosts of a page."""
    errors: list[str] = []

    def check_console(message: ConsoleMessage) -> None:
        # Chromium also writes what check_response sees, and errors that a test provokes.
        if "status of" not in message.text:
            errors.append(message.text)

    def check_response(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            errors.append(f"{response.status} {response.url}")

    def check_host(url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(site):
            errors.append(url)

    page.on("console", check_console)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: check_host(request.url))
    page.on("response", check_response)
    return errors


def violations(page: Page, **options: Any) -> list[str]:
    """Violations found by axe, as rule and element. Checks only the first rows of tables."""
    results = Axe().run(page, context=FIRST_ROWS, options=options)
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """The number of pixels by which the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return max(width, 0)


def check_page(page: Page) -> None:
    """Raise AssertionError unless the page is accessible, also in dark mode, and fits any width."""
    assert page.locator("h1").inner_text()
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert overflow(page) == 0, f"{width} pixels"
    page.emulate_media(color_scheme="dark")
    assert violations(page, runOnly=["color-contrast"]) == []


def find_unreachable(page: Page, selector: str) -> set[str]:
    """The visible elements that the Tab key does not reach, once around the page."""
    focus = "document.activeElement.outerHTML"
    elements = page.locator(selector).locator("visible=true")
    all_elements = set(elements.evaluate_all("all => all.map(one => one.outerHTML)"))
    reached_elements = {page.evaluate(focus)}
    for _ in range(len(all_elements) + 60):
        page.keyboard.press("Tab")
        reached_elements.add(page.evaluate(focus))
    return all_elements - reached_elements
