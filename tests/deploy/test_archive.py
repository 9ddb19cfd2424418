"""The copies in ARCHIVE."""

from pathlib import Path
from unittest.mock import Mock

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
    (folder / "spojscore.part").write_text("left by a killed run")
    for day in (0, 29, 30, 31):  # 2 March, 31 March, 1 April, 2 April
        crawl(database, day, A, B)
        archive(database)
    days = {
        file.stem: rows(file, "SELECT max(day) AS day FROM crawls")[0]["day"]
        for file in folder.iterdir()
    }
    assert days == {
        "spojscore-day-31": "2026-03-31",
        "spojscore-day-01": "2026-04-01",
        "spojscore-day-02": "2026-04-02",
        "spojscore-2026-03": "2026-03-31",
        "spojscore-2026-04": "2026-04-02",
    }


def test_failed_copy_leaves_older_ones(
    database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(database, 0, A)
    archive(database)
    copies = {file: file.read_bytes() for file in folder.iterdir()}
    crawl(database, 0.5, A, B)
    with monkeypatch.context() as patch:
        patch.setattr(files, "copy", Mock(side_effect=StoreError("the disk is full")))
        with pytest.raises(StoreError, match="full"):
            archive(database)
    assert {file: file.read_bytes() for file in copies} == copies
    archive(database)
    assert [rows(file) for file in folder.iterdir()] == [rows(database)] * 2


def test_archive_is_optional(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARCHIVE", raising=False)
    assert archive(database).startswith("Skipped: ARCHIVE is not set")
    monkeypatch.setenv("ARCHIVE", "/nowhere")
    with pytest.raises(PublishError, match=r"^no such folder: /nowhere \(ARCHIVE\)"):
        archive(database)
