"""Every page of the site, and what makes one fit for everybody, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.projects import ROOT
from tests.support.queries import QUERIES

SCREENSHOTS = ROOT / "build" / "screenshots"
PAGES = {
    "/": "spojscore",
    "/mine": "My problems",
    "/charts": "Charts",
    "/api": "API",
    "/spojscore": "Explore",
    "/spojscore/problems": "Classical problems",
    "/spojscore/problems?_q=x&_facet=first_seen&users__gt=5": "Classical problems",
    "/spojscore/problems?_col=code&_col=url&_col=id&_size=5": "Classical problems",
    "/spojscore/problems?_q=nosuchproblem": "Classical problems",
    "/spojscore/problems/STEADY": "Steady Climb STEADY",
    "/spojscore/problems/XWIDE": "W" * 200 + " XWIDE",
    "/spojscore/problems/LEAVING": "Leaving LEAVING",
    "/spojscore/crawls": "Crawls",
    "/spojscore/crawls/1": "crawls: 1",
    "/spojscore/events": "Events",
    "/spojscore/history": "History",
    "/spojscore/problem_history": "History of each problem",
    "/spojscore/movers": "Movers",
    "/spojscore/latest_events": "Latest events",
    "/spojscore?sql=select+*+from+problems+limit+3": "SQL query",
    "/spojscore?sql=select": "No answer",
    "/nosuchpage": "Not found",
    **{f"/spojscore/{query}": "" for query in QUERIES},
}
ERRORS = {"/nosuchpage": 404, "/spojscore?sql=select": 400}
DESK, PHONE = 1280, 390  # pixels
CONTRAST = {"runOnly": ["color-contrast"]}


@contextmanager
def looking(browser: Browser, site: str, width: int) -> Iterator[Page]:
    """A page that must neither complain nor ask another host for anything."""
    context = browser.new_context(viewport={"width": width, "height": 844}, base_url=site)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.extend(elsewhere(asked.url, site)))
    yield page
    context.close()
    # Chromium complains of every answer that is an error.
    assert [said for said in complaints if "status of 40" not in said] == []


def elsewhere(url: str, site: str) -> list[str]:
    parts = urlsplit(url)
    return [] if parts.scheme == "data" or url.startswith(site) else [url]


def serious(page: Page, **options: Any) -> list[str]:
    """What axe finds that keeps people from using the page, as rule and element.

    Of a table, its first rows are looked at: the others are like them.
    """
    rows = {"exclude": [["tbody tr:nth-child(n+6)"]]}
    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in Axe().run(page, context=rows, options=options).response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


def look(page: Page, path: str) -> None:
    """Raise AssertionError unless the page is fit for everybody; draws it, too."""
    response = page.goto(path)
    assert response
    assert response.status == ERRORS.get(path, 200)
    heading = page.locator("h1").inner_text()
    assert heading == PAGES[path] or (heading and not PAGES[path])
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []
    name = re.sub(r"\W+", "-", path).strip("-") or "home"
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-light.png")
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}-dark.png")
    assert serious(page, **CONTRAST) == []
