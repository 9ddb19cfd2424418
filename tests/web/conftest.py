"""Sites with the complete list and with history, and a browser for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from standin.problems import problems
from tests.support.browsing import launched
from tests.support.commits import crawl
from tests.support.databases import rows
from tests.support.grown import make as grow
from tests.support.looking import DESK, looking
from tests.support.mine import LISTED, LISTS, open_mine, store
from tests.support.projects import ROOT
from tests.support.sites import start_site


@pytest.fixture(scope="session")
def full_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with SPOJ's whole list, committed once. Not to be written to."""
    database = tmp_path_factory.mktemp("full") / "spojscore.db"
    crawl(database, 0, *problems())
    return database


@pytest.fixture(scope="session")
def site(full_database: Path) -> Iterator[str]:
    """The address of a site with `full_database`."""
    with start_site(full_database) as address:
        yield address


@pytest.fixture(scope="session")
def history_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with 40 days of history and hostile names, see grown.py. Not to be written to."""
    database = tmp_path_factory.mktemp("history") / "spojscore.db"
    grow(database)
    return database


@pytest.fixture(scope="session")
def history_site(history_database: Path) -> Iterator[str]:
    """The address of a site with `history_database`."""
    with start_site(history_database) as address:
        yield address


@pytest.fixture(scope="session")
def crawled(full_database: Path) -> Path:
    return full_database


@pytest.fixture(scope="session")
def grown(history_database: Path) -> Path:
    return history_database


@pytest.fixture(scope="session")
def grown_site(history_site: str) -> str:
    return history_site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, history_site: str) -> Iterator[Page]:
    """A browser at `history_site`; see `looking`."""
    with looking(browser, history_site, DESK) as page:
        yield page


@pytest.fixture(scope="module")
def static(browser: Browser) -> Iterator[Page]:
    """A page that can import the site's modules, without a site."""
    host = "http://static.test/"

    def answer(route: Route) -> None:
        path = ROOT / "web" / "static" / route.request.url.removeprefix(host)
        if path.suffix == ".js":
            route.fulfill(path=path, content_type="text/javascript")
        else:
            route.fulfill(body="", content_type="text/html")

    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/*", answer)
        page.goto(host)
        yield page


@pytest.fixture
def mine(page: Page) -> Page:
    """My progress of a visitor with LISTS."""
    store(page, **LISTS)
    open_mine(page)
    return page


@pytest.fixture
def listed(history_database: Path) -> dict[str, dict[str, Any]]:
    """The problems of `history_database` by code."""
    return {row["code"]: row for row in rows(history_database, LISTED)}
