"""`make serve`, of databases that other versions made and of days past."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.commits import A, crawl
from tests.support.databases import change
from tests.support.sites import get, served


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
