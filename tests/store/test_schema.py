"""Databases of this version, of other versions and of other programs."""

from collections.abc import Callable
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

# Functions that open a database. Each must refuse a file that it does not understand.
OPENERS: dict[str, Callable[[Path], object]] = {
    "commit": lambda path: crawl(path, 0, A),
    "last_list": lambda path: last_list(path, date(2100, 1, 1)),
    "read_state": read_state,
    "upgrade": schema.upgrade,
}


def test_problem_fields_are_columns(database: Path) -> None:
    crawl(database, 0, A)
    assert {field.name for field in fields(Problem)} - rows(database)[0].keys() == {"value"}


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("DROP TABLE _sqlite_migrations", "not a spojscore 1.0"),
        ("DELETE FROM _sqlite_migrations WHERE name = 'create'", "not a spojscore 1.0"),
        ("INSERT INTO _sqlite_migrations VALUES (99, 'spojscore', 'color', '')", "newer version"),
        (None, "not a database"),
    ],
    ids=["other-program", "development", "newer", "text"],
)
def test_other_databases_are_refused(
    sql: str | None, reason: str, opener: str, database: Path
) -> None:
    if sql:
        crawl(database, 0, A)
        change(database, sql)
    else:
        database.write_text("Not a database, and long enough to be read as one." * 20)
    content = database.read_bytes()
    with pytest.raises(StoreError, match=f"{database}: .*{reason}"):
        OPENERS[opener](database)
    assert database.read_bytes() == content


def add_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the migration of a later version, which adds a column to `crawls`."""
    migrations = Migrations(schema.migrations.name)
    for migration in schema.migrations.pending(Database(memory=True)):
        migrations()(migration.fn)

    @migrations()
    def add_color(db: Database) -> None:
        db.execute("ALTER TABLE crawls ADD COLUMN color TEXT DEFAULT 'red'")

    for module in ("schema", "commit", "state"):
        monkeypatch.setattr(f"spojscore_crawler.store.{module}.migrations", migrations)


def test_upgrade(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crawl(database, 0, A)
    assert schema.upgrade(database) is None
    add_migration(monkeypatch)
    with pytest.raises(StoreError, match="needs an upgrade"):
        read_state(database)
    with files.lock(database):  # as `make pull` does
        assert schema.upgrade(database) == f"{database}: upgraded (add_color)"
    assert rows(database, "SELECT color FROM crawls") == [{"color": "red"}]
    assert schema.upgrade(database) is None


def test_commit_upgrades(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crawl(database, 0, A)
    add_migration(monkeypatch)
    crawl(database, 1, A, B)
    assert rows(database, "SELECT color FROM crawls") == [{"color": "red"}] * 2
