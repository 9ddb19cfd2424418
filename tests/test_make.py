"""The Makefile's targets as a newcomer runs them, in a copy of the project."""

import json
import os
import re
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.processes import free_port, started
from tests.support.projects import ROOT, copy_of_the_project, make
from tests.support.sites import get


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return copy_of_the_project(tmp_path)


def test_help_lists_every_target(checkout: Path) -> None:
    [phony] = re.findall(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    lines = make(checkout).stdout.splitlines()
    assert sorted(line.split()[0] for line in lines) == sorted(phony.split())
    assert all(len(line.split()) > 2 for line in lines)


def test_install_rejects_old_python(checkout: Path) -> None:
    (checkout / ".venv").unlink()
    old = checkout / "python3.10"
    old.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'import sys; sys.version_info = (3, 10, 13); "
        f'sys.version = "3.10.13 (main)"; exec(sys.argv[2])\' "$@"\n'
    )
    old.chmod(0o755)
    result = make(checkout, "install", f"PYTHON={old}")
    assert result.returncode == 2
    assert f"error: spojscore needs Python 3.11 or newer, and {old} is 3.10.13;" in result.stderr
    assert not (checkout / ".venv").exists()


def test_serve_without_database_names_commands(checkout: Path) -> None:
    result = make(checkout, "serve")
    assert result.returncode == 2
    assert result.stderr.splitlines()[0] == (
        "error: there is no database spojscore.db; run `make crawl` or `make demo`"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["serve"], "there is no database it's my own.db;", id="database"),
        pytest.param(["crawl"], "SPOJ_URL is 'nowhere',", id="url"),
        pytest.param(
            ["crawl", "SPOJ_URL=http://localhost", "PAGES=it's my own.har"],
            "it's my own.har: No such file or directory; it's my own.db is unchanged",
            id="pages",
        ),
    ],
)
def test_settings_with_quotes_from_environment(
    words: list[str], message: str, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOJ_URL", "nowhere")
    monkeypatch.setenv("SPOJSCORE_DB", "it's my own.db")
    result = make(checkout, *words)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-2].startswith(f"error: {message}")


def test_serve_rejects_other_files(checkout: Path) -> None:
    result = make(checkout, "serve", "DB=README.md")
    assert result.stderr.splitlines()[0] == "error: README.md: file is not a database"


def test_standin_refuses_busy_port(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = make(checkout, "standin", f"PORT={port}")
    assert f"error: port {port} is not available" in result.stderr


def test_demo(checkout: Path) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with started("make", "demo", f"PORT={port}", cwd=checkout, until="Uvicorn running") as (
        demo,
        lines,
    ):
        assert f"Serving {site}/spojscore/problems (Ctrl-C stops it)\n" in lines
        assert any(line.startswith("3974 problems (3 new, 3370 changed, 0 gone") for line in lines)
        assert "3,974 problems" in get(f"{site}/spojscore/problems")
        for path in ("/", "/charts", "/spojscore", "/spojscore/problems", "/api", "/mine"):
            page = get(f"{site}{path}")
            assert "Demo data: SPOJ’s list of 26 August 2025." in page
            assert "data-stale-hours" not in page  # its age says nothing
            assert "made up" not in page
        [prime1] = json.loads(get(f"{site}/spojscore/problems/PRIME1.json?_shape=array"))
        assert prime1["users"] == 83055
        os.killpg(demo.pid, signal.SIGINT)  # what Ctrl-C does
        demo.communicate(timeout=20)  # until every writer has ended
        with pytest.raises(httpx.ConnectError):
            get(site)


def test_standin(checkout: Path) -> None:
    port = free_port()
    with started("make", "standin", f"PORT={port}", cwd=checkout, until="Ctrl-C") as (process, _):
        page = get(f"http://127.0.0.1:{port}/problems/classical/sort=0,start=4000")
        assert "This is not SPOJ but a stand-in" in page
        assert '<li class="active"><span>80</span></li>' in page
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=20)
