"""The examples of the API page run as printed."""

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from parsel import Selector
from playwright.sync_api import Browser
from pytest_httpserver import HTTPServer

from tests.support.databases import rows
from tests.support.sites import get, get_page
from tests.support.tools import handle_missing_tool

PANDAS = "pandas==3.1.1"


@pytest.fixture(scope="module")
def api(site: str) -> Selector:
    return get_page(f"{site}/api")


def code(api: Selector, title: str) -> str:
    """The code under a heading."""
    return api.xpath(f"//h2[@id='{title}']/following-sibling::pre[1]/text()").get("")


def run(command: list[str], folder: Path) -> str:
    if not shutil.which(command[0]):
        handle_missing_tool(f"{command[0]} is not installed")
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_curl(api: Selector, tmp_path: Path) -> None:
    commands = [pre for pre in api.css("pre::text").getall() if pre.startswith("curl '")]
    assert len(commands) == len(api.css("a.example")) == 12
    for command in commands:
        url = command.removeprefix("curl '").removesuffix("'")
        output = run(["curl", "--fail", "--silent", "--show-error", url], tmp_path)
        assert output.strip() not in ("", "[]"), command


def test_sqlite(api: Selector, full_database: Path, tmp_path: Path) -> None:
    download, _, command = code(api, "sqlite").partition("\n")
    run(download.split(), tmp_path)
    [expected] = rows(full_database, "SELECT * FROM problem_history WHERE code = 'PRIME1'")
    output = run([*command.split(maxsplit=2)[:2], command.split('"')[1]], tmp_path)
    assert output.startswith(f"{expected['day']}|83055|0.00096275")


def test_pandas(api: Selector, full_database: Path, tmp_path: Path) -> None:
    # In an environment of its own: where pandas is installed, sqlite-utils imports it.
    python = [str(Path(sys.executable).with_name("uv")), "run", "--no-project", "--with", PANDAS]
    try:
        output = run([*python, "python", "-c", code(api, "pandas")], tmp_path)
    except subprocess.CalledProcessError as error:
        handle_missing_tool(f"the example does not run: {error.stderr}")
    expected = rows(
        full_database,
        "SELECT code FROM problems WHERE liked >= 80 AND users >= 100 "
        "ORDER BY points_if_solved DESC LIMIT 10",
    )
    codes = [line.split()[1] for line in output.splitlines()[1:]]
    assert codes == [row["code"] for row in expected]


def test_spreadsheet_import(api: Selector) -> None:
    url = code(api, "spreadsheet").partition('"')[2].partition('"')[0]
    table = list(csv.DictReader(io.StringIO(get(url))))
    assert len(table) == 3974
    assert list(table[0]) == ["code", "name", "users", "score"]


def test_fetch_from_other_site(api: Selector, browser: Browser, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("")
    page = browser.new_page()
    page.goto(httpserver.url_for("/"))
    with page.expect_console_message(lambda message: message.type == "log") as output:
        page.evaluate(f"async () => {{ {code(api, 'fetch')} }}")
    page.close()
    assert output.value.text.startswith("Prime Generator: 0.00096274")
    assert output.value.text.endswith(" points if you solve it")
