"""SPOJ's past lists, imported from data/ by `make history`."""

from pathlib import Path

import pytest

from spojscore_crawler import history
from spojscore_crawler.store.files import StoreError
from tests.support.databases import rows


def test_each_file_is_in_lists() -> None:
    assert sorted(history.LISTS) == sorted(p.stem for p in history.DATA.glob("????-??-??.csv"))


def test_each_list_is_a_crawl(database: Path) -> None:
    history.main([str(database)])
    crawls = rows(database, "SELECT day, source, problems, added, delisted, solves FROM crawls")
    assert [crawl["day"] for crawl in crawls] == sorted(history.LISTS)
    assert crawls[:3] == [
        {"day": "2012-05-08", "source": "data/2012-05-08.csv, read by 9 May 2012",
         "problems": 2186, "added": 2186, "delisted": 0, "solves": None},
        {"day": "2025-05-31",
         "source": "data/2025-05-31.csv, read between 11 and 31 May 2025",
         "problems": 3971, "added": 1847, "delisted": 62, "solves": 3442031 - 559823},
        {"day": "2025-08-26", "source": "data/2025-08-26.csv, read on 26 August 2025",
         "problems": 3974, "added": 3, "delisted": 0, "solves": 38744},
    ]  # fmt: skip
    events = "SELECT kind, count(*) AS n FROM events WHERE crawl_id = 2 GROUP BY kind"
    assert {row["kind"]: row["n"] for row in rows(database, events)} == {
        "added": 1847, "delisted": 62, "renamed": 7,
    }  # fmt: skip
    prime1 = "SELECT users FROM problem_history WHERE code = 'PRIME1' ORDER BY day LIMIT 3"
    assert [row["users"] for row in rows(database, prime1)] == [7535, 82235, 83055]


def test_missing_votes_are_those_of_last_list_with_votes() -> None:
    prime1 = next(p for p in history.read_list("2025-08-26") if p.code == "PRIME1")
    assert (prime1.users, prime1.votes_up, prime1.votes_down) == (83055, 645, 15)
    assert history.votes_day("2012-05-08") is None


def test_existing_file_is_refused(database: Path) -> None:
    database.write_bytes(b"mine")
    with pytest.raises(StoreError, match="already exists"):
        history.import_lists(database)
    assert database.read_bytes() == b"mine"


def test_failed_import_leaves_no_database(database: Path) -> None:
    days = ["2012-05-08", "1999-01-01"]
    with pytest.raises(FileNotFoundError):
        history.import_lists(database, days)
    assert not database.exists()
    history.import_lists(database, days[:1])
    assert [file.name for file in database.parent.iterdir()] == ["spojscore.db"]
