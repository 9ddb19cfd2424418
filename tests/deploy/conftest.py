"""A public site, commands of a fake machine, and one real publication that all tests share."""

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from pytest_httpserver import HTTPServer

from deploy.build import BUNDLE
from tests.support.commits import A, B, C, crawl
from tests.support.public_site import publish
from tests.support.publication import Publication, publish_once


@pytest.fixture
def site(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """A public site without files, at SITE_URL."""
    httpserver.no_handler_status_code = 404
    monkeypatch.setenv("SITE_URL", httpserver.url_for("").rstrip("/"))
    return httpserver


@pytest.fixture
def public_database(site: HTTPServer, tmp_path: Path) -> Path:
    """A copy of the published database: two days of history."""
    database = tmp_path / "public.db"
    crawl(database, 0, A, B)
    crawl(database, 1, A, C)
    publish(site, database)
    return database


class Commands:
    """Fake commands, first on the PATH; each call is a line of `log`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder / "bin", folder / "calls"
        self.folder.mkdir()
        self.log.touch()

    def add(self, name: str, script: str = "") -> Path:
        command = self.folder / name
        command.write_text(f'#!/bin/bash\necho {name} "$@" >>{self.log}\n{script}\n')
        command.chmod(0o755)
        return command

    def take_calls(self) -> list[str]:
        """The calls since this was last called."""
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return lines


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    commands = Commands(tmp_path)
    monkeypatch.setenv("PATH", f"{commands.folder}:{os.environ['PATH']}")
    return commands


@pytest.fixture(scope="session")
def publication(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Publication:
    """The session's one real publication. Copy its folder; do not change it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "publication"
    with FileLock(f"{folder}.lock"):
        if not (folder / "publication.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            publish_once(folder)
    return Publication.load(folder)


@pytest.fixture
def bundle(publication: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The published bundle in a new current folder, with its database. Its files are hard links."""
    monkeypatch.chdir(tmp_path)
    project = Path(publication.folder, "spojscore")
    shutil.copytree(project / BUNDLE, BUNDLE, symlinks=True, copy_function=os.link)
    shutil.copy(project / "spojscore.db", "spojscore.db")
    return BUNDLE
