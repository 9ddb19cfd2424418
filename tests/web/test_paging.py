"""Following the next page gives each row once; tests/store walks each column on stock Datasette."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

from tests.support.databases import rows
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


@pytest.mark.parametrize(
    ("table", "sort"),
    [("history", "users"), ("events", "code"), ("movers", "code"), ("problem_history", "code")],
)
def test_json_has_each_row_once(
    table: str, sort: str, tied_site: str, history_database: Path
) -> None:
    results, parameters = [], []
    address = f"{tied_site}/spojscore/{table}.json?_sort={sort}&_size=25&_shape=objects"
    while address:
        page = get_json(address)
        results += page["rows"]
        parameters.append(sorted(name for name, _ in parse_qsl(urlsplit(address).query)))
        address = page["next_url"]
    all_rows = rows(history_database, f"SELECT * FROM {table}")
    assert sorted(map(str, results)) == sorted(map(str, all_rows))
    assert parameters[1] == parameters[-1]  # addresses do not grow
