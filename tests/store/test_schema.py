"""Databases of other versions, of other programs, and of other days."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from spojscore_crawler.database import DatabaseError, last_list
from spojscore_crawler.schema import MIGRATIONS
from standin.problems import problems
from tests.support.crawling import Crawl, Served
from tests.support.databases import change, rows
from tests.support.tools import faked_clock

VERSION = "PRAGMA user_version"


def test_a_new_database_has_the_newest_version(database: Path, before: bytes) -> None:
    assert before
    assert rows(database, VERSION) == [{"user_version": len(MIGRATIONS)}]


def older(database: Path, version: int) -> list[dict[str, object]]:
    """Make `database` what this version's release would have left; returns its problems.

    The first release counted no versions yet.
    """
    newest = database.with_name("newest.db")
    database.replace(newest)
    with closing(sqlite3.connect(database)) as connection, connection:
        for migration in MIGRATIONS[: max(version, 1)]:
            migration(Database(connection))
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
        connection.execute(f"ATTACH '{newest}' AS newest")
        for table in ("problems", *(["crawls"] if version > 1 else [])):
            connection.execute(f"INSERT INTO {table} SELECT * FROM newest.{table}")
        connection.execute("UPDATE problems SET first_seen = '2026-01-02'")
        connection.execute("UPDATE problems SET last_changed = '2026-01-03' WHERE code != 'TEST'")
        connection.execute("UPDATE problems SET delisted = '2026-01-04' WHERE code = 'ONP'")
    return rows(database)


@pytest.mark.parametrize("version", [0, 3])
def test_an_older_database_is_moved_on(
    version: int, standin: Served, database: Path, before: bytes
) -> None:
    assert before
    old = older(database, version)
    server = standin([entry for entry in problems(120) if entry.code != "ONP"])
    assert Crawl(server.url, database).status == 0
    assert rows(database) == old
    assert rows(database, VERSION) == [{"user_version": len(MIGRATIONS)}]
    crawls = rows(database, "SELECT problems, added, solves FROM crawls ORDER BY id DESC")
    assert len(crawls) == (2 if version > 1 else 1)
    known = rows(
        database, "SELECT code, users, day FROM problem_history WHERE code IN ('ONP', 'PALIN')"
    )
    assert known == [
        {"code": "ONP", "users": 44066, "day": "2026-01-03"},
        {"code": "ONP", "users": None, "day": "2026-01-04"},
        {"code": "PALIN", "users": 20501, "day": "2026-01-03"},
    ]
    assert rows(database, "SELECT count(*) AS n FROM history") == [{"n": 121}]
    assert rows(database, "SELECT * FROM events") == []


def test_a_migration_that_fails_leaves_the_old_database(
    standin: Served, database: Path, before: bytes
) -> None:
    assert before
    older(database, 0)
    change(database, "CREATE VIEW movers AS SELECT 1 AS id")
    old = database.read_bytes()
    crawl = Crawl(standin(120).url, database)
    assert crawl.failed(f'{database}: view "movers" already exists', old)


NEWER = (
    "its schema has version 99, made by a newer spojscore; this one knows "
    f"{len(MIGRATIONS)}: update it"
)


def test_a_database_of_a_newer_version(standin: Served, database: Path, before: bytes) -> None:
    assert before
    change(database, "PRAGMA user_version = 99")
    server = standin(120)
    newer = database.read_bytes()
    assert Crawl(server.url, database).failed(f"{database}: {NEWER}", newer)
    assert server.requests == []


@pytest.mark.parametrize(
    "sql", ["ALTER TABLE problems RENAME COLUMN band TO x", "ALTER TABLE problems RENAME TO x"]
)
def test_a_database_of_another_schema(sql: str, database: Path, before: bytes) -> None:
    assert before
    views = ("problem_history", "latest_events", "movers")
    change(database, *(f"DROP VIEW {view}" for view in views), sql)
    with pytest.raises(DatabaseError, match=r": this is no database of spojscore$"):
        last_list(database, date(2100, 1, 1))


def test_a_file_that_is_no_database(standin: Served, database: Path) -> None:
    database.write_text("Not a database, and long enough to be read as one." * 20)
    text = database.read_bytes()
    assert Crawl(standin(60).url, database).failed(f"{database}: file is not a database", text)


def test_an_empty_file_is_a_new_database(standin: Served, database: Path) -> None:
    database.touch()
    assert Crawl(standin(60).url, database).status == 0
    assert len(rows(database)) == 60


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing/x.db", "there is no folder {folder}/missing"), ("", "this is a folder")],
)
def test_a_place_where_no_database_can_be(
    name: str, reason: str, standin: Served, tmp_path: Path
) -> None:
    server = standin(60)
    database = tmp_path / name
    crawl = Crawl(server.url, database)
    assert crawl.status == 1
    assert crawl.error == (
        f"error: {database}: {reason.format(folder=tmp_path)}; {database} is as it was"
    )
    assert server.requests == []


def test_midnight_in_the_middle_of_a_crawl(standin: Served, database: Path, tmp_path: Path) -> None:
    """A crawl belongs to the day on which it started."""
    clock, environment = faked_clock(tmp_path)
    clock.write_text("@2026-03-01 23:59:58")
    server = standin(120)
    server.on_page = lambda: clock.write_text("@2026-03-02 00:00:30")
    assert Crawl(server.url, database, env=environment).status == 0
    assert {row["first_seen"] for row in rows(database)} == {"2026-03-01"}
    assert rows(database, "SELECT day FROM crawls") == [{"day": "2026-03-01"}]


def test_a_clock_that_goes_backwards_in_the_middle_of_a_crawl(
    standin: Served, database: Path, tmp_path: Path
) -> None:
    clock, environment = faked_clock(tmp_path)
    clock.write_text("@2026-03-02 00:00:30")
    server = standin(120)
    server.on_page = lambda: clock.write_text("@2026-02-01 00:00:00")
    crawl = Crawl(server.url, database, env=environment)
    assert crawl.status == 0
    assert {row["first_seen"] for row in rows(database)} == {"2026-03-02"}
    [row] = rows(database, "SELECT started, finished FROM crawls")
    assert "2026-03-02T00:00:3" in row["started"]
    assert row["started"] <= row["finished"] < "2026-03-02T00:01"


def test_a_clock_that_went_backwards_since_the_last_crawl(
    standin: Served, database: Path, tmp_path: Path, before: bytes
) -> None:
    clock, environment = faked_clock(tmp_path)
    [last] = rows(database, "SELECT day FROM crawls")
    clock.write_text("@2026-02-01 12:00:00")
    server = standin([replace(entry, users=entry.users + 1) for entry in problems(120)])
    assert Crawl(server.url, database, env=environment).failed(
        f"{database}: its last crawl was on {last['day']}, but it is 2026-02-01 by this machine's "
        "clock; set the clock, or, if it was wrong then, go back to a copy from before that crawl",
        before,
    )
    assert server.requests == []
