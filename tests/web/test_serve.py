"""`make serve`: a copy of a database, as it would be published."""

import hashlib
from pathlib import Path

import pytest

from tests.support.commits import A, crawl
from tests.support.databases import rows
from tests.support.sites import fetch, get
from web import serve


def test_download_has_its_hash(site: str, full_database: Path, tmp_path: Path) -> None:
    file = tmp_path / "download.db"
    response = fetch(f"{site}/spojscore.db")
    file.write_bytes(response.content)
    assert rows(file) == rows(full_database)
    digest = hashlib.sha256(response.content).hexdigest()
    assert get(f"{site}/spojscore.db.sha256") == f"{digest}  spojscore.db\n"
    second_response = fetch(f"{site}/spojscore.db", **{"If-None-Match": response.headers["ETag"]})
    assert (second_response.status_code, second_response.content) == (304, b"")


def test_serve_uses_a_copy(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    crawl(database, 0, A)
    words = serve.prepare_command(database, 8001)
    crawl(database, 1)
    [problem] = rows(Path(words[words.index("--immutable") + 1]))
    assert (problem["code"], problem["delisted"]) == ("P1", None)
