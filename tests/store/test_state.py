"""The state of a database, and the list that the next crawl is compared with."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import LastList, last_list, read_state
from tests.support.commits import MONDAY, A, B, C, crawl
from tests.support.databases import change


def test_empty_file_is_new_database(database: Path) -> None:
    database.touch()
    assert last_list(database, date(2100, 1, 1)) is None
    crawl(database, 0, A)
    assert read_state(database).lineage[-1].problems == 1
    change(database, "DELETE FROM crawls")
    assert last_list(database, MONDAY) is None


def test_last_list(database: Path) -> None:
    assert last_list(database, MONDAY) is None
    crawl(database, 0, A, replace(B, acceptance=50.0))
    crawl(database, 1.5, replace(A, acceptance=0.0), C)
    expected = LastList(
        problems=2,
        users=40,
        started=datetime(2026, 3, 3, 12, tzinfo=UTC),
        names={1: "Name 1", 3: "Name 3"},
        value_counts={"acceptance": 1, "votes_up": 0, "concept_difficulty": 0},
    )
    assert last_list(database, MONDAY + timedelta(days=1)) == expected


def test_last_list_refuses_earlier_day(database: Path) -> None:
    crawl(database, 1, A)
    with pytest.raises(StoreError, match="its last crawl was on 2026-03-03"):
        last_list(database, MONDAY)
