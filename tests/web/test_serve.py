"""`make serve`, of databases that other versions made and of days past."""

import gzip
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spojscore_crawler.store import schema
from tests.support.commits import A, crawl
from tests.support.databases import change, rows
from tests.support.processes import free_port, started
from tests.support.projects import ROOT
from tests.support.sites import get, served

VERSION_6 = ROOT / "tests" / "support" / "schema-6.db.gz"


def test_an_older_database_is_brought_forward(database: Path) -> None:
    database.write_bytes(gzip.decompress(VERSION_6.read_bytes()))
    port = free_port()
    serve = (sys.executable, "-m", "web.serve", database, "--port", str(port))
    with started(*serve, until="Uvicorn running") as (_, lines):
        told = f"{database}: brought from schema 6 to {schema.VERSION}\n"
        assert told in lines
        page = json.loads(get(f"http://127.0.0.1:{port}/spojscore/movers.json?_shape=array"))
    assert [(row["code"], row["solves_last"]) for row in page] == [("P1", 1), ("P3", 0)]
    assert rows(database, "PRAGMA user_version") == [{"user_version": schema.VERSION}]


def test_the_environment_says_what_is_stale(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(database, 0, A)
    finished = datetime.now(UTC) - timedelta(hours=150)
    change(database, f"UPDATE crawls SET finished = '{finished.isoformat(timespec='seconds')}'")
    for hours, stale in (("200", False), ("100", True)):
        monkeypatch.setenv("STALE_HOURS", hours)
        with served(database) as (site, _):
            assert json.loads(get(f"{site}/-/freshness.json"))["stale"] is stale
