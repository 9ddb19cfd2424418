"""The plugins under Datasette's current 1.0 alpha, without our templates."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.processes import free_port
from tests.support.projects import ROOT
from tests.support.sites import fetch, get, get_json, running
from web import run_sql, serve

VERSION = "1.0a41"
TEMPLATES = "--template-dir"


@pytest.fixture(scope="module")
def alpha_python() -> Path:
    """The Python of an environment with Datasette's alpha, kept in build/."""
    if os.environ.get("CI"):
        pytest.skip("installs a prerelease, which CI does not")
    python = ROOT / "build" / f"datasette-{VERSION}" / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    for arguments in (
        ["venv", "--quiet", "--allow-existing", str(python.parents[1])],
        ["pip", "install", "--quiet", "--python", str(python), f"datasette=={VERSION}"],
    ):
        command = [str(uv), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            pytest.skip(f"Datasette {VERSION} cannot be installed: {result.stderr}")
    return python


@pytest.fixture(scope="module")
def alpha_site(alpha_python: Path, full_database: Path) -> Iterator[str]:
    port = free_port()
    _, *words = serve.prepare_command(full_database, port)
    words = [
        word.replace("--metadata=", "--config=") for word in words if not word.startswith(TEMPLATES)
    ]
    with running(alpha_python, *words):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "address",
    [
        "/spojscore/problems", "/spojscore/problems.json?_q=prime&_facet=band",
        "/spojscore/problems?_sort=users&users__gte=10", "/spojscore/problems.csv",
        "/spojscore/problems/PRIME1", "/spojscore/worth?codes=PRIME1", "/spojscore/worth.json",
        "/spojscore/-/query?sql=select+1", "/spojscore", "/-/freshness.json",
    ],
)  # fmt: skip
def test_pages_under_alpha(address: str, alpha_site: str) -> None:
    response = fetch(alpha_site + address)
    assert response.status_code == 200
    assert response.headers["X-Frame-Options"] == "DENY"


def test_sql_runs_in_child_process_under_alpha(alpha_site: str) -> None:
    def address(sql: str) -> str:
        return f"{alpha_site}/spojscore/-/query.json?{urlencode({'sql': sql})}"

    [row] = get_json(address("SELECT median(3) AS m, x'ff' AS b"))["rows"]
    assert row["m"] == 3
    hog = "SELECT length(replace(hex(zeroblob(25000000)), '0', 'x'))"
    assert run_sql.TOO_MUCH_MEMORY_MESSAGE in get(address(hog), 400)
