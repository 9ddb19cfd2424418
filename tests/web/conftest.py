"""Sites with the complete list and with history, and a browser for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from standin.problems import problems
from standin.server import StandIn, serving
from tests.support.browsing import launched
from tests.support.crawling import Crawl
from tests.support.databases import rows
from tests.support.looking import DESK, looking
from tests.support.mine import LISTED, LISTS, open_mine, store
from tests.support.projects import ROOT
from tests.support.sample import write_sample
from tests.support.sites import served


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the stand-in's whole list. Not to be written to."""
    database = tmp_path_factory.mktemp("crawled") / "whole-list.db"
    with serving(StandIn(problems())) as server:
        crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    return database


@pytest.fixture(scope="session")
def site(crawled: Path) -> Iterator[str]:
    """The address of a Datasette that serves `crawled`."""
    with served(crawled) as (address, _):
        yield address


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with 40 days of history and hostile names, see grown.py. Not to be written to."""
    database = tmp_path_factory.mktemp("grown") / "grown.db"
    write_sample(database)
    return database


@pytest.fixture(scope="session")
def grown_site(grown: Path) -> Iterator[str]:
    """The address of a Datasette that serves `grown`."""
    with served(grown) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, grown_site: str) -> Iterator[Page]:
    """A browser at `grown_site`; see `looking`."""
    with looking(browser, grown_site, DESK) as page:
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
def listed(grown: Path) -> dict[str, dict[str, Any]]:
    """The problems of `grown` by code."""
    return {row["code"]: row for row in rows(grown, LISTED)}
