"""Pulling the published database from a site that is a folder."""

import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy import __main__, pull
from deploy.process import PublishError
from spojscore_crawler.store import files
from spojscore_crawler.store.files import StoreError
from tests.support.commits import MONDAY, A, B, C, crawl
from tests.support.databases import change, rows
from tests.support.published import PAGE, Site

Environment = pytest.MonkeyPatch


def assert_refused(database: Path, reason: str) -> None:
    """The pull fails for that reason and changes nothing, even if FIRST=1 allows a new start."""
    before = database.read_bytes() if database.exists() else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRST", "1")
        with pytest.raises((PublishError, StoreError), match=reason):
            pull.pull(database)
    assert (database.read_bytes() if database.exists() else None) == before
    assert list(database.parent.glob("*.pull-*")) == []


@pytest.mark.parametrize("days", [pytest.param(0, id="no-database"), pytest.param(1, id="older")])
def test_pull_takes_newer_database(days: int, published: Path, database: Path) -> None:
    for day in range(days):
        crawl(database, day, A, B)
    pull.pull(database)
    assert database.read_bytes() == published.read_bytes()
    assert list(database.parent.glob("*.pull-*")) == []


@pytest.mark.parametrize("extra", [pytest.param(0, id="same"), pytest.param(1, id="newer")])
def test_pull_keeps_local_database(extra: int, published: Path, database: Path) -> None:
    shutil.copy(published, database)
    for day in range(2, 2 + extra):
        crawl(database, day, B, C)
    before = database.read_bytes()
    assert pull.pull(database).startswith("Kept ")
    assert database.read_bytes() == before


def test_fork_is_resolved_by_either_command(
    site: Site, published: Path, database: Path, tmp_path: Path
) -> None:
    crawl(database, 0, A, B)
    crawl(database, 3, A)
    with pytest.raises(PublishError) as raised:
        pull.pull(database)
    _, first, _, second, _ = str(raised.value).split("`")
    assert second == "make crawl check archive build verify deploy probe"
    assert first == f"mv {database} {database}.old && make pull"
    site.publish(database)  # the second command
    assert pull.pull(database).startswith("Kept ")
    site.publish(published)
    os.system(first.partition(" &&")[0])  # noqa: S605
    pull.pull(database)
    assert database.read_bytes() == published.read_bytes()
    assert len(rows(tmp_path / "spojscore.db.old", "SELECT * FROM crawls")) == 2


@pytest.mark.parametrize("has_local", [True, False])
def test_first_publication_needs_first(
    has_local: bool, site: Site, database: Path, monkeypatch: Environment
) -> None:
    if has_local:
        crawl(database, 0, A)
    before = database.read_bytes() if has_local else None
    with pytest.raises(PublishError, match=r"returned 404; set FIRST=1 "):
        pull.pull(database)
    monkeypatch.setenv("FIRST", "1")
    assert f"{site.url}/spojscore.db returned 404" in pull.pull(database)
    assert (database.read_bytes() if has_local else None) == before


@pytest.mark.parametrize(
    ("first", "has_local"),
    [pytest.param("1", False, id="first"), pytest.param("", True, id="local")],
)
def test_pull_without_site(
    first: str, has_local: bool, database: Path, monkeypatch: Environment
) -> None:
    monkeypatch.setenv("FIRST", first)
    monkeypatch.delenv("SITE_URL", raising=False)
    if has_local:
        crawl(database, 0, A)
    assert pull.pull(database).startswith("SITE_URL is not set")


@pytest.mark.parametrize("url", ["", "spojscore.app", "http://127.0.0.1:9", "http://no.invalid"])
def test_pull_refuses_unreachable_site(url: str, database: Path, monkeypatch: Environment) -> None:
    monkeypatch.setenv("SITE_URL", url)
    with pytest.raises(PublishError, match=f"SITE_URL is '{url}'" if "/" not in url else url):
        pull.pull(database)
    assert not database.exists()


def setter(**attributes: object) -> Callable[[Site], None]:
    """Set attributes of the site."""
    return lambda site: vars(site).update(attributes)


def flip(site: Site) -> None:
    file = site.folder / "spojscore.db"
    content = bytearray(file.read_bytes())
    content[PAGE + 900] ^= 1
    file.write_bytes(content)


