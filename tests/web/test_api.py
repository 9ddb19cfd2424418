"""The examples of the API page run as printed."""

import csv
import io
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from parsel import Selector
from playwright.sync_api import Browser

from tests.support.databases import rows
from tests.support.sites import get, get_page
from tests.support.tools import missing

PANDAS = "pandas==3.1.1"


@pytest.fixture(scope="module")
def api(site: str) -> Selector:
    return get_page(f"{site}/api")


def code(api: Selector, title: str) -> str:
    """The code under a heading."""
    return api.xpath(f"//h2[@id='{title}']/following-sibling::pre[1]/text()").get("")


def ran(words: list[str], folder: Path) -> str:
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_curl(api: Selector, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        missing("curl is not installed")
    commands = [pre for pre in api.css("pre::text").getall() if pre.startswith("curl '")]
    assert len(commands) == len(api.css("a.example")) == 12
    for command in commands:
        answer = ran(["sh", "-c", f"{command} --fail --silent --show-error"], tmp_path)
        assert answer.strip() not in ("", "[]"), command


def test_sqlite(api: Selector, full_database: Path, tmp_path: Path) -> None:
    if not shutil.which("curl") or not shutil.which("sqlite3"):
        missing("curl or sqlite3 is not installed")
    answer = ran(["sh", "-e", "-c", code(api, "sqlite")], tmp_path)
    [expected] = rows(full_database, "SELECT * FROM problem_history WHERE code = 'PRIME1'")
    assert answer.startswith(f"{expected['day']}|83055|0.00096275")


def test_pandas(api: Selector, full_database: Path, tmp_path: Path) -> None:
    # In an environment of its own: where pandas is installed, sqlite-utils imports it.
    python = [str(Path(sys.executable).with_name("uv")), "run", "--no-project", "--with", PANDAS]
    try:
        answer = ran([*python, "python", "-c", code(api, "pandas")], tmp_path)
    except subprocess.CalledProcessError as error:
        missing(f"the example does not run: {error.stderr}")
    expected = rows(
        full_database,
        "SELECT code FROM problems WHERE liked >= 80 AND users >= 100 "
        "ORDER BY points_if_solved DESC LIMIT 10",
    )
    assert [line.split()[1] for line in answer.splitlines()[1:]] == [
        row["code"] for row in expected
    ]


def test_spreadsheet_import(api: Selector) -> None:
    address = code(api, "spreadsheet").partition('"')[2].partition('"')[0]
    table = list(csv.DictReader(io.StringIO(get(address))))
    assert len(table) == 3974
    assert list(table[0]) == ["code", "name", "users", "score"]


def test_fetch_from_other_site(api: Selector, browser: Browser, tmp_path: Path) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{other.server_port}/")
        with page.expect_console_message(lambda message: message.type == "log") as output:
            page.evaluate(f"async () => {{ {code(api, 'fetch')} }}")
        page.close()
        other.shutdown()
    assert output.value.text.startswith("Prime Generator: 0.00096274")
    assert output.value.text.endswith(" points if you solve it")
