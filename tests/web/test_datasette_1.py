"""The plugins under Datasette's current 1.0 alpha, without our templates."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.processes import free_port
from tests.support.sites import fetch, get, get_json, running
from tests.web.test_run_sql import MEMORY_HOG
from web import run_sql, serve

REQUIREMENT = "datasette==1.0a41"
TEMPLATES = "--template-dir"


@pytest.fixture(scope="module")
def alpha_site(full_database: Path) -> Iterator[str]:
    if os.environ.get("CI"):
        pytest.skip("installs a prerelease, which CI does not")
    uv, port = Path(sys.executable).with_name("uv"), free_port()
    _, *words = serve.prepare_command(full_database, port)
    words = [
        word.replace("--metadata=", "--config=") for word in words if not word.startswith(TEMPLATES)
    ]
    python = [str(uv), "run", "--quiet", "--no-project", "--with", REQUIREMENT, "python"]
    if subprocess.run([*python, "-c", ""], check=False).returncode:
        pytest.skip(f"{REQUIREMENT} cannot be installed")
    with running(*python, *words):
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
    path = f"{alpha_site}/spojscore/-/query.json?sql="
    [row] = get_json(f"{path}SELECT+median(3)+AS+m")["rows"]
    assert row["m"] == 3
    assert run_sql.TOO_MUCH_MEMORY_MESSAGE in get(path + quote(MEMORY_HOG), 400)
