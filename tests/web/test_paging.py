"""Following the next page gives each row once; tests/store walks each column on stock Datasette."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from parsel import Selector

from tests.support.databases import change, rows
from tests.support.sites import get, served, walked

LIST = "/spojscore/problems"


@pytest.fixture(scope="module")
def tied_site(grown: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with many ties."""
    database = tmp_path_factory.mktemp("tied") / "tied.db"
    shutil.copy(grown, database)
    change(database, "UPDATE problems SET first_seen = '2020-01-0' || (1 + id % 2)")
    change(database, "UPDATE problems SET acceptance = id % 3 WHERE id % 5")
    with served(database) as (address, _):
        yield address


def codes_of_pages(address: str) -> Iterator[str]:
    following: str | None = address
    while following:
        page = Selector(get(following))
        yield from page.css("tr::attr(data-code)").getall()
        link = page.css("a[rel=next]::attr(href)").get()
        following = urljoin(address, link) if link else None


@pytest.mark.parametrize("sort", ["_sort=first_seen", "_sort_desc=band", "_sort=acceptance", ""])
@pytest.mark.parametrize("query", ["", "users__gt=100", "_q=a"])
def test_pages_have_each_row_once(sort: str, query: str, tied_site: str) -> None:
    every = json.loads(get(f"{tied_site}{LIST}.json?_size=max&_shape=array&{query}"))
    results = list(codes_of_pages(f"{tied_site}{LIST}?_size=30&{sort}&{query}"))
    assert len(results) > 30
    assert sorted(results) == sorted(row["code"] for row in every)


@pytest.mark.parametrize("table", ["history", "events", "movers", "problem_history"])
def test_json_has_each_row_once(table: str, tied_site: str, grown: Path) -> None:
    results = list(walked(f"{tied_site}/spojscore/{table}.json?_sort=code&_size=40".replace(
        "history.json?_sort=code", "history.json?_sort=users")))  # fmt: skip
    every = rows(grown, f"SELECT * FROM {table}")
    assert sorted(map(str, results)) == sorted(map(str, every))


def test_next_url_does_not_grow(tied_site: str) -> None:
    following, names = f"{tied_site}{LIST}.json?_size=20", []
    for _ in range(4):
        following = json.loads(get(following))["next_url"]
        names.append(sorted(name for name, _ in parse_qsl(urlsplit(following).query)))
    assert names[1] == names[2] == names[3]
