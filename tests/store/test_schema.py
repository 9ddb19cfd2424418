"""Databases of this version, of other versions and of other programs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from spojscore_crawler.items import Problem
from spojscore_crawler.store import files, schema
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import last_list, read_state
from tests.support.commits import A, B, crawl
from tests.support.databases import change, rows

MIGRATION = "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('spojscore', '{}')"
# Functions that open a database. Each must refuse a file that it does not understand.
USES: dict[str, Callable[[Path], object]] = {
    "commit": lambda path: crawl(path, 0, A),
    "last_list": lambda path: last_list(path, date(2100, 1, 1)),
    "read_state": read_state,
    "upgrade": schema.upgrade,
}


def test_problem_fields_are_columns(database: Path) -> None:
    crawl(database, 0, A)
    with closing(Database(database)) as db:
        columns = set(db["problems"].columns_dict)
    assert {field.name for field in fields(Problem)} - columns == {"value"}


@pytest.fixture(params=USES)
def use(request: pytest.FixtureRequest) -> Callable[[Path], object]:
    return USES[request.param]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        # Their first versions had no table of migrations.
        pytest.param(
            ["DROP TABLE _sqlite_migrations", "PRAGMA user_version = 6"],
            "not a spojscore 1.0 database.* start over with `make history`",
            id="development-6",
        ),
        pytest.param(
            ["DELETE FROM _sqlite_migrations", MIGRATION.format("create_problems")],
            "not a spojscore 1.0 database.* start over with `make history`",
            id="development-12",
        ),
        pytest.param(
            [MIGRATION.format("add_something")],
            r"made by a newer spojscore \(add_something\); update this installation",
            id="newer",
        ),
        pytest.param(
            ["DROP TABLE _sqlite_migrations", "DROP TABLE problems"],
            "not a spojscore 1.0 database",
            id="other-program",
        ),
    ],
)
def test_refuses_other_schemas(
    sql: list[str], reason: str, use: Callable[[Path], object], database: Path
) -> None:
    crawl(database, 0, A)
    for statement in sql:
        change(database, statement)
    content = database.read_bytes()
    with pytest.raises(StoreError, match=f"{database}: {reason}"):
        use(database)
    assert database.read_bytes() == content


def test_refuses_text_file(use: Callable[[Path], object], database: Path) -> None:
    database.write_text("Not a database, and long enough to be read as one." * 20)
    text = database.read_bytes()
    with pytest.raises(StoreError, match="file is not a database"):
        use(database)
    assert database.read_bytes() == text


def test_empty_file_is_new_database(database: Path) -> None:
    database.touch()
    assert last_list(database, date(2100, 1, 1)) is None
    crawl(database, 0, A)
    assert read_state(database).problems == 1


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Migrations:
    """The migrations of a later version, which adds a column to `crawls`."""
    migrations = Migrations(schema.migrations.name)
    migrations()(schema.create)

    @migrations()
    def add_color(db: Database) -> None:
        db.execute("ALTER TABLE crawls ADD COLUMN color TEXT DEFAULT 'red'")

    for module in ("schema", "commit", "state"):
        monkeypatch.setattr(f"spojscore_crawler.store.{module}.migrations", migrations)
    return migrations


def colors(path: Path) -> list[object]:
    return [row["color"] for row in rows(path, "SELECT color FROM crawls")]


def test_upgrade(database: Path, request: pytest.FixtureRequest) -> None:
    crawl(database, 0, A)
    assert schema.upgrade(database) is None
    request.getfixturevalue("later")
    with pytest.raises(StoreError, match="needs an upgrade; run `make check`"):
        read_state(database)
    assert schema.upgrade(database) == f"{database}: upgraded (add_color)"
    assert colors(database) == ["red"]
    assert schema.upgrade(database) is None


def test_commit_upgrades(database: Path, request: pytest.FixtureRequest) -> None:
    crawl(database, 0, A)
    request.getfixturevalue("later")
    crawl(database, 1, A, B)
    assert colors(database) == ["red", "red"]


def test_upgrade_needs_lock(database: Path, request: pytest.FixtureRequest) -> None:
    crawl(database, 0, A)
    request.getfixturevalue("later")
    content = database.read_bytes()
    with files.lock(database), pytest.raises(StoreError, match="locked by another process"):
        schema.upgrade(database)
    assert database.read_bytes() == content


def test_failed_migration_changes_nothing(database: Path, later: Migrations) -> None:
    @later()
    def fail(db: Database) -> None:
        db.execute("CREATE TABLE half (done)")
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(StoreError, match=r"disk I/O error \(is the disk full\?\)"):
        crawl(database, 0, A)
    assert not database.exists()
