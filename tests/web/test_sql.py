"""Visitors' SQL: what it can do, and each limit of its process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from datasette.utils.asgi import Request
from parsel import Selector

from tests.support.attacks import ATTACKS
from tests.support.processes import memory
from tests.support.sites import fetch, get, path, refusal, served
from web import run_sql
from web.errors import SiteError
from web.plugins import visitor_sql
from web.request import current_request

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"
# 150 MB, which the server itself would have.
MEMORY_HOG = "SELECT length(replace(hex(zeroblob(25000000)), '0', 'x'))"
ROWS = "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT {}) SELECT x FROM c)"
REQUEST = Request.fake("/spojscore.json?sql=")
TIMEOUT = 60  # seconds, after which a test has failed


def run_child(
    sql: str, uri: str = "file::memory:", rows: int = 10, cells: int = 100, **params: str
) -> subprocess.CompletedProcess[str]:
    """Run web/run_sql.py as the site does, without the site's own limits."""
    request = {"uri": uri, "sql": sql, "params": params, "max_rows": rows, "max_cells": cells}
    return subprocess.run(
        visitor_sql.COMMAND, input=json.dumps(request), capture_output=True, text=True,
        timeout=TIMEOUT, check=False,
    )  # fmt: skip


def child_error(sql: str, **options: Any) -> str:
    return str(json.loads(run_child(sql, **options).stdout)["error"])


def test_cpu_limit() -> None:
    assert run_child(ENDLESS).returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_memory_limit() -> None:
    assert child_error(MEMORY_HOG) == run_sql.TOO_MUCH_MEMORY


def test_file_size_limit() -> None:
    sort = f"SELECT x FROM {ROWS.format(200)} ORDER BY hex(randomblob(200000))"
    assert child_error(sort, rows=1) == run_sql.TOO_MUCH_MEMORY


def test_output_limit() -> None:
    sql = f"SELECT hex(zeroblob(1000)) FROM {ROWS.format(2500)}"
    assert child_error(sql, rows=5000, cells=5000) == run_sql.TOO_LARGE


def test_cell_limit() -> None:
    sql = "SELECT 1, 2, x FROM " + ROWS.format(34)
    assert child_error(sql, rows=50) == run_sql.TOO_LARGE


def test_row_limit_sets_truncated() -> None:
    for count, truncated in ((10, False), (11, True)):
        output = json.loads(run_child(f"SELECT x FROM {ROWS.format(count)}").stdout)
        assert (len(output["rows"]), output["truncated"]) == (10, truncated)


@pytest.mark.parametrize("table", ["json_each('[5]')", "pragma_table_info('problems')"])
def test_table_valued_functions(table: str, site: str) -> None:
    assert json.loads(get(site + path(f"SELECT * FROM {table}", ".json")))["rows"]


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("WITH x AS (SELECT 1) DELETE FROM crawls", id="delete"),
        pytest.param("WITH x AS (SELECT 1) INSERT INTO tags VALUES (1, 2, 3)", id="insert"),
        pytest.param("ATTACH 'x.db' AS x", id="attach"),
        pytest.param("PRAGMA user_version = 1", id="pragma"),
        pytest.param("SELECT 1; SELECT 2", id="two statements"),
    ],
)
def test_sql_only_reads(sql: str, site: str) -> None:
    before = get(f"{site}/spojscore.db.sha256")
    assert json.loads(refusal(site + path(sql, ".json")))["ok"] is False
    assert len(json.loads(get(f"{site}/spojscore/crawls.json"))["rows"]) == 1
    assert before == get(f"{site}/spojscore.db.sha256")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param("(1), (9), (2)", 2, id="odd"),
        pytest.param("(1), (2), (3), (10)", 2.5, id="even"),
        pytest.param("(NULL), (5), ('x')", 5, id="numbers only"),
        pytest.param("(NULL)", None, id="none"),
    ],
)
def test_median(values: str, expected: float | None) -> None:
    output = run_child(f"WITH t(x) AS (VALUES {values}) SELECT median(x) FROM t").stdout
    assert json.loads(output)["rows"] == [[expected]]


