"""From what was published to what the next crawl goes on from; a folder plays the site."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from deploy.archive import Folder, keep
from deploy.pull import pull
from deploy.toolchain import PublishError
from spojscore_crawler.lock import Lock
from tests.support.commits import A, B, C, crawl, history
from tests.support.databases import rows
from tests.support.projects import ROOT, make
from tests.support.published import PAGE, Site

Change = Callable[[Site], None]


@pytest.fixture
def site(public_site: Site) -> Site:
    return public_site


@pytest.fixture
def published(site: Site, tmp_path: Path) -> Path:
    """What the site publishes: two days of history."""
    database = tmp_path / "published.db"
    crawl(database, 0, A, B)
    crawl(database, 1, A, C)
    site.publish(database)
    return database


def local(database: Path, day: int, *problems: object) -> bytes:
    crawl(database, day, *problems)  # type: ignore[arg-type]
    return database.read_bytes()


def left_alone(database: Path, before: bytes | None) -> bool:
    return (database.read_bytes() if database.exists() else None) == before


def test_an_empty_folder(site: Site, published: Path, database: Path) -> None:
    said = pull(database, site.url, "", first=False)
    assert said == (
        f"Pulled {database} from {site.url}/spojscore.db: 4 rows of history, to 2026-03-03."
    )
    assert database.read_bytes() == published.read_bytes()
    assert {file.name for file in database.parent.iterdir()} == {
        "published.db", "site", "spojscore.db", "spojscore.db.lock",
    }  # fmt: skip


def test_an_older_local_database_is_replaced(site: Site, published: Path, database: Path) -> None:
    local(database, 0, A)
    assert pull(database, f"{site.url}/", "", first=False).startswith("Pulled ")
    assert database.read_bytes() == published.read_bytes()


@pytest.mark.usefixtures("published")
def test_a_newer_local_database_is_kept(site: Site, database: Path) -> None:
    local(database, 0, A, B)
    before = local(database, 2, B, C)
    assert pull(database, site.url, "", first=False) == (
        f"Kept {database}: its last crawl is newer than that of {site.url}/spojscore.db."
    )
    assert left_alone(database, before)


def flip(site: Site) -> None:
    file = site.folder / "spojscore.db"
    content = bytearray(file.read_bytes())
    content[PAGE + 900] ^= 1
    file.write_bytes(content)


def cut(site: Site) -> None:
    site.cut = 10


def fail(site: Site) -> None:
    site.status = 500


def shrink(site: Site) -> None:
    """As new as the local one, with less history."""
    database = site.folder / "small.db"
    crawl(database, 1, A)
    site.publish(database)


def spoil(site: Site) -> None:
    """A published database that is not whole, with the right hash."""
    database = site.folder / "spoilt.db"
    content = bytearray((site.folder / "spojscore.db").read_bytes())
    content[PAGE * 2 : PAGE * 3] = bytes(PAGE)
    database.write_bytes(content)
    site.publish(database)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("has_local", [True, False])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (flip, "{url}/spojscore.db is not what the hash beside it says"),
        (cut, "{url}/spojscore.db broke off after "),
        (fail, "{url}/spojscore.db answers 500"),
        (spoil, "{url}/spojscore.db: "),
    ],
)
def test_a_download_that_fails_changes_nothing(
    change: Change, reason: str, has_local: bool, site: Site, database: Path
) -> None:
    before = local(database, 0, A) if has_local else None
    change(site)
    with pytest.raises(PublishError) as error:
        pull(database, site.url, "", first=True)
    assert str(error.value).startswith(reason.format(url=site.url))
    assert left_alone(database, before)


@pytest.mark.usefixtures("published")
def test_a_newer_local_database_without_the_history_is_not_gone_on_from(
    site: Site, database: Path
) -> None:
    before = local(database, 2, A)
    with pytest.raises(PublishError, match="tells of 1 crawls, and the published one of 2; move"):
        pull(database, site.url, "", first=True)
    assert left_alone(database, before)


@pytest.mark.usefixtures("published")
def test_a_published_database_with_less_history_is_refused(site: Site, database: Path) -> None:
    local(database, 0, A, B, C)
    before = local(database, 1, A, B)
    shrink(site)
    with pytest.raises(PublishError, match="tells of 1 crawls, fewer than the 2 of "):
        pull(database, site.url, "", first=True)
    assert left_alone(database, before)


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
    pull(database, site.url, "", first=False)
    assert asked == ["/spojscore.db", "/spojscore.db.sha256"] * 2
    assert database.read_bytes() == published.read_bytes()


def test_a_folder_that_a_killed_pull_left_is_removed(
    site: Site, published: Path, database: Path
) -> None:
    left = database.with_name(f"{database.name}.pull-killed")
    left.mkdir()
    pull(database, site.url, "", first=False)
    assert not left.exists()
    assert database.read_bytes() == published.read_bytes()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM history",
        "DROP TABLE events",
        "CREATE TRIGGER spy AFTER INSERT ON crawls BEGIN DELETE FROM history; END",
    ],
)
def test_a_published_database_without_its_parts_is_refused(
    sql: str, site: Site, published: Path, database: Path
) -> None:
    with closing(sqlite3.connect(published)) as connection, connection:
        connection.execute(sql)
    site.publish(published)
    with pytest.raises(PublishError, match=r"not lead to this list|other tables, views or tri"):
        pull(database, site.url, "", first=True)
    assert not database.exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://nowhere.invalid", "spojscore.app"])
def test_a_site_that_is_not_there(url: str, database: Path) -> None:
    with pytest.raises(PublishError):
        pull(database, url, "", first=True)
    assert not database.exists()


def test_nothing_published_yet(site: Site, database: Path) -> None:
    with pytest.raises(PublishError, match=r"answers 404; FIRST=1 starts without it$"):
        pull(database, site.url, "", first=False)
    said = f"{site.url}/spojscore.db answers 404: "
    assert pull(database, site.url, "", first=True) == f"{said}the first crawl makes {database}."
    before = local(database, 0, A)
    assert pull(database, site.url, "", first=True) == f"{said}going on with {database}."
    assert left_alone(database, before)


@pytest.mark.usefixtures("published")
def test_a_database_without_a_hash_is_published_all_the_same(site: Site, database: Path) -> None:
    (site.folder / "spojscore.db.sha256").unlink()
    with pytest.raises(PublishError, match=r"spojscore.db.sha256 answers 404$"):
        pull(database, site.url, "", first=True)


def test_without_a_site(database: Path) -> None:
    with pytest.raises(PublishError) as error:
        pull(database, "", "", first=False)
    assert str(error.value) == (
        f"SITE_URL is not set and there is no {database}; FIRST=1 starts empty"
    )
    assert pull(database, "", "", first=True) == (
        f"SITE_URL is not set: the first crawl makes {database}."
    )
    local(database, 0, A)
    assert pull(database, "", "", first=False) == f"SITE_URL is not set: going on with {database}."


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("change", [flip, fail, spoil])
def test_the_archive_is_asked_when_the_site_fails(
    change: Change, site: Site, published: Path, database: Path, archive: Path
) -> None:
    keep(published, Folder(archive))
    change(site)
    said = pull(database, site.url, str(archive), first=False)
    assert said.startswith(
        f"Pulled {database} from {archive}/spojscore-2026-03-03T000000Z.db: 4 rows"
    )
    assert rows(database) == rows(published)


def test_what_was_archived_but_not_published_is_not_lost(
    site: Site, published: Path, database: Path, archive: Path
) -> None:
    crawl(published, 5, B, C)
    keep(published, Folder(archive))
    said = pull(database, site.url, str(archive), first=False)
    assert said.startswith(f"Pulled {database} from {archive}/spojscore-2026-03-07T000000Z.db: ")
    assert rows(database) == rows(published)


def test_the_sites_is_taken_where_the_archive_has_none_newer(
    site: Site, published: Path, database: Path, archive: Path
) -> None:
    keep(published, Folder(archive))
    said = pull(database, site.url, str(archive), first=False)
    assert said.startswith(f"Pulled {database} from {site.url}/spojscore.db: ")


@pytest.mark.parametrize("part", ["", ".sha256"])
def test_a_newer_copy_that_can_not_be_had_stops(
    part: str, site: Site, published: Path, database: Path, archive: Path
) -> None:
    crawl(published, 5, B, C)
    keep(published, Folder(archive))
    (archive / f"spojscore-2026-03-07T000000Z.db{part}").write_text("damaged")
    with pytest.raises(
        PublishError, match=r"2026-03-07T000000Z\.db is not what the hash beside it says$"
    ):
        pull(database, site.url, str(archive), first=True)
    assert not database.exists()


def test_a_newer_copy_with_less_history_stops(
    site: Site, published: Path, database: Path, archive: Path
) -> None:
    other = published.with_name("other.db")
    crawl(other, 5, A)
    keep(other, Folder(archive))
    with pytest.raises(PublishError, match="tells of 1 crawls, and that of 2; remove the"):
        pull(database, site.url, str(archive), first=True)
    assert not database.exists()


def test_neither_site_nor_archive_has_one_yet(site: Site, database: Path, archive: Path) -> None:
    place = str(archive)
    what = f"{site.url}/spojscore.db answers 404; there is no copy in ARCHIVE, {place}"
    with pytest.raises(PublishError) as error:
        pull(database, site.url, place, first=False)
    assert str(error.value) == f"{what}; FIRST=1 starts without it"
    assert pull(database, site.url, place, first=True).startswith(f"{what}: the first crawl")
    site.status = 500
    with pytest.raises(PublishError, match="answers 500; there is no"):
        pull(database, site.url, place, first=True)


def test_an_archive_that_is_not_there_is_no_empty_one(site: Site, database: Path) -> None:
    with pytest.raises(PublishError, match="ARCHIVE is /nowhere, but there is no such folder"):
        pull(database, site.url, "/nowhere", first=True)


@pytest.mark.usefixtures("published")
def test_a_local_database_that_is_damaged_is_not_thrown_away(site: Site, database: Path) -> None:
    database.write_bytes(b"not a database" * 500)
    with pytest.raises(PublishError, match=r"; move it away, and its -journal"):
        pull(database, site.url, "", first=True)
    assert left_alone(database, b"not a database" * 500)


@pytest.mark.usefixtures("published")
def test_a_journal_without_its_database_is_not_taken_for_the_new_ones(
    site: Site, database: Path
) -> None:
    journal = Path(f"{database}-journal")
    journal.write_bytes(b"left")
    with pytest.raises(PublishError) as error:
        pull(database, site.url, "", first=True)
    assert str(error.value) == f"{journal} is left of a database that is gone; remove it"
    assert not database.exists()


@pytest.mark.usefixtures("published")
def test_a_crawl_is_not_disturbed(site: Site, database: Path) -> None:
    lock = Lock(database)
    with pytest.raises(PublishError, match="another crawl into"):
        pull(database, site.url, "", first=True)
    lock.close()


def test_the_command(
    site: Site, published: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", site.url)
    done = make(ROOT, "pull", f"DB={database}")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith(f"Pulled {database} from {site.url}/")
    assert history(database) == history(published)
    site.status = 503
    done = make(ROOT, "pull", f"DB={database}")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == f"error: {site.url}/spojscore.db answers 503"
    assert rows(database, "SELECT count(*) AS n FROM crawls") == [{"n": 2}]
    database.unlink()
    site.status = 404
    assert make(ROOT, "pull", f"DB={database}").returncode == 2
    done = make(ROOT, "pull", f"DB={database}", "FIRST=1")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].endswith(f"404: the first crawl makes {database}.")
