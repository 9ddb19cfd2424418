"""`make serve`: a copy of a database, as it would be published."""

import hashlib
from pathlib import Path

import pytest

from spojscore_crawler.store.files import StoreError
from tests.support.commits import A, crawl
from tests.support.databases import rows
from tests.support.sites import fetch, get, served
from web import serve


def test_download_has_its_hash(site: str, crawled: Path, tmp_path: Path) -> None:
    file = tmp_path / "download.db"
    status, headers, body = fetch(f"{site}/spojscore.db")
    file.write_bytes(body)
    assert (status, rows(file)) == (200, rows(crawled))
    digest = hashlib.sha256(body).hexdigest()
    assert get(f"{site}/spojscore.db.sha256") == f"{digest}  spojscore.db\n"
    again = fetch(f"{site}/spojscore.db", **{"If-None-Match": headers["ETag"]})
    assert (again[0], again[2]) == (304, b"")


def test_served_copy_survives_a_crawl(database: Path) -> None:
    crawl(database, 0, A)
    with served(database) as (site, _):
        before = get(f"{site}/spojscore.db.sha256")
        crawl(database, 1)
        assert get(f"{site}/spojscore/problems.json?_shape=array&_col=code") != "[]"
        assert get(f"{site}/spojscore.db.sha256") == before


def test_serve_refuses_missing_database(database: Path) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        serve.command(database, 8001)
