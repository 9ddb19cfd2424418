"""Sites with the complete list and with history, and a browser for them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_playwright import CreateContextCallback

from standin.problems import problems
from tests.support.accessibility import watch
from tests.support.commits import crawl
from tests.support.databases import rows
from tests.support.mine import LISTS, open_mine, store
from tests.support.sample import write_sample
from tests.support.sites import start_site


@pytest.fixture(scope="session")
def full_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with SPOJ's whole list, committed once. Read-only."""
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
    """A database with 40 days of history and hostile names, see sample.py. Read-only."""
    database = tmp_path_factory.mktemp("history") / "spojscore.db"
    write_sample(database)
    return database


@pytest.fixture(scope="session")
def history_site(history_database: Path) -> Iterator[str]:
    """The address of a site with `history_database`."""
    with start_site(history_database) as address:
        yield address


def open_page(new_context: CreateContextCallback, site: str) -> Iterator[Page]:
    """A page for a new visitor. The test fails if the page reports an error."""
    page = new_context(base_url=site).new_page()
    errors = watch(page, site)
    yield page
    assert errors == []


@pytest.fixture
def page(new_context: CreateContextCallback, history_site: str) -> Iterator[Page]:
    yield from open_page(new_context, history_site)


@pytest.fixture
def full_page(new_context: CreateContextCallback, site: str) -> Iterator[Page]:
    yield from open_page(new_context, site)


@pytest.fixture(scope="module")
def modules(browser: Browser, history_site: str) -> Iterator[Page]:
    """A page that can import the site's modules."""
    with browser.new_context(base_url=history_site) as context:
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
def listed_problems(history_database: Path) -> dict[str, dict[str, Any]]:
    """The problems of `history_database` by code."""
    table = rows(history_database, "SELECT * FROM problems WHERE delisted IS NULL")
    return {row["code"]: row for row in table}
