"""CSV for spreadsheets and other tools; CSV and JSON without rows missing."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils.cli import cli as sqlite_utils

from tests.support.databases import rows
from tests.support.sample import HOSTILE_NAMES
from tests.support.sites import fetch, get, get_json, get_page, start_site
from web.options import MAX_ROWS


def read_csv(url: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(get(url).splitlines(keepends=True)))


@pytest.fixture(scope="module")
def long_site(full_database: Path) -> Iterator[str]:
    """A site with more rows than fit one response."""
    with start_site(
        full_database,
        "INSERT INTO history SELECT problem_id, 0, 1 FROM history",
        "INSERT INTO history SELECT (SELECT id FROM problems WHERE code = 'TEST'), n, n "
        "FROM (SELECT row_number() OVER () + 100000 AS n FROM history LIMIT 5001)",
    ) as address:
        yield address


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("history.csv", id="table"),
        pytest.param("history.csv?_size=max", id="table-max"),
        pytest.param("series.csv?code=TEST", id="query"),
        pytest.param("series.csv?code=TEST&_size=7", id="query-size-has-no-effect"),
        pytest.param("series.json?code=TEST&_shape=array", id="query-as-array"),
        pytest.param("series.json?code=TEST&_shape=arrayfirst", id="query-as-arrayfirst"),
    ],
)
def test_csv_and_bare_json_are_complete_or_refused(address: str, long_site: str) -> None:
    assert "more than 5,000 rows" in get(f"{long_site}/spojscore/{address}", 400)


def test_csv_size_limits_rows(long_site: str) -> None:
    for size in (7, MAX_ROWS):
        assert len(read_csv(f"{long_site}/spojscore/history.csv?_size={size}")) == size


def test_json_marks_truncation(long_site: str) -> None:
    table = get_json(f"{long_site}/spojscore/history.json?_size=max")
    assert (len(table["rows"]), bool(table["next"])) == (MAX_ROWS, True)
    query = get_json(f"{long_site}/spojscore/series.json?code=TEST")
    assert (len(query["rows"]), query["truncated"]) == (MAX_ROWS, True)


@pytest.mark.parametrize(
    ("path", "name", "count"),
    [
        pytest.param("problems", "problems", 3974, id="table"),
        pytest.param("bands", "bands", 5, id="query"),
    ],
)
def test_csv_download(path: str, name: str, count: int, site: str) -> None:
    page = get_page(f"{site}/spojscore/{path}")
    address = site + page.xpath("//main//a[contains(., 'CSV')]/@href").get("")
    assert len(read_csv(address)) == count
    disposition = fetch(address).headers["Content-Disposition"]
    assert disposition == f'attachment; filename="{name}.csv"'


def test_formulas_are_escaped(history_site: str) -> None:
    names = {row["code"]: row["name"] for row in read_csv(f"{history_site}/spojscore/problems.csv")}
    for code in ("XFORMULA", "XPLUS", "XAT", "XMINUS", "XTAB"):
        assert names[code] == f"'{HOSTILE_NAMES[code]}"
    assert names["XSCRIPT"] == HOSTILE_NAMES["XSCRIPT"]


def test_negative_numbers_stay_numbers(history_site: str, history_database: Path) -> None:
    lines = read_csv(f"{history_site}/spojscore/movers.csv")
    [change] = [row["score_7"] for row in lines if row["code"] == "STEADY"]
    [expected] = rows(history_database, "SELECT score_7 FROM movers WHERE code = 'STEADY'")
    assert float(change) == expected["score_7"] < 0


def test_sqlite_utils_reads_csv(site: str, full_database: Path, tmp_path: Path) -> None:
    """Topics are separated by spaces, because its sniffer took JSON's ] for a delimiter."""
    file = tmp_path / "problems.csv"
    file.write_text(get(f"{site}/spojscore/problems.csv"))
    query = "SELECT code, users, topics, families FROM problems ORDER BY id"
    output = CliRunner().invoke(sqlite_utils, ["memory", str(file), query]).output
    expected = rows(full_database, query)
    for row in expected:
        row["topics"] = " ".join(json.loads(row["topics"]))
        row["families"] = "; ".join(json.loads(row["families"]))
    assert json.loads(output) == expected
    assert any(";" in row["families"] for row in expected)


def test_json_and_csv_keep_every_digit(site: str, full_database: Path) -> None:
    [prime] = [row for row in rows(full_database) if row["code"] == "PRIME1"]
    address = f"{site}/spojscore/problems{{}}?code=PRIME1&_shape=array"
    assert get_json(address.format(".json")) == [prime]
    known_values = {"id": 2, "name": "Prime Generator", "users": 83055, "acceptance": 16.3}
    assert known_values.items() <= prime.items()
    [line] = read_csv(address.format(".csv"))
    assert line["score"] == repr(80 / 83095)