def corrupt(site: Site) -> None:
    """Publish a damaged database with the right hash."""
    database = site.folder / "corrupt.db"
    content = bytearray((site.folder / "spojscore.db").read_bytes())
    content[PAGE * 2 : PAGE * 3] = bytes(PAGE)
    database.write_bytes(content)
    site.publish(database)


def publish_changed(sql: str) -> Callable[[Site], None]:
    def publish(site: Site) -> None:
        database = site.folder / "changed.db"
        shutil.copy(site.folder / "spojscore.db", database)
        change(database, sql)
        site.publish(database)

    return publish


def publish_future(site: Site) -> None:
    database = site.folder / "future.db"
    crawl(database, (datetime.now(UTC).date() - MONDAY).days + 2, A)
    site.publish(database)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("has_local", [True, False])
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(flip, "does not match its hash", id="flipped-bit"),
        pytest.param(setter(cut=10), "complete message body", id="incomplete"),
        pytest.param(setter(status=500), "returned 500$", id="server-error"),
        pytest.param(setter(endless=True), "has more than 3,000,000 bytes$", id="endless"),
        pytest.param(
            setter(hash="0" * 1001), r"\.sha256 has more than 1,000 bytes$", id="long-hash"
        ),
        pytest.param(
            setter(missing="spojscore.db.sha256"), r"\.sha256 returned 404$", id="no-hash"
        ),
        pytest.param(corrupt, "/spojscore.db: ", id="damaged"),
        pytest.param(
            publish_changed("DROP TABLE _sqlite_migrations"), "/spojscore.db: ", id="other-schema"
        ),
        pytest.param(
            publish_changed("UPDATE crawls SET source = 'demo' WHERE id = 1"), "'demo'", id="demo"
        ),
        pytest.param(
            publish_changed("UPDATE crawls SET source = 'simulated' WHERE id = 1"),
            "'simulated'",
            id="simulated",
        ),
        pytest.param(publish_future, "is in the future", id="future"),
    ],
)
def test_pull_refuses_bad_database(
    fault: Callable[[Site], object], reason: str, has_local: bool, site: Site, database: Path,
    monkeypatch: Environment,
) -> None:  # fmt: skip
    monkeypatch.setattr(pull, "MAX_DATABASE_BYTES", 3_000_000)
    if has_local:
        crawl(database, 0, A, B)
    fault(site)
    assert_refused(database, f"^{site.url}.*{reason}")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("source", ["demo", "simulated"])
def test_pull_refuses_synthetic_local_database(source: str, database: Path) -> None:
    crawl(database, 0, A, B)
    change(database, f"UPDATE crawls SET source = '{source}'")
    assert_refused(database, f"'{source}'")


@pytest.mark.usefixtures("published")
def test_pull_refuses_damaged_local_database(database: Path) -> None:
    database.write_bytes(b"not a database" * 500)
    assert_refused(database, "not a database")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("suffix", ["-journal", "-wal"])
def test_pull_refuses_stale_journal(suffix: str, database: Path) -> None:
    Path(f"{database}{suffix}").write_bytes(b"left")
    assert_refused(database, f"{suffix} belongs to another database")


@pytest.mark.usefixtures("published")
def test_pull_refuses_locked_database(database: Path) -> None:
    with files.lock(database):
        assert_refused(database, "locked|another process")


@pytest.mark.usefixtures("published")
def test_leftovers_of_killed_pull_are_removed(database: Path) -> None:
    leftover = database.with_name(f"{database.name}.pull-killed")
    leftover.mkdir()
    (leftover / "spojscore.db-journal").write_bytes(b"left")
    pull.pull(database)
    assert not leftover.exists()


def test_command_line(
    site: Site, published: Path, database: Path, monkeypatch: Environment
) -> None:
    monkeypatch.setattr(sys, "argv", ["deploy", "pull", str(database)])
    __main__.main()
    assert database.read_bytes() == published.read_bytes()
    site.status = 503
    with pytest.raises(SystemExit) as raised:
        __main__.main()
    assert raised.value.code == f"error: {site.url}/spojscore.db returned 503"
