"""Databases of this version, of other versions and of other programs."""

from __future__ import annotations

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


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        pytest.param(
            ["DROP TABLE _sqlite_migrations"], "not a spojscore 1.0 database", id="other-program"
        ),
        pytest.param(
            ["DELETE FROM _sqlite_migrations", MIGRATION.format("create_problems")],
            "not a spojscore 1.0 database",
            id="development",
        ),
        pytest.param(
            [MIGRATION.format("add_something")],
            r"made by a newer spojscore \(add_something\)",
            id="newer",
        ),
        pytest.param(None, "file is not a database", id="text"),
    ],
)
def test_refuses_other_databases(
    sql: list[str] | None, reason: str, use: Callable[[Path], object], database: Path
) -> None:
    if sql:
        crawl(database, 0, A)
        change(database, *sql)
    else:
        database.write_text("Not a database, and long enough to be read as one." * 20)
    content = database.read_bytes()
    with pytest.raises(StoreError, match=f"{database}: {reason}"):
        use(database)
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
    with pytest.raises(StoreError, match="needs an upgrade; run `make check`"):
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
