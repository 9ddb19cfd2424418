"""The second copy of each published database."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.archive import keep, outdated
from deploy.stores import Folder, Release, archive_at, fetch
from deploy.toolchain import PublishError
from spojscore_crawler.store.files import StoreError
from tests.support.commits import A, B, crawl
from tests.support.databases import rows
from tests.support.machines import RELEASES
from tests.support.projects import copy_of_the_project, make

FIRST = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.fixture
def archive(folder: Path) -> Folder:
    return Folder(str(folder))


def test_the_last_30_days_and_one_a_month() -> None:
    days = [FIRST + timedelta(days=number) for number in range(400)]
    kept = [day for day in days if day not in outdated(days, days[-1])]
    last = days[-1]
    assert kept[-30:] == [last - timedelta(days=number) for number in reversed(range(30))]
    first_of_months = kept[:-30]
    assert first_of_months[0] == FIRST
    assert {day.day for day in first_of_months[1:]} == {1}
    assert len(first_of_months) == 13
    assert outdated(kept, last) == []
    assert outdated([], last) == []


def test_copies_of_40_days(database: Path, folder: Path, archive: Folder) -> None:
    for other in ("notes.txt", "spojscore-2026-99-99T000000Z.db", "spojscore-9.db.sha256"):
        (folder / other).write_text("not ours")
    (folder / "spojscore-2026-99-99T000000Z.db.sha256").write_text("not ours")
    for day in range(40):
        crawl(database, day, A, B)
        said = keep(database, archive)
    assert said == "spojscore-2026-04-10T000000Z.db; 31 copies, 1 outdated ones removed"
    days = list(archive.copies())
    assert days == [FIRST, *(FIRST + timedelta(days=number) for number in range(10, 40))]
    last = folder / "spojscore-2026-04-10T000000Z.db"
    assert rows(last, "SELECT * FROM crawls") == rows(database, "SELECT * FROM crawls")
    assert len(list(folder.iterdir())) == 62 + 4
    hashes = [folder / f"{name}.sha256" for name in archive.copies().values()]
    subprocess.run(["sha256sum", "--check", "--quiet", *hashes], cwd=folder, check=True)


def test_of_a_day_the_last_copy_stays(database: Path, folder: Path, archive: Folder) -> None:
    crawl(database, 0, A)
    keep(database, archive)
    crawl(database, 0.5, A, B)
    said = keep(database, archive)
    assert said == "spojscore-2026-03-02T120000Z.db; 1 copies, 1 outdated ones removed"
    assert rows(folder / "spojscore-2026-03-02T120000Z.db") == rows(database)
    assert len(list(folder.iterdir())) == 2


def test_a_copy_that_breaks_off_harms_no_other(
    database: Path, archive: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(database, 0, A)
    keep(database, archive)
    crawl(database, 0.5, A, B)
    put = Folder.put

    def without_hash(archive: Folder, file: Path) -> None:
        if file.suffix == ".sha256":
            raise OSError("the disk is full")
        put(archive, file)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "put", without_hash)
        with pytest.raises(OSError, match="full"):
            keep(database, archive)
    assert archive.last() == "spojscore-2026-03-02T000000Z.db"
    keep(database, archive)
    assert archive.last() == "spojscore-2026-03-02T120000Z.db"
    assert rows(fetch(archive, database.parent)) == rows(database)


def test_the_same_crawl_is_archived_once(database: Path, folder: Path, archive: Folder) -> None:
    crawl(database, 0, A)
    keep(database, archive)
    before = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    keep(database, archive)
    assert {file: file.stat().st_mtime_ns for file in folder.iterdir()} == before


def test_a_wrong_clock_does_not_empty_the_archive(database: Path, archive: Folder) -> None:
    for day in (*range(20), 1000):
        crawl(database, day, A)
        said = keep(database, archive)
    assert said.endswith("; 18 copies, 3 outdated ones removed")


def test_a_database_that_is_not_whole_is_not_archived(
    database: Path, folder: Path, archive: Folder
) -> None:
    database.write_text("nothing")
    with pytest.raises(StoreError, match="file is not a database"):
        keep(database, archive)
    assert list(folder.iterdir()) == []


def test_make_archive(folder: Path, tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path)
    crawl(project / "spojscore.db", 0, A)
    done = make(project, "archive")
    assert done.returncode == 0
    assert done.stdout.endswith("ARCHIVE is not set: no second copy is kept.\n")
    done = make(project, "archive", ARCHIVE=str(folder))
    copy = "spojscore-2026-03-02T000000Z.db"
    assert done.stdout.endswith(
        f"Archived in {folder}: {copy}; 1 copies, 0 outdated ones removed.\n"
    )
    done = make(project, "archive", ARCHIVE="/nowhere")
    assert done.stderr.startswith("error: ARCHIVE is /nowhere, but there is no such folder; make")


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release on GitHub that is not there yet; the folder that its assets are in."""
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(f"#!/bin/sh\n{RELEASES}")
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{gh.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("ASSETS", str(tmp_path / "assets"))
    return tmp_path / "assets"


def test_the_assets_of_a_release(release: Path, database: Path, tmp_path: Path) -> None:
    archive = archive_at("github:me/mine")
    assert archive.copies() == {}
    for day in range(33):
        crawl(database, day, A, B)
        keep(database, archive)
    assert sorted(archive.copies()) == [FIRST, *(FIRST + timedelta(days=n) for n in range(3, 33))]
    assert len(list(release.iterdir())) == 62
    copy = fetch(archive, tmp_path)
    assert copy.name == "spojscore-2026-04-03T000000Z.db"
    assert rows(copy) == rows(database)


def test_what_github_refuses_is_told(release: Path, database: Path) -> None:
    crawl(database, 0, A)
    with pytest.raises(PublishError, match=r"^`gh release view` failed: exit status 9$"):
        keep(database, Release("github:somebody/else"))
    assert not release.exists()


def test_without_the_command_gh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PublishError, match=r"^the command gh is not installed$"):
        archive_at("github:me/mine").copies()
