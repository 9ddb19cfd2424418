"""The child process of a visitor's SQL: each limit and what it returns."""

import json
import os
import signal
import subprocess
from typing import Any

import pytest

from web import run_sql
from web.plugins import visitor_sql

ENDLESS_QUERY = (
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"
)
# Needs 150 MB, which the server itself would get.
MEMORY_HOG = "SELECT length(replace(hex(zeroblob(25000000)), '0', 'x'))"
ROWS = "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT {}) SELECT x FROM c)"


def run_child(
    sql: str, rows: int = 10, cells: int = 100, **params: str
) -> subprocess.CompletedProcess[str]:
    request = {
        "uri": "file::memory:", "sql": sql, "params": params, "max_rows": rows, "max_cells": cells,
    }  # fmt: skip
    return subprocess.run(
        visitor_sql.COMMAND, input=json.dumps(request), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def output(sql: str, **options: Any) -> Any:
    return json.loads(run_child(sql, **options).stdout)


def test_cpu_limit() -> None:
    assert run_child(ENDLESS_QUERY).returncode in (-signal.SIGXCPU, -signal.SIGKILL)


@pytest.mark.parametrize(
    ("sql", "cells", "message"),
    [
        pytest.param(MEMORY_HOG, 9, run_sql.TOO_MUCH_MEMORY_MESSAGE, id="memory"),
        pytest.param(f"SELECT x FROM {ROWS.format(200)} ORDER BY hex(randomblob(200000))", 999,
                     run_sql.TOO_MUCH_MEMORY_MESSAGE, id="file-size"),
        pytest.param(f"SELECT hex(zeroblob(1000)) FROM {ROWS.format(2500)}", 5000,
                     run_sql.TOO_LARGE_MESSAGE, id="output"),
        pytest.param(f"SELECT 1, 2, x FROM {ROWS.format(34)}", 100, run_sql.TOO_LARGE_MESSAGE,
                     id="cells"),
        pytest.param("SELECT :sql", 9, run_sql.RESERVED_NAME_MESSAGE, id="reserved-name"),
    ],
)  # fmt: skip
def test_limits(sql: str, cells: int, message: str) -> None:
    assert output(sql, rows=5000, cells=cells) == {"error": message}


@pytest.mark.parametrize(("count", "is_truncated"), [(10, False), (11, True)])
def test_row_limit_sets_truncated(count: int, is_truncated: bool) -> None:
    result = output(f"SELECT x FROM {ROWS.format(count)}")
    assert (len(result["rows"]), result["truncated"]) == (10, is_truncated)


def test_priority_is_below_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    monkeypatch.setattr(os, "nice", steps.append)
    monkeypatch.setattr(run_sql, "LIMITS", {})
    run_sql.set_limits()
    assert steps == [10]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param("(1), (9), (2)", 2, id="odd"),
        pytest.param("(1), (2), (3), (10)", 2.5, id="even"),
        pytest.param("(NULL), (5), ('x')", 5, id="numbers-only"),
        pytest.param("(NULL)", None, id="none"),
    ],
)
def test_median(values: str, expected: float | None) -> None:
    result = output(f"WITH t(x) AS (VALUES {values}) SELECT median(x) FROM t")
    assert result["rows"] == [[expected]]


def test_parameters_are_those_that_sqlite_names() -> None:
    result = output("SELECT '-- TODO :no' AS n, :id, $x, @y", id="5")
    assert result["rows"] == [["-- TODO :no", "5", "", ""]]
    assert result["parameters"] == ["id", "x", "y"]


def test_memory_addresses_are_refused() -> None:
    refusals = ("not authorized to use function: fts3_tokenizer", "no such function")
    assert output("SELECT fts3_tokenizer('simple', x'00')")["error"].startswith(refusals)
