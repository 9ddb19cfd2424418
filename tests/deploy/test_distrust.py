"""`pull` trusts nobody: neither sizes nor hashes, neither schema nor clock."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy import stores
from deploy.archive import keep
from deploy.pull import pull
from deploy.stores import Folder
from spojscore_crawler.store import files
from tests.support.commits import MONDAY, A, B, C, crawl
from tests.support.databases import change, rows
from tests.support.published import Site
from tests.support.pulling import cut, fail, flip, grow_hash, refused, spoil

Change = Callable[[Site], object]
Environment = pytest.MonkeyPatch


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("has_local", [True, False])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (flip, "/spojscore.db is not what the hash beside it says$"),
        (cut, "/spojscore.db broke off, 10 bytes are missing$"),
        (fail, "/spojscore.db answers 500$"),
        (spoil, "/spojscore.db: damaged: "),
        (grow_hash, "/spojscore.db.sha256 has more than 1,000 bytes$"),
    ],
)
def test_a_download_that_fails_changes_nothing(
    change: Change, reason: str, has_local: bool, site: Site, database: Path
) -> None:
    if has_local:
        crawl(database, 0, A, B)
    change(site)
    refused(database, f"^{site.url}{reason}")


@pytest.mark.parametrize("length", [None, "no number", "-1", "9" * 30])
def test_an_endless_download_is_bounded(
    length: str | None, site: Site, database: Path, monkeypatch: Environment
) -> None:
    monkeypatch.setattr(stores, "LARGEST", 3_000_000)
    site.length, site.endless = length, True
    refused(database, "/spojscore.db has more than 3,000,000 bytes$")


@pytest.mark.parametrize("length", [None, "no number"])
def test_a_download_without_a_length_goes_by_its_hash(
    length: str | None, site: Site, published: Path, database: Path
) -> None:
    site.length = length
    pull(database)
    assert database.read_bytes() == published.read_bytes()
    site.cut = 10
    database.unlink()
    refused(database, "/spojscore.db is not what the hash beside it says$")


def test_a_deploy_between_hash_and_file_is_waited_out(
    site: Site, published: Path, database: Path
) -> None:
    crawl(published, 2, A, B, C)
    asked: list[str] = []

    def deploy(path: str) -> None:
        asked.append(path)
        if len(asked) == 2:
            site.publish(published)

    site.on_get = deploy
    pull(database)
    assert asked == ["/spojscore.db", "/spojscore.db.sha256"] * 2
    assert database.read_bytes() == published.read_bytes()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://nowhere.invalid", "spojscore.app"])
def test_a_site_that_is_not_there(url: str, database: Path, monkeypatch: Environment) -> None:
    monkeypatch.setenv("SITE_URL", url)
    refused(database, url)


@pytest.mark.usefixtures("published")
def test_a_database_without_a_hash_is_published_all_the_same(site: Site, database: Path) -> None:
    (site.folder / "spojscore.db.sha256").unlink()
    refused(database, r"spojscore.db.sha256 answers 404$")


def test_a_copy_that_is_too_large_stops(
    published: Path, database: Path, archive: Folder, monkeypatch: Environment
) -> None:
    keep(published, archive)
    monkeypatch.setattr(stores, "LARGEST", len(published.read_bytes()))
    Path(archive.name, "spojscore-2026-03-04T000000Z.db").write_bytes(published.read_bytes() * 2)
    Path(archive.name, "spojscore-2026-03-04T000000Z.db.sha256").touch()
    refused(database, r"2026-03-04T000000Z\.db is too large$")


@pytest.mark.parametrize("part", ["", ".sha256"])
def test_a_newer_copy_that_is_damaged_stops(
    part: str, published: Path, database: Path, archive: Folder
) -> None:
    crawl(published, 5, B, C)
    keep(published, archive)
    Path(archive.name, f"spojscore-2026-03-07T000000Z.db{part}").write_text("damaged")
    refused(database, r"2026-03-07T000000Z\.db is not what the hash beside it says$")


@pytest.mark.parametrize("has_local", [True, False])
def test_a_crawl_from_the_future_is_refused(
    has_local: bool, site: Site, database: Path, tmp_path: Path
) -> None:
    future = tmp_path / "future.db"
    days = (datetime.now(UTC).date() - MONDAY).days + 2
    crawl(future, days, A)
    if has_local:
        database.write_bytes(future.read_bytes())
    site.publish(future)
    refused(database, "its last crawl was finished at .* UTC, in the future by this machine's")


@pytest.mark.parametrize("source", ["demo", "simulated"])
@pytest.mark.parametrize("has_local", [True, False])
def test_what_is_made_up_is_refused(
    has_local: bool, source: str, site: Site, published: Path, database: Path
) -> None:
    change(published, f"UPDATE crawls SET source = '{source}' WHERE id = 1")
    if has_local:
        database.write_bytes(published.read_bytes())
    site.publish(published)
    refused(database, f"is not real: a crawl in it is of the source '{source}'$")


ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS started, "
    "i AS finished, i AS id, i AS problems, i AS users FROM n"
)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE events",
        "CREATE TRIGGER spy AFTER INSERT ON crawls BEGIN DELETE FROM history; END",
        f"ALTER TABLE crawls RENAME TO c; CREATE VIEW crawls AS {ENDLESS}",
        f"CREATE VIEW endless AS {ENDLESS}",
    ],
)
def test_another_schema_is_refused_before_anything_is_asked(
    sql: str, site: Site, published: Path, database: Path
) -> None:
    change(published, *sql.split("; ", 1) if "ALTER" in sql else [sql])
    site.publish(published)
    refused(database, "/spojscore.db: this is not a database of spojscore: not its ")


def test_a_database_without_its_history_is_refused(
    site: Site, published: Path, database: Path
) -> None:
    change(published, "DELETE FROM history")
    site.publish(published)
    refused(database, "the history of 2 problems does not lead to this list$")


def test_a_file_in_wal_mode_is_made_one_file(site: Site, published: Path, database: Path) -> None:
    change(published, "PRAGMA journal_mode = wal")
    site.publish(published)
    pull(database)
    assert rows(database, "PRAGMA journal_mode") == [{"journal_mode": "delete"}]


@pytest.mark.usefixtures("published")
def test_a_local_database_that_is_damaged_is_not_thrown_away(database: Path) -> None:
    database.write_bytes(b"not a database" * 500)
    refused(database, f"^{database}: file is not a database$")


@pytest.mark.usefixtures("published")
def test_a_journal_without_its_database_is_not_taken_for_the_new_ones(database: Path) -> None:
    journal = Path(f"{database}-journal")
    journal.write_bytes(b"left")
    refused(database, f"^{journal} is left of a database that is gone; remove it$")


@pytest.mark.usefixtures("published")
def test_a_crawl_is_not_disturbed(database: Path) -> None:
    with files.lock(database):
        refused(database, "another process is writing to it, `make check` tells which$")
