"""Pulling the published database."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from pytest_httpserver import HTTPServer

from deploy import __main__, pull
from deploy.process import PublishError
from spojscore_crawler.store import files
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import read_state
from tests.support.commits import A, B, C, crawl
from tests.support.databases import change, rows
from tests.support.public_site import publish

DB, HASH = "/spojscore.db", "/spojscore.db.sha256"


def assert_refused(database: Path, reason: str) -> None:
    """The pull fails for that reason and changes nothing, even if FIRST=1 allows a new start."""
    content = database.read_bytes() if database.exists() else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRST", "1")
        with pytest.raises((PublishError, StoreError), match=reason):
            pull.pull(database)
    assert (database.read_bytes() if database.exists() else None) == content
    assert list(database.parent.glob("*.pull*")) == []


@pytest.mark.parametrize("days", range(4), ids=["no-database", "older", "same", "newer"])
def test_pull_takes_newer_database(days: int, public_database: Path, database: Path) -> None:
    for day, lists in zip(range(days), ((A, B), (A, C), (B, C)), strict=False):
        crawl(database, day, *lists)
    newer_database = database if days >= 2 else public_database
    content = newer_database.read_bytes()
    pull.pull(database)
    assert database.read_bytes() == content
    assert list(database.parent.glob("*.pull*")) == []


def test_fork_is_resolved_by_either_command(
    site: HTTPServer, public_database: Path, database: Path
) -> None:
    crawl(database, 0, A, B)
    crawl(database, 3, A)
    with pytest.raises(PublishError) as error:
        pull.pull(database)
    _, pull_command, _, publish_command, _ = str(error.value).split("`")
    assert publish_command == "make crawl check archive build verify deploy probe"
    assert pull_command == f"mv {database} {database}.old && make pull"
    publish(site, database)  # the second command
    assert pull.pull(database).startswith("Kept ")
    publish(site, public_database)
    subprocess.run(pull_command.partition(" &&")[0].split(), check=True)
    pull.pull(database)
    assert database.read_bytes() == public_database.read_bytes()
    assert len(rows(Path(f"{database}.old"), "SELECT * FROM crawls")) == 2


def test_first_publication_needs_first(
    site: HTTPServer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PublishError, match=r"returned HTTP 404; set FIRST=1 "):
        pull.pull(database)
    monkeypatch.setenv("FIRST", "1")
    assert f"{site.url_for(DB)} returned HTTP 404" in pull.pull(database)
    assert not database.exists()


def test_pull_without_site(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)
    with pytest.raises(PublishError, match="SITE_URL is ''"):
        pull.pull(database)
    with monkeypatch.context() as patch:
        patch.setenv("FIRST", "1")
        assert pull.pull(database).startswith("Skipped: SITE_URL is not set")
    crawl(database, 0, A)
    assert pull.pull(database).startswith("Skipped: SITE_URL is not set")


@pytest.mark.parametrize("url", ["spojscore.app", "http://127.0.0.1:9", "http://no.invalid"])
def test_pull_refuses_unreachable_site(
    url: str, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", url)
    assert_refused(database, url)


Fault = Callable[[HTTPServer, Path], object]


def answer(path: str, content: bytes = b"", status: int = 200) -> Fault:
    """Answer the next request for `path` with this instead of its file."""
    return lambda site, _: site.expect_oneshot_request(path).respond_with_data(content, status)


def publish_change(sql: str) -> Fault:
    def fault(site: HTTPServer, database: Path) -> None:
        change(database, sql)
        publish(site, database)

    return fault


def publish_source(source: str) -> object:
    sql = f"UPDATE crawls SET source = '{source}' WHERE id = 1"
    return pytest.param(publish_change(sql), f"'{source}'", id=source)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(answer(DB, b"SQLite"), "does not match its hash", id="other-content"),
        pytest.param(answer(DB, status=500), "returned HTTP 500$", id="server-error"),
        pytest.param(answer(DB, bytes(300_001)), "has more than 300,000 bytes$", id="too-long"),
        pytest.param(answer(HASH, b"<!doctype html>"), "not a spojscore site", id="other-site"),
        pytest.param(answer(HASH), "not a spojscore site", id="empty-hash"),
        pytest.param(answer(HASH, status=404), r"\.sha256 returned HTTP 404$", id="no-hash"),
        pytest.param(publish_change("DELETE FROM problems"), f"{DB}: ", id="unsound"),
        pytest.param(publish_change("DROP TABLE _sqlite_migrations"), f"{DB}: ", id="schema"),
        *map(publish_source, ["demo", "Demo", "simulated", "localhost", "127.0.0.1", "::1"]),
    ],
)
def test_pull_refuses_bad_database(
    fault: Fault, reason: str, site: HTTPServer, public_database: Path, database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(pull, "MAX_DATABASE_BYTES", 300_000)
    crawl(database, 0, A, B)
    fault(site, public_database)
    assert_refused(database, f"^{site.url_for('').rstrip('/')}.*{reason}")


def test_pull_refuses_crawl_of_the_future(public_database: Path, database: Path) -> None:
    """The clocks of two machines may differ by five minutes."""
    finished = read_state(public_database).finished
    with time_machine.travel(finished - timedelta(minutes=5, seconds=1), tick=False):
        assert_refused(database, "is in the future")
    with time_machine.travel(finished - timedelta(minutes=4), tick=False):
        pull.pull(database)
    assert database.exists()


@pytest.mark.usefixtures("public_database")
def test_pull_refuses_synthetic_local_database(database: Path) -> None:
    crawl(database, 0, A, B)
    change(database, "UPDATE crawls SET source = 'demo'")
    assert_refused(database, "'demo'")


@pytest.mark.usefixtures("public_database")
@pytest.mark.parametrize("suffix", ["-journal", "-wal"])
def test_pull_refuses_stale_journal(suffix: str, database: Path) -> None:
    Path(f"{database}{suffix}").touch()
    assert_refused(database, f"{suffix} belongs to another database")


@pytest.mark.usefixtures("public_database")
def test_pull_refuses_locked_database(database: Path) -> None:
    with files.lock(database):
        assert_refused(database, "locked|another process")


def test_command_line(
    site: HTTPServer, public_database: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["deploy", "pull", str(database)])
    __main__.main()
    assert database.read_bytes() == public_database.read_bytes()
    answer(DB, status=503)(site, database)
    with pytest.raises(SystemExit) as error:
        __main__.main()
    assert error.value.code == f"error: {site.url_for(DB)} returned HTTP 503"
