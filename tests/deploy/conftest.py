"""What publishing needs: somewhere that is public."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from deploy.stores import Folder
from tests.support.commits import A, B, C, crawl
from tests.support.machines import Machine
from tests.support.published import Site


@pytest.fixture
def public_site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    with Site(folder) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def site(public_site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("SITE_URL", public_site.url)
    return public_site


@pytest.fixture
def published(site: Site, tmp_path: Path) -> Path:
    """What the site publishes: two days of history."""
    database = tmp_path / "published.db"
    crawl(database, 0, A, B)
    crawl(database, 1, A, C)
    site.publish(database)
    return database


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    folder = tmp_path / "archive"
    folder.mkdir()
    monkeypatch.setenv("ARCHIVE", str(folder))
    return Folder(str(folder))
