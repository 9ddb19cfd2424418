"""Files that cannot be used, and transactions."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest

from spojscore_crawler.store.files import StoreError, check_writable, open_database, transaction
from tests.support.commits import A, crawl


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param(".", "is a folder", id="folder"),
        pytest.param("none/x.db", "no such folder", id="no-folder"),
        pytest.param("README.md", "not a database", id="text"),
    ],
)
def test_check_writable(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("SQLite is not in its first bytes.")
    (tmp_path / "empty.db").touch()
    check_writable(tmp_path / "empty.db")
    with pytest.raises(StoreError, match=reason):
        check_writable(tmp_path / name)


def test_permissions(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crawl(database, 0, A)
    denied_access = {database.parent: os.W_OK}
    monkeypatch.setattr(os, "access", lambda path, mode: not denied_access.get(path, 0) & mode)
    with pytest.raises(StoreError, match="not writable"):
        check_writable(database)
    denied_access = {database: os.W_OK}
    with pytest.raises(StoreError, match="both readable and writable"):
        check_writable(database)
    denied_access = {database: os.R_OK}
    with pytest.raises(StoreError, match="not readable"), open_database(database):
        pass


def test_transaction_locks_before_it_reads(database: Path) -> None:
    """Otherwise it would fail if another process wrote between its reads and its writes."""
    other_connection = sqlite3.connect(database, timeout=0)
    refusal = pytest.raises(sqlite3.OperationalError, match="locked")
    with closing(other_connection), transaction(database), refusal:
        other_connection.execute("BEGIN IMMEDIATE")


def test_second_writer_waits(database: Path) -> None:
    crawl(database, 0, A)
    with ThreadPoolExecutor() as pool:
        with transaction(database):
            commit = pool.submit(crawl, database, 1, A)
            wait([commit], timeout=0.2)
        commit.result()


def test_failed_transaction_leaves_no_new_file(database: Path) -> None:
    with pytest.raises(StoreError, match="too large"), transaction(database) as db:
        db.execute("SELECT ?", [2**63])
    assert not database.exists()
