"""Following the next page gives each row once; tests/store walks each column on stock Datasette."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.support.sites import get_json, get_page, start_site

LIST = "/spojscore/problems"


@pytest.fixture(scope="module")
def tied_site(history_database: Path) -> Iterator[str]:
    """A site with many ties."""
    with start_site(
        history_database,
        "UPDATE problems SET first_seen = '2020-01-0' || (1 + id % 2)",
        "UPDATE problems SET acceptance = id % 3 WHERE id % 5",
    ) as address:
        yield address


def walk_pages(address: str) -> Iterator[str]:
    link: str | None = address
    while link:
        page = get_page(urljoin(address, link))
        yield from page.css("tr::attr(data-code)").getall()
        link = page.css("a[rel=next]::attr(href)").get()


@pytest.mark.parametrize("sort", ["_sort=first_seen", "_sort_desc=band", "_sort=acceptance", ""])
@pytest.mark.parametrize("query", ["", "users__gt=100", "_q=a"])
def test_pages_have_each_row_once(sort: str, query: str, tied_site: str) -> None:
    all_rows = get_json(f"{tied_site}{LIST}.json?_size=max&_shape=array&{query}")
    codes = list(walk_pages(f"{tied_site}{LIST}?_size=30&{sort}&{query}"))
    assert len(codes) > 30
    assert sorted(codes) == sorted(row["code"] for row in all_rows)
