"""A public site, simulated by pytest-httpserver."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pytest_httpserver import HTTPServer

from tests.support.databases import rows

FRESHNESS = "/-/freshness.json"


def publish(site: HTTPServer, database: Path) -> None:
    """Serve a database, its hash and its freshness, instead of what the site served before."""
    content = database.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    [crawl] = rows(database, "SELECT id AS crawl, finished FROM crawls ORDER BY id DESC LIMIT 1")
    age = datetime.now(UTC) - datetime.fromisoformat(crawl["finished"])
    site.clear()
    site.expect_request("/spojscore.db").respond_with_data(content)
    site.expect_request("/spojscore.db.sha256").respond_with_data(f"{digest}  spojscore.db\n")
    freshness = crawl | {"stale": age > timedelta(hours=36)}
    site.expect_request(FRESHNESS).respond_with_json(freshness)
