"""Visitors' SQL on the site; test_run_sql.py tests the child process."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from datasette.utils.asgi import Request
from parsel import Selector

from tests.support.sites import fetch, get, get_json, get_page, sql_path
from tests.web.test_run_sql import MEMORY_HOG, ROWS
from web.errors import SiteError, error_response
from web.plugins import visitor_sql
from web.plugins.visitor_sql import SiteDatabase
from web.request import current_request

REQUEST = Request.fake("/spojscore.json?sql=")
FakeChild = Callable[[str], Path]
TIMEOUT = 60  # seconds, after which a test has failed


@pytest.fixture
def database(full_database: Path) -> SiteDatabase:
    return SiteDatabase(None, path=str(full_database), is_mutable=False)


@pytest.fixture
def fake_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeChild:
    """Replace the child process by a Python script that runs in a folder of its own."""

    def fake(script: str) -> Path:
        code = f"import os, sys, time; os.chdir({str(tmp_path)!r}); sys.stdin.read()\n{script}"
        monkeypatch.setattr(visitor_sql, "COMMAND", (sys.executable, "-S", "-c", code))
        return tmp_path

    return fake


async def run(database: SiteDatabase, count: int = 1) -> Any:
    """The results or errors of `count` queries at once."""
    queries = (database.run_in_child("SELECT 1", {}, REQUEST) for _ in range(count))
    return await asyncio.wait_for(asyncio.gather(*queries, return_exceptions=True), TIMEOUT)


def test_three_processes_at_once(
    database: SiteDatabase, fake_child: FakeChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor_sql, "MAX_WAIT_SECONDS", TIMEOUT)
    monkeypatch.setattr(visitor_sql, "MAX_SECONDS", TIMEOUT)
    folder = fake_child(
        "open(f'{os.getpid()}.running', 'x').close(); time.sleep(0.3)\n"
        "print(len([n for n in os.listdir() if n.endswith('running')]), file=open('log', 'a'))\n"
        "os.remove(f'{os.getpid()}.running'); print('{\"error\": \"done\"}')"
    )

    assert [str(error) for error in asyncio.run(run(database, 5))] == ["done"] * 5
    assert max(map(int, (folder / "log").read_text().split())) == 3


def test_waiting_ends_with_503_and_recovers(
    database: SiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor_sql, "MAX_WAIT_SECONDS", 0.01)

    async def run_without_slots() -> None:
        for _ in range(visitor_sql.MAX_PROCESSES):
            await database.slots.acquire()
        [error] = await run(database)
        response = await error_response(None, REQUEST, error)
        assert (response.status, response.headers["Retry-After"]) == (503, "3")
        database.slots.release()
        for _ in range(2):  # the slot is free again after each
            [results] = await run(database)
            assert results.single_value() == 1

    asyncio.run(run_without_slots())


def test_process_that_hangs_is_killed(
    database: SiteDatabase, fake_child: FakeChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fake_child("open('pid', 'w').write(str(os.getpid())); time.sleep(600)")
    monkeypatch.setattr(visitor_sql, "MAX_SECONDS", 2)
    [error] = asyncio.run(run(database))
    assert str(error) == visitor_sql.QUERY_STOPPED_MESSAGE
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)
    assert not database.slots.locked()


def test_output_of_killed_process_is_ignored(database: SiteDatabase, fake_child: FakeChild) -> None:
    fake_child('print(\'{"error": "partial"}\', flush=True); os.kill(os.getpid(), 9)')
    [error] = asyncio.run(run(database))
    assert str(error) == visitor_sql.QUERY_STOPPED_MESSAGE


def test_requests_with_sql_run_every_statement_in_child_process(
    database: SiteDatabase, fake_child: FakeChild
) -> None:
    fake_child('print(\'{"error": "apart"}\')')

    async def execute(sql: str) -> None:
        current_request.set(REQUEST)
        await database.execute(sql, truncate=True)

    with pytest.raises(SiteError, match="apart"):
        asyncio.run(execute("SELECT 'another text than that of sql='"))


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(sql_path(MEMORY_HOG, ".json"), id="json"),
        pytest.param(sql_path(MEMORY_HOG), id="page"),
        pytest.param(sql_path(MEMORY_HOG, ".csv"), id="csv"),
        pytest.param(sql_path(MEMORY_HOG, ".blob", _blob_column="x"), id="blob"),
        pytest.param(sql_path(MEMORY_HOG).replace("?sql", "?%73ql"), id="encoded-name"),
        pytest.param(sql_path(MEMORY_HOG) + "&sql=select+1", id="twice"),
        pytest.param(sql_path(MEMORY_HOG).replace("spojscore", "spojscor~65"), id="encoded-path"),
        pytest.param(sql_path(f"\n {MEMORY_HOG} ;\n-- x"), id="blanks-and-comments"),
    ],
)
def test_sql_runs_in_child_process(address: str, site: str) -> None:
    assert "Query stopped: it needs too much" in get(site + address, 400)


@pytest.mark.parametrize("table", ["json_each('[5]')", "pragma_table_info('problems')"])
def test_table_valued_functions(table: str, site: str) -> None:
    assert get_json(site + sql_path(f"SELECT * FROM {table}", ".json"))["rows"]


@pytest.mark.parametrize("table", ["pragma_database_list", "PRAGMA_Database_List"])
def test_location_of_database_is_hidden(table: str, site: str) -> None:
    [row] = get_json(site + sql_path(f"SELECT * FROM {table}", ".json"))["rows"]
    assert row == [0, "main", None]


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("WITH x AS (SELECT 1) DELETE FROM crawls", id="delete"),
        pytest.param("WITH x AS (SELECT 1) INSERT INTO tags VALUES (1, 2, 3)", id="insert"),
        pytest.param("ATTACH 'x.db' AS x", id="attach"),
        pytest.param("PRAGMA user_version = 1", id="pragma"),
        pytest.param("SELECT 1; SELECT 2", id="two-statements"),
    ],
)
def test_sql_only_reads(sql: str, site: str) -> None:
    content = fetch(f"{site}/spojscore.db").content
    assert get_json(site + sql_path(sql, ".json"), 400)["ok"] is False
    assert fetch(f"{site}/spojscore.db").content == content


def test_blobs_are_shown_as_by_datasette(site: str) -> None:
    query = "SELECT x'ff00' AS b, CAST(x'61ff' AS TEXT) AS t, 1e999 AS i, NULL AS n"
    [row] = get_json(site + sql_path(query, ".json", _shape="array"))
    assert row == {
        "b": {"$base64": True, "encoded": "/wA="}, "t": "a\ufffd", "i": None, "n": None,
    }  # fmt: skip
    link = get_page(site + sql_path(query)).css("a.blob-download::attr(href)").get("")
    assert fetch(site + link).content == b"\xff\x00"


def test_form_has_a_field_for_each_parameter(site: str) -> None:
    page = get_page(site + sql_path("SELECT '-- TODO' AS n, :id AS id", id="7"))
    assert page.css("main form input::attr(name)").getall() == ["id"]
    assert page.css("main form input::attr(value)").getall() == ["7"]


def test_failed_query_stays_in_its_form(site: str) -> None:
    query = "SELECT code, usrs\nFROM problems\nWHERE users > :many"
    page = get_page(site + sql_path(query, many="12"), 400)
    assert page.css("textarea#sql::text").get("") == query
    assert page.css("main form input[name=many]::attr(value)").get() == "12"
    columns = page.css("details[open] dd::text").getall()
    assert any("code, name, users, score" in line for line in columns)


@pytest.mark.parametrize(
    ("extension", "columns", "status", "rows"),
    [
        pytest.param("", "1, 2, 3", 200, 200, id="page"),
        pytest.param("", ", ".join("1" * 60), 400, 0, id="wide-page"),
        pytest.param(".json", "1", 200, 5000, id="json"),
        pytest.param(".json", ", ".join("1" * 60), 400, 0, id="wide-json"),
        pytest.param(".csv", "1", 400, 0, id="csv"),
    ],
)
def test_rows_and_cells_of_a_response(
    extension: str, columns: str, status: int, rows: int, site: str
) -> None:
    response = fetch(site + sql_path(f"SELECT {columns} FROM {ROWS.format(6000)}", extension))
    if extension == ".json":
        results = response.json()
        assert results.get("truncated", False) == (status == 200)
        count = len(results.get("rows", ()))
    else:
        count = len(Selector(response.text).css("tbody tr"))
        assert ("First 200 rows" in response.text) == (status == 200)
    assert (response.status_code, count) == (status, rows)
