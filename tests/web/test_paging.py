"""Following 'next' gives each row once, whatever the rows are sorted by."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.sites import get, served, walked

PROBLEMS = (
    "code", "name", "users", "score", "band", "points_if_solved", "acceptance", "votes_up",
    "votes_down", "concept_difficulty", "url", "id", "first_seen", "last_changed", "delisted",
)  # fmt: skip
SORTED = [
    *(("problems", column, ["code"]) for column in PROBLEMS),
    ("history", "users", ["problem_id", "day"]),
    ("history", "day", ["problem_id", "day"]),
    ("events", "kind", ["id"]),
    ("crawls", "day", ["id"]),
    ("movers", "solves_7", ["code"]),
    ("problem_history", "users", ["code", "day"]),
    ("problem_history", "day", ["code", "day"]),
    ("latest_events", "kind", ["code", "kind", "day"]),
]


@pytest.fixture(scope="module")
def tied(grown: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many rows that are equal in what they are sorted by, and not in the order of their keys."""
    database = tmp_path_factory.mktemp("tied") / "tied.db"
    shutil.copy(grown, database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE problems SET first_seen = '2020-01-0' || (1 + id % 2)")
        connection.execute("UPDATE problems SET acceptance = id % 3 WHERE id % 5")
        # Of equal rows, SQLite finds those first that were put in first.
        connection.execute("CREATE TEMP TABLE mixed AS SELECT * FROM problems")
        connection.execute("DELETE FROM problems")
        connection.execute("INSERT INTO problems SELECT * FROM mixed ORDER BY id * 7919 % 1009")
    return database


@pytest.fixture(scope="module")
def tied_site(tied: Path) -> Iterator[str]:
    with served(tied) as (address, _):
        yield address


def walked_pages(address: str) -> Iterator[str]:
    """The codes on the list's page at an address, and on all that its 'Next page' leads to."""
    following: str | None = address
    while following:
        page = Selector(get(following))
        yield from page.css("tr::attr(data-code)").getall()
        link = page.css("a.next::attr(href)").get()
        following = urljoin(address, link) if link else None


@pytest.mark.parametrize("way", ["_sort", "_sort_desc"])
@pytest.mark.parametrize(("table", "column", "key"), SORTED)
def test_each_row_once(
    table: str, column: str, key: list[str], way: str, tied_site: str, tied: Path
) -> None:
    every = sorted(tuple(row[name] for name in key) for row in rows(tied, f"SELECT * FROM {table}"))
    address = f"{tied_site}/spojscore/{table}.json?{way}={column}&_size=40&_delisted=1"
    found = list(walked(address if table == "problems" else address.replace("&_delisted=1", "")))
    assert sorted(tuple(row[name] for name in key) for row in found) == every
    # SQLite sorts nulls before all else.
    order = [(row[column] is not None, row[column]) for row in found]
    assert order == sorted(order, reverse=way == "_sort_desc")


@pytest.mark.parametrize("size", ["+300", "300 ", "3_00", "0300"])
def test_a_page_that_is_asked_for_too_much_leads_on(size: str, site: str) -> None:
    asked = "users__gt=1000"
    every = json.loads(get(f"{site}/spojscore/problems.json?_size=max&_shape=array&{asked}"))
    address = f"{site}/spojscore/problems?{urlencode({'_size': size})}&{asked}"
    found = list(walked_pages(address))
    assert len(found) == len({*found}) == len(every) > 300


def test_the_address_of_what_follows_does_not_grow(tied_site: str) -> None:
    following, names = f"{tied_site}/spojscore/problems.json?_size=20", []
    for _ in range(4):
        following = json.loads(get(following))["next_url"]
        names.append(sorted(name for name, _ in parse_qsl(urlsplit(following).query)))
    assert names[1] == ["_next", "_nofacet", "_size", "_sort_desc"]
    assert names[1] == names[2] == names[3]


@pytest.mark.parametrize("size", ["1", "01", " 1"])
def test_a_page_of_one_row_loses_none(size: str, tied_site: str) -> None:
    asked = "_q=test&_sort=users"
    every = json.loads(get(f"{tied_site}/spojscore/problems.json?_shape=array&{asked}"))
    address = f"{tied_site}/spojscore/problems.json?{asked}&{urlencode({'_size': size})}"
    found = [row["code"] for row in walked(address)]
    assert sorted(found) == sorted(row["code"] for row in every)
    assert len(found) > 1


def test_a_blank_size_is_none(tied_site: str) -> None:
    address = f"{tied_site}/spojscore/problems.csv"
    assert get(f"{address}?_size=") == get(address)


@pytest.mark.parametrize("query", ["_sort=first_seen", "_sort_desc=band", "_sort=acceptance", ""])
@pytest.mark.parametrize("asked", ["", "users__gt=100", "_q=a"])
def test_each_row_once_as_a_page(query: str, asked: str, tied_site: str) -> None:
    every = json.loads(get(f"{tied_site}/spojscore/problems.json?_size=max&_shape=array&{asked}"))
    address = f"{tied_site}/spojscore/problems?_size=30&{query}&{asked}"
    found = list(walked_pages(address))
    assert len(found) > 30
    assert sorted(found) == sorted(row["code"] for row in every)
