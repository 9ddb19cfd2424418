"""Sites with the complete list and with history, and a browser for them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_playwright import CreateContextCallback

from standin.problems import problems
from standin.server import StandIn, serving
from tests.support.accessibility import watch
from tests.support.crawling import Crawl
from tests.support.databases import rows
from tests.support.mine import LISTS, open_mine, store
from tests.support.sample import write_sample as grow
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
    grow(database)
    return database


@pytest.fixture(scope="session")
def grown_site(grown: Path) -> Iterator[str]:
    """The address of a Datasette that serves `grown`."""
    with served(grown) as (address, _):
        yield address


def open_page(new_context: CreateContextCallback, site: str) -> Iterator[Page]:
    """A page of a new visitor; errors about it fail the test."""
    page = new_context(base_url=site).new_page()
    errors = watch(page, site)
    yield page
    assert errors == []


@pytest.fixture
def page(new_context: CreateContextCallback, grown_site: str) -> Iterator[Page]:
    yield from open_page(new_context, grown_site)


@pytest.fixture
def full_page(new_context: CreateContextCallback, site: str) -> Iterator[Page]:
    yield from open_page(new_context, site)


@pytest.fixture(scope="module")
def modules(browser: Browser, grown_site: str) -> Iterator[Page]:
    """A page that can import the site's modules."""
    with browser.new_context(base_url=grown_site) as context:
        page = context.new_page()
        page.goto("/robots.txt")
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
    table = rows(grown, "SELECT * FROM problems WHERE delisted IS NULL")
    return {row["code"]: row for row in table}
