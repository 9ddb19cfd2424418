"""The copies in ARCHIVE."""

from pathlib import Path

import pytest

from deploy.archive import archive
from deploy.process import PublishError
from spojscore_crawler.store import files
from spojscore_crawler.store.files import StoreError
from tests.support.commits import A, B, crawl
from tests.support.databases import rows


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    monkeypatch.setenv("ARCHIVE", str(folder))
    return folder


def test_names_rotate(database: Path, folder: Path) -> None:
    for day in range(40):  # from 2 March to 10 April
        crawl(database, day, A, B)
        archive(database)
    names = {f"spojscore-day-{day:02}.db" for day in range(1, 32)}
    names |= {"spojscore-2026-03.db", "spojscore-2026-04.db"}
    assert {file.name for file in folder.iterdir()} == names
    last = {
        file.stem: rows(file, "SELECT max(day) AS day FROM crawls") for file in folder.iterdir()
    }
    assert last["spojscore-day-05"] == [{"day": "2026-04-05"}]
    assert last["spojscore-day-11"] == [{"day": "2026-03-11"}]
    assert last["spojscore-2026-03"] == last["spojscore-day-31"] == [{"day": "2026-03-31"}]


def test_interrupted_copy_leaves_older_ones(
    database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(database, 0, A)
    archive(database)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    crawl(database, 0.5, A, B)

    def interrupted(source: Path, target: Path) -> None:  # noqa: ARG001
        target.write_bytes(b"half")
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(files, "copy", interrupted)
        with pytest.raises(StoreError, match="full"):
            archive(database)
    assert {name: (folder / name).read_bytes() for name in before} == before
    archive(database)
    for file in folder.iterdir():
        assert rows(file) == rows(database)


def test_archive_is_optional(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARCHIVE", raising=False)
    assert archive(database).startswith("ARCHIVE is not set")
    monkeypatch.setenv("ARCHIVE", "/nowhere")
    with pytest.raises(PublishError, match=r"^no such folder: /nowhere \(ARCHIVE\)"):
        archive(database)