def test_parameters_are_those_that_sqlite_names() -> None:
    output = json.loads(run_child("SELECT '-- TODO :no' AS n, :id, $x, @y", id="5").stdout)
    assert output["rows"] == [["-- TODO :no", "5", "", ""]]
    assert output["parameters"] == ["id", "x", "y"]
    assert child_error("SELECT :sql") == run_sql.RESERVED_NAME


async def within(awaitable: Awaitable[Any]) -> Any:
    return await asyncio.wait_for(awaitable, TIMEOUT)


@pytest.fixture
def database(crawled: Path) -> visitor_sql.SiteDatabase:
    return visitor_sql.SiteDatabase(None, path=str(crawled), is_mutable=False)


@pytest.fixture
def fake_child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], Path]:
    """Replace the child process by a Python script that runs in a folder of its own."""

    def fake(script: str) -> Path:
        code = f"import os, sys, time; os.chdir({str(tmp_path)!r}); sys.stdin.read()\n{script}"
        monkeypatch.setattr(visitor_sql, "COMMAND", (sys.executable, "-c", code))
        return tmp_path

    return fake


def test_three_processes_at_once(
    database: visitor_sql.SiteDatabase,
    fake_child: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visitor_sql, "MAX_WAIT_SECONDS", TIMEOUT)
    monkeypatch.setattr(visitor_sql, "MAX_SECONDS", TIMEOUT)
    folder = fake_child(
        "open(f'{os.getpid()}.running', 'x').close(); time.sleep(0.3)\n"
        "print(len([n for n in os.listdir() if n.endswith('running')]), file=open('log', 'a'))\n"
        "os.remove(f'{os.getpid()}.running'); print('{\"error\": \"done\"}')"
    )

    async def run_ten() -> Any:
        runs = (database.run_in_child("", {}, REQUEST) for _ in range(10))
        return await within(asyncio.gather(*runs, return_exceptions=True))

    assert [str(error) for error in asyncio.run(run_ten())] == ["done"] * 10
    assert max(map(int, (folder / "log").read_text().split())) <= 3


def test_waiting_ends_with_503_and_recovers(
    database: visitor_sql.SiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor_sql, "MAX_WAIT_SECONDS", 0.01)

    async def run() -> None:
        for _ in range(visitor_sql.MAX_PROCESSES):
            await database.slots.acquire()
        with pytest.raises(SiteError) as raised:
            await within(database.run_in_child("SELECT 1", {}, REQUEST))
        assert (raised.value.status, raised.value.retry_after) == (503, 3)
        database.slots.release()
        for _ in range(2):  # the slot is free again after each
            results = await within(database.run_in_child("SELECT 1", {}, REQUEST))
            assert results.single_value() == 1

    asyncio.run(run())


def test_process_that_hangs_is_killed(
    database: visitor_sql.SiteDatabase,
    fake_child: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = fake_child("open('pid', 'w').write(str(os.getpid())); time.sleep(600)")
    monkeypatch.setattr(visitor_sql, "MAX_SECONDS", 2)
    with pytest.raises(SiteError) as raised:
        asyncio.run(within(database.run_in_child("SELECT 1", {}, REQUEST)))
    assert str(raised.value) == visitor_sql.QUERY_STOPPED
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)
    assert not database.slots.locked()


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(path(MEMORY_HOG, ".json"), id="json"),
        pytest.param(path(MEMORY_HOG), id="page"),
        pytest.param(path(MEMORY_HOG, ".csv"), id="csv"),
        pytest.param(path(MEMORY_HOG, ".blob") + "&_blob_column=x", id="blob"),
        pytest.param(path(MEMORY_HOG).replace("?sql", "?%73ql"), id="encoded name"),
        pytest.param(path(MEMORY_HOG) + "&sql=select+1", id="twice"),
        pytest.param(path(MEMORY_HOG).replace("spojscore", "spojscor~65"), id="encoded database"),
        pytest.param(path(f"\n {MEMORY_HOG} ;\n-- x"), id="blanks and comments"),
    ],
)
def test_sql_runs_in_child_process(address: str, site: str) -> None:
    assert run_sql.TOO_MUCH_MEMORY in refusal(site + address)


