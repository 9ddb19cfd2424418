"""Databases of other versions, of other programs, and of other days."""

import gzip
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from spojscore_crawler.store import files, schema
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import last_list, state
from standin.problems import problems
from tests.support.commits import C, crawl
from tests.support.crawling import Crawl, Served
from tests.support.databases import change, rows
from tests.support.tools import faked_clock

VERSION = "PRAGMA user_version"


def test_a_new_database_has_the_newest_version(database: Path, before: bytes) -> None:
    assert before
    assert rows(database, VERSION) == [{"user_version": schema.VERSION}]


# Made by the code of version 6, the last without a table of migrations: P1 and P2 on the Monday of
# tests/support/commits.py; P2 renamed, P3 new on the next day; a week later P1 has the number 9,
# P2 is gone, and a crawl in between was refused.
VERSION_6 = gzip.decompress(Path(__file__).with_name("schema-6.db.gz").read_bytes())
TABLES = ("problems", "history", "crawls", "events", "refusals")


@pytest.fixture
def older(database: Path) -> dict[str, list[dict[str, object]]]:
    """The tables of `database`, which is of version 6."""
    database.write_bytes(VERSION_6)
    return tables(database)


def tables(database: Path) -> dict[str, list[dict[str, object]]]:
    """Each table with the columns that version 6 had."""
    found = {}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(VERSION_6)
        for table in TABLES:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            found[table] = rows(database, f"SELECT {', '.join(columns)} FROM {table}")
    return found


def test_an_older_database_is_brought_forward(
    older: dict[str, list[dict[str, object]]], database: Path
) -> None:
    assert len(older["history"]) == 6
    told = f"{database}: brought from schema 6 to {schema.VERSION}"
    assert schema.bring_forward(database) == told
    assert tables(database) == older
    assert rows(database, VERSION) == [{"user_version": schema.VERSION}]
    assert schema.bring_forward(database) is None
    assert len(state(database).lineage) == 3


def test_a_crawl_brings_an_older_database_forward(
    older: dict[str, list[dict[str, object]]], database: Path
) -> None:
    crawl(database, 20, C)
    now = tables(database)
    assert now["crawls"][:3] == older["crawls"]
    assert now["events"][: len(older["events"])] == older["events"]
    assert {row["code"] for row in now["problems"] if row["delisted"]} == {"P1", "P2"}


def test_an_older_database_in_use_is_not_brought_forward(
    older: dict[str, list[dict[str, object]]], database: Path
) -> None:
    assert older
    with files.lock(database), pytest.raises(StoreError, match="another process is writing to it"):
        schema.bring_forward(database)
    assert database.read_bytes() == VERSION_6


def test_a_file_that_was_analyzed_is_still_ours(database: Path, before: bytes) -> None:
    assert before
    change(database, "ANALYZE")
    assert state(database).problems == 120


def test_every_version_leads_to_the_same_schema(database: Path) -> None:
    for version in range(1, schema.VERSION):
        database.unlink(missing_ok=True)
        with closing(sqlite3.connect(database)) as connection:
            db = Database(connection)
            schema.migrations.apply(db, stop_before=schema.NAMES[version])
            db.execute(f"DROP TABLE {schema.migrations.migrations_table}")
            db.execute(f"PRAGMA user_version = {version}")
        schema.bring_forward(database)
        with files.opened(database) as db:
            assert schema.parts(db) == schema.expected(schema.VERSION)


def test_a_migration_that_fails_leaves_the_old_database(
    older: dict[str, list[dict[str, object]]], database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert older

    def apply(db: Database) -> None:
        db.execute("CREATE TABLE half (done)")
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(schema.migrations, "apply", apply)
    with pytest.raises(StoreError, match="disk I/O error"):
        schema.bring_forward(database)
    with pytest.raises(StoreError, match=r"disk I/O error \(is the disk full\?\)"):
        crawl(database, 20, C)
    assert database.read_bytes() == VERSION_6


NEWER = (
    "its schema has version 99, made by a newer spojscore; this one knows "
    f"{schema.VERSION}: update it"
)


def test_a_database_of_a_newer_version(standin: Served, database: Path, before: bytes) -> None:
    assert before
    change(database, "PRAGMA user_version = 99")
    server = standin(120)
    newer = database.read_bytes()
    assert Crawl(server.url, database).failed(f"{database}: {NEWER}", newer)
    assert server.requests == []


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE crawls RENAME COLUMN overridden TO x",
        "DROP VIEW latest_events",
        "CREATE VIEW x AS SELECT 1",
        "CREATE TRIGGER x AFTER INSERT ON crawls BEGIN DELETE FROM history; END",
        "PRAGMA user_version = 3",
    ],
)
def test_a_database_of_another_schema(sql: str, database: Path, before: bytes) -> None:
    assert before
    change(database, sql)
    changed = database.read_bytes()
    for use in (state, schema.bring_forward, lambda path: last_list(path, date(2100, 1, 1))):
        with pytest.raises(StoreError, match=": this is not a database of spojscore: not its "):
            use(database)
    with pytest.raises(StoreError, match=": this is not a database of spojscore: not its "):
        crawl(database, 0, C)
    assert database.read_bytes() == changed


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
    clock.write_text("@2026-03-01 23:59:00")
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
    assert "2026-03-02T00:00" < row["started"] <= row["finished"] < "2026-03-02T00:02"


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
