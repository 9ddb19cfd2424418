"""The home page of a list with history."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from parsel import Selector

from tests.support.commits import A, B, crawl
from tests.support.databases import rows
from tests.support.queries import run_query
from tests.support.sites import get_page, start_site, words

MAX_BYTES = 100_000


@pytest.fixture(scope="module")
def home(history_site: str) -> Selector:
    return get_page(f"{history_site}/")


def codes(section: Selector) -> list[str]:
    return section.css("[data-code]::attr(data-code)").getall()


def test_home_lists_problems(home: Selector, history_database: Path) -> None:
    listed = codes(home)
    moved = rows(history_database, "SELECT code FROM movers ORDER BY solves_7 DESC, code LIMIT 5")
    for expected in (run_query(history_database, "worth_now")[:3], moved):
        block = [row["code"] for row in expected]
        assert any(listed[n : n + len(block)] == block for n in range(len(listed)))


def test_growth_since_distant_crawl(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 87, replace(A, users=13), B)
    with start_site(database) as site:
        for path in ("/", "/charts"):
            assert "+3" in words(get_page(f"{site}{path}"))
        assert "+3 since 2 March 2026" in words(get_page(f"{site}/spojscore/problems/P1"))


def test_range_links_match_their_counts(
    home: Selector, history_database: Path, history_site: str
) -> None:
    links = home.css("a[href*='band=']::attr(href)").getall()
    bands = run_query(history_database, "bands")
    assert len(links) == len(bands)
    for link, band in zip(links, bands, strict=True):
        heading = get_page(urljoin(history_site, link)).css("h1 [role=status]::text").get("")
        assert heading.partition(" ")[0] == str(band["problems"])


def test_home_is_small_and_works_without_script(history_site: str, home: Selector) -> None:
    parts = home.css("link[rel=stylesheet]::attr(href), img::attr(src)").getall()
    size = len(home.get() or "")
    for part in parts:
        with urlopen(urljoin(history_site, part)) as response:
            size += len(response.read())
    assert size <= MAX_BYTES
    assert not home.xpath("//script[text()]")
    assert home.css("form[action='/find'] input[name=q]")