def test_requests_with_sql_run_every_statement_in_child_process(
    database: visitor_sql.SiteDatabase, fake_child: Callable[[str], Path]
) -> None:
    fake_child('print(\'{"error": "apart"}\')')

    async def execute(sql: str) -> None:
        current_request.set(REQUEST)
        await database.execute(sql, truncate=True)

    with pytest.raises(SiteError, match="apart"):
        asyncio.run(execute("SELECT 'another text than that of sql='"))


def test_costly_query_keeps_its_text(site: str) -> None:
    page = Selector(refusal(site + path(ENDLESS)))
    assert page.css("textarea#sql::text").get("") == ENDLESS
    assert page.css("p.error::text").get("").startswith("Query stopped")


def test_blobs_are_shown_as_by_datasette(site: str) -> None:
    query = "SELECT x'ff00' AS b, CAST(x'61ff' AS TEXT) AS t, 1e999 AS i, NULL AS n"
    [row] = json.loads(get(site + path(query, ".json") + "&_shape=array"))
    assert row == {
        "b": {"$base64": True, "encoded": "/wA="}, "t": "a\ufffd", "i": None, "n": None,
    }  # fmt: skip
    link = Selector(get(site + path(query))).css("a.blob-download::attr(href)").get("")
    assert get(site + link, "latin-1") == "\xff\x00"


def test_form_has_a_field_for_each_parameter(site: str) -> None:
    address = path("SELECT '-- TODO' AS n, :id AS id") + "&id=7"
    page = Selector(get(site + address))
    assert page.css("main form input::attr(name)").getall() == ["id"]
    assert page.css("main form input::attr(value)").getall() == ["7"]
    failed = Selector(refusal(site + path("SELECT usrs, :id FROM problems") + "&id=7"))
    assert failed.css("main form input[name=id]::attr(value)").get() == "7"
    assert Selector(refusal(site + path("SELECT :sql"))).css("main form input").getall() == []


def test_page_has_200_rows_json_5000_and_csv_is_refused(site: str) -> None:
    query = f"SELECT x FROM {ROWS.format(6000)}"
    assert len(Selector(get(site + path(query))).css("tbody tr")) == 200
    answer = json.loads(get(site + path(query, ".json")))
    assert (len(answer["rows"]), answer["truncated"]) == (5000, True)
    for suffix in (".csv", ".json"):
        text = refusal(site + path(query, suffix) + "&_shape=array")
        assert "more than 5,000 rows" in text


def test_concurrent_queries_get_their_own_results(site: str) -> None:
    addresses = [
        site + path(f"SELECT {number} AS n", ".json") + "&_shape=array" for number in range(12)
    ]
    with ThreadPoolExecutor(3) as pool:
        assert [json.loads(text) for text in pool.map(get, addresses)] == [
            [{"n": number}] for number in range(12)
        ]


@pytest.mark.parametrize("table", ["pragma_database_list", "PRAGMA_Database_List"])
def test_location_of_database_is_hidden(table: str, site: str) -> None:
    [row] = json.loads(get(site + path(f"SELECT * FROM {table}", ".json")))["rows"]
    assert row == [0, "main", None]


def test_memory_addresses_are_refused() -> None:
    refusals = ("not authorized to use function: fts3_tokenizer", "no such function")
    assert child_error("SELECT fts3_tokenizer('simple', x'00')").startswith(refusals)


def test_attacks_spare_pages_and_memory(crawled: Path) -> None:
    """`python -m tests.support.run_attacks DB` measures all of them."""
    names = ("like over long texts", "wide rows as a page", "endless", "several sorters",
             "many columns as a page", "facets of a view", "output that just fits")  # fmt: skip
    with served(crawled) as (site, pid), ThreadPoolExecutor(8) as pool:
        attacks = [pool.submit(fetch, site + ATTACKS[name]) for name in names]
        while not all(attack.done() for attack in attacks):
            assert get(f"{site}/spojscore/problems/PRIME1")
            assert memory(pid) < 400_000_000
        assert {attack.result()[0] for attack in attacks} <= {200, 400, 503}
