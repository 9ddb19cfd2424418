"""A public site, and one real build that the tests of a session share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.support.commits import A, B, C, crawl
from tests.support.machines import Machine
from tests.support.projects import copy_of_the_project, fast, make, with_vercel
from tests.support.publication import PRIVATE, make_clone
from tests.support.published import Site, public_site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with public_site(tmp_path / "site") as server:
        monkeypatch.setenv("SITE_URL", server.url)
        yield server


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def published(site: Site, tmp_path: Path) -> Path:
    """A copy of the published database: two days of history."""
    database = tmp_path / "published.db"
    crawl(database, 0, A, B)
    crawl(database, 1, A, C)
    site.publish(database)
    return database


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str, small_list: bytes) -> Path:
    """A clone of the project with a verified bundle of 120 problems. To be copied, not changed."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "built"
    with FileLock(f"{folder}.lock"):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            project = copy_of_the_project(folder)
            with_vercel(project)
            make_clone(project)
            fast(project)
            (project / "spojscore.db").write_bytes(small_list)
            for name in (".env", "web/.env", "web/plugins/.env", "web/static/.env", "other.db"):
                (project / name).write_text("SECRET=1")
            result = make(project, "build", "verify", **PRIVATE)
            assert result.returncode == 0, result.stderr
            (folder / "complete").touch()
    return folder / "spojscore"


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of the built project for one test."""
    return Path(shutil.copytree(built, tmp_path / "spojscore", symlinks=True))
