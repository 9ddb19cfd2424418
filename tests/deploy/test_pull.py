"""From what was published to what the next crawl goes on from; a folder plays the site."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.archive import keep
from deploy.pull import pull
from deploy.stores import Folder
from deploy.toolchain import PublishError
from tests.support.commits import A, B, C, crawl, history
from tests.support.databases import change, rows
from tests.support.projects import ROOT, make
from tests.support.published import Site
from tests.support.pulling import fail, flip, local, other_history, refused, spoil

Change = Callable[[Site], object]
Environment = pytest.MonkeyPatch


def test_an_empty_folder(site: Site, published: Path, database: Path) -> None:
    said = pull(database)
    assert said == (
        f"Pulled {database} from {site.url}/spojscore.db: 4 rows of history, to 2026-03-03."
    )
    assert database.read_bytes() == published.read_bytes()
    assert {file.name for file in database.parent.iterdir()} == {
        "published.db", "site", "spojscore.db", "spojscore.db.lock",
    }  # fmt: skip


def test_an_older_local_database_is_replaced(
    site: Site, published: Path, database: Path, monkeypatch: Environment
) -> None:
    monkeypatch.setenv("SITE_URL", f"{site.url}/")
    local(database, 0, A, B)
    assert pull(database).startswith("Pulled ")
    assert database.read_bytes() == published.read_bytes()


@pytest.mark.parametrize("days", [(0, 1), (0, 1, 2)])
def test_a_local_database_that_is_as_new_is_kept(
    days: tuple[int, ...], published: Path, database: Path
) -> None:
    database.write_bytes(published.read_bytes())
    for day in days[2:]:
        crawl(database, day, B, C)
    before = database.read_bytes()
    assert pull(database) == f"Kept {database}: nothing is newer."
    assert database.read_bytes() == before


def test_a_fork_waits_for_a_decision(
    site: Site, database: Path, monkeypatch: Environment, tmp_path: Path
) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, A, B)
    mine = rows(database, "SELECT * FROM crawls")
    other_history(site)
    theirs = (site.folder / "other.db").read_bytes()
    url = f"{site.url}/spojscore.db"
    refused(
        database,
        f"^{url} is newer than {database}, but does not hold all its crawls; decide with `make "
        "pull TAKE=site` or `TAKE=local`$",
    )
    monkeypatch.setenv("TAKE", "site")
    fork = tmp_path / "spojscore.db.fork"
    assert pull(database) == (
        f"Pulled {database} from {url}: 1 rows of history, to 2026-03-05; what {database} held is "
        f"kept as {fork}."
    )
    assert database.read_bytes() == theirs
    assert rows(fork, "SELECT * FROM crawls") == mine
    monkeypatch.delenv("TAKE")
    assert pull(database) == f"Kept {database}: nothing is newer."


def test_a_decision_for_the_local_one_is_remembered(
    site: Site, database: Path, monkeypatch: Environment
) -> None:
    before = local(database, 0, A, B)
    other_history(site)
    monkeypatch.setenv("TAKE", "local")
    said = pull(database)
    assert said.endswith(f"; what {site.url}/spojscore.db held is kept as {database}.fork.")
    monkeypatch.delenv("TAKE")
    assert pull(database) == f"Kept {database}: nothing is newer."
    assert database.read_bytes() == before
    crawl(site.folder / "other.db", 4, A)
    site.publish(site.folder / "other.db")  # the fork has grown since
    refused(database, f"{site.url}/spojscore.db is newer than {database}, but")


def test_one_fork_does_not_displace_another(
    site: Site, database: Path, monkeypatch: Environment
) -> None:
    local(database, 0, A, B)
    crawl(Path(f"{database}.fork"), 7, C)
    other_history(site)
    monkeypatch.setenv("TAKE", "site")
    refused(database, r"\.fork is of an earlier decision; move it away$")


@pytest.mark.usefixtures("published")
def test_what_is_not_there_is_not_taken(database: Path, monkeypatch: Environment) -> None:
    monkeypatch.setenv("TAKE", "local")
    refused(database, "^TAKE=local: there is no such copy, only site$")


@pytest.mark.usefixtures("published")
def test_back_to_what_is_published(database: Path, site: Site, monkeypatch: Environment) -> None:
    database.write_bytes((site.folder / "spojscore.db").read_bytes())
    crawl(database, 2, A)
    monkeypatch.setenv("TAKE", "site")
    assert pull(database).endswith(f"; what {database} held is kept as {database}.fork.")
    monkeypatch.delenv("TAKE")
    assert pull(database) == f"Kept {database}: nothing is newer."
    assert len(rows(database, "SELECT * FROM crawls")) == 2


def test_an_older_database_is_brought_forward(
    site: Site, published: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(published, "DROP TABLE _sqlite_migrations")  # as before there was one
    site.publish(published)
    pull(database)
    assert capsys.readouterr().out.startswith(f"{site.url}/spojscore.db: brought from schema ")
    assert rows(database) == rows(published)
    assert rows(database, "SELECT name FROM _sqlite_migrations")


@pytest.mark.usefixtures("published")
def test_a_folder_that_a_killed_pull_left_is_removed(database: Path) -> None:
    left = database.with_name(f"{database.name}.pull-killed")
    left.mkdir()
    pull(database)
    assert not left.exists()


def test_nothing_published_yet(site: Site, database: Path, monkeypatch: Environment) -> None:
    with pytest.raises(PublishError, match=r"answers 404; FIRST=1 starts without it$"):
        pull(database)
    monkeypatch.setenv("FIRST", "1")
    said = f"{site.url}/spojscore.db answers 404: "
    assert pull(database) == f"{said}the first crawl makes {database}."
    before = local(database, 0, A)
    assert pull(database) == f"{said}going on with {database}."
    assert database.read_bytes() == before


def test_without_a_site(database: Path, monkeypatch: Environment) -> None:
    with pytest.raises(PublishError) as error:
        pull(database)
    assert str(error.value) == (
        f"SITE_URL is not set and there is no {database}; "
        "FIRST=1 says that nothing was published yet"
    )
    monkeypatch.setenv("FIRST", "1")
    assert pull(database) == f"SITE_URL is not set: the first crawl makes {database}."
    monkeypatch.delenv("FIRST")
    local(database, 0, A)
    assert pull(database) == f"SITE_URL is not set: going on with {database}."


@pytest.mark.parametrize("change", [flip, fail, spoil])
def test_the_archive_stands_in_for_a_site_that_fails(
    change: Change, site: Site, published: Path, database: Path, archive: Folder,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    keep(published, archive)
    change(site)
    assert pull(database).startswith(
        f"Pulled {database} from {archive.name}/spojscore-2026-03-03T000000Z.db: 4 rows"
    )
    assert rows(database) == rows(published)
    assert capsys.readouterr().out.endswith("; going by the archive\n")


def test_what_was_archived_but_not_published_is_not_lost(
    published: Path, database: Path, archive: Folder
) -> None:
    crawl(published, 5, B, C)
    keep(published, archive)
    assert pull(database).startswith(
        f"Pulled {database} from {archive.name}/spojscore-2026-03-07T000000Z.db: "
    )
    assert rows(database) == rows(published)


def test_the_sites_is_taken_where_the_archive_has_none_newer(
    site: Site, published: Path, database: Path, archive: Folder
) -> None:
    keep(published, archive)
    assert pull(database).startswith(f"Pulled {database} from {site.url}/spojscore.db: ")


def test_an_archive_of_another_history_stops(
    published: Path, database: Path, archive: Folder, monkeypatch: Environment
) -> None:
    other = published.with_name("other.db")
    crawl(other, 5, A)
    keep(other, archive)
    refused(database, "does not hold all its crawls; decide with `make pull TAKE=archive` or `TAKE")
    monkeypatch.setenv("TAKE", "site")
    assert pull(database).startswith(f"Pulled {database} from http://")
    assert rows(Path(f"{database}.fork")) == rows(other)


def test_neither_site_nor_archive_has_one_yet(
    site: Site, database: Path, archive: Folder, monkeypatch: Environment
) -> None:
    what = f"{site.url}/spojscore.db answers 404; there is no copy in ARCHIVE, {archive.name}"
    with pytest.raises(PublishError) as error:
        pull(database)
    assert str(error.value) == f"{what}; FIRST=1 starts without it"
    monkeypatch.setenv("FIRST", "1")
    assert pull(database) == f"{what}: the first crawl makes {database}."
    site.status = 500
    refused(database, "answers 500; there is no copy")


@pytest.mark.usefixtures("site")
def test_an_archive_that_is_not_there_is_no_empty_one(
    database: Path, monkeypatch: Environment
) -> None:
    monkeypatch.setenv("ARCHIVE", "/nowhere")
    refused(database, "^ARCHIVE is /nowhere, but there is no such folder; make it$")


def test_the_command(site: Site, published: Path, database: Path) -> None:
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
