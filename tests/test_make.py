"""The Makefile's targets as a newcomer runs them, in a copy of the project."""

import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer

from tests.support.processes import free_port, launch
from tests.support.projects import ROOT, copy_project, make
from tests.support.sites import get


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("make"))


def test_help_lists_every_target(checkout: Path) -> None:
    [phony] = re.findall(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    lines = make(checkout).stdout.splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(phony.split())
    assert all(len(line.split()) > 2 for line in lines)


def test_install_rejects_old_python(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    old_python = tmp_path / "python3.10"
    fake = "import sys; sys.version_info = (3, 10, 13); sys.version = '3.10.13'; exec(sys.argv[2])"
    old_python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{fake}" "$@"\n')
    old_python.chmod(0o755)
    result = make(tmp_path, "install", f"PYTHON={old_python}")
    assert result.returncode == 2
    assert (
        f"error: spojscore needs Python 3.11 or newer, and {old_python} is 3.10.13;"
        in result.stderr
    )
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param("serve", "no database at it's mine.db; run `make ", id="no-database"),
        pytest.param("serve DB=README.md", "README.md: file is not a database", id="other-file"),
        pytest.param("crawl PAGES=", "SPOJ_URL is 'nowhere',", id="url"),
        pytest.param("crawl SPOJ_URL=http://localhost", "it's.har: No such file", id="pages"),
        pytest.param("standin PORT={port}", "port {port} is not available", id="busy-port"),
    ],
)
def test_errors_name_values_from_environment(
    words: str, message: str, checkout: Path, httpserver: HTTPServer
) -> None:
    environment = {"SPOJ_URL": "nowhere", "SPOJSCORE_DB": "it's mine.db", "PAGES": "it's.har"}
    result = make(checkout, *words.format(port=httpserver.port).split(), **environment)
    assert result.returncode == 2
    assert f"error: {message.format(port=httpserver.port)}" in result.stderr


def test_demo(checkout: Path) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with launch("make", "demo", f"PORT={port}", cwd=checkout, until="Uvicorn running") as (
        demo,
        lines,
    ):
        assert f"Serving {site}/spojscore/problems (Ctrl-C stops it)\n" in lines
        assert any(
            line.startswith("3974 problems (3 new, 3370 changed, 0 delisted") for line in lines
        )
        assert "3,974 problems" in get(f"{site}/spojscore/problems")
        for path in ("/", "/charts", "/spojscore", "/spojscore/problems", "/api", "/mine"):
            page = get(f"{site}{path}")
            assert "Demo data: SPOJ’s list of 26 August 2025." in page
            assert "data-stale-hours" not in page  # the age of demo data is meaningless
        [prime1] = json.loads(get(f"{site}/spojscore/problems/PRIME1.json?_shape=array"))
        assert prime1["users"] == 83055
        os.killpg(demo.pid, signal.SIGINT)  # what Ctrl-C does
        demo.communicate(timeout=20)  # until every writer has ended
        with pytest.raises(httpx.ConnectError):
            get(site)


def test_standin(checkout: Path) -> None:
    port = free_port()
    with launch("make", "standin", f"PORT={port}", cwd=checkout, until="Ctrl-C") as (process, _):
        page = get(f"http://127.0.0.1:{port}/problems/classical/sort=0,start=4000")
        assert "This is not SPOJ but a stand-in" in page
        assert '<li class="active"><span>80</span></li>' in page
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=20)
