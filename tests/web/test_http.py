"""Headers, caching and completeness of responses."""

from __future__ import annotations

import csv
import http.client
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.processes import free_port
from tests.support.sample import HOSTILE
from tests.support.sites import fetch, get, path, refusal, running, served
from web import serve
from web.options import MAX_RESPONSE_BYTES, MAX_ROWS

ADDRESSES = [
    pytest.param("/", id="home"),
    pytest.param("/spojscore/problems", id="list"),
    pytest.param("/spojscore/problems/PRIME1.json", id="row as json"),
    pytest.param("/spojscore/problems.csv", id="csv"),
    pytest.param("/spojscore/worth", id="query"),
    pytest.param("/spojscore.json?sql=select+1", id="sql"),
    pytest.param("/spojscore?sql=selct", id="failed sql"),
    pytest.param("/spojscore/problems.csv?nothing=1", id="failed csv"),
    pytest.param("/static/site.css", id="static file"),
    pytest.param("/feed.atom", id="custom page"),
    pytest.param("/spojscore.db", id="database"),
    pytest.param("/spojscore.db.sha256", id="hash"),
    pytest.param("/-/freshness.json", id="freshness"),
    pytest.param("/favicon.ico", id="favicon"),
    pytest.param("/nosuchpage", id="not found"),
    pytest.param("/prime1", id="redirect"),
    pytest.param("/-/metadata.json", id="private"),
    pytest.param(f"/spojscore?x={'x' * 3000}", id="too long"),
]
CACHED = "public, s-maxage=1800, stale-while-revalidate=600"


@pytest.mark.parametrize("address", ADDRESSES)
def test_headers_of_every_response(address: str, site: str) -> None:
    status, headers, _ = fetch(site + address, Cookie="a=b", Authorization="x")
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Set-Cookie"] is headers["Vary"] is None
    if status >= 400:
        assert (headers["Cache-Control"], headers["CDN-Cache-Control"]) == ("no-store", None)
    else:
        assert "private" not in (headers["Cache-Control"] or "")
        assert headers["CDN-Cache-Control"] == (
            CACHED if status == 200 and "freshness" not in address else None
        )


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_get_head_and_options_allowed(address: str, site: str) -> None:
    status, headers, _ = fetch(site + address)
    head_status, head, body = fetch(site + address, "HEAD")
    assert (head_status, body) == (status, b"")
    assert head["Content-Type"] == headers["Content-Type"]
    status, options, _ = fetch(site + address, "OPTIONS")
    assert (status, options["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        status, refused, _ = fetch(site + address, method)
        assert (status, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/spojscore/problems?_sort=users",
        "/spojscore/problems.json",
        "/spojscore/problems.csv",
        "/spojscore/worth.json?codes=PRIME1",
    ],
)
def test_unchanged_response_is_304(address: str, site: str) -> None:
    _, headers, _ = fetch(site + address)
    tag = headers["ETag"]
    status, again, empty = fetch(site + address, **{"If-None-Match": f'"other", {tag}'})
    assert (status, again["ETag"], empty) == (304, tag, b"")
    status, _, whole = fetch(site + address, **{"If-None-Match": '"other"'})
    assert (status, bool(whole)) == (200, True)
    assert fetch(f"{site}/spojscore/crawls")[1]["ETag"] != tag


def test_etag_depends_on_database_and_files(site: str, grown_site: str) -> None:
    assert fetch(f"{site}/mine")[1]["ETag"] != fetch(f"{grown_site}/mine")[1]["ETag"]


@pytest.mark.parametrize(
    "address", ["/spojscore.json?sql=select+1", "/-/freshness.json", "/prime1"]
)
def test_no_etag(address: str, site: str) -> None:
    assert fetch(site + address)[1]["ETag"] is None


@pytest.mark.parametrize("parameter", ["_ttl=99999999", "_timelimit=x", "utm_source=x", "fbclid=1"])
def test_ignored_parameters(parameter: str, site: str) -> None:
    _, plain, body = fetch(f"{site}/spojscore/worth.csv?codes=PRIME1")
    _, headers, same = fetch(f"{site}/spojscore/worth.csv?codes=PRIME1&{parameter}")
    assert (same, headers["Cache-Control"]) == (body, plain["Cache-Control"])


def test_blank_fields_are_ignored(site: str) -> None:
    blank = get(f"{site}/spojscore/problems?users__gte=&_sort=id&name__contains=")
    assert blank == get(f"{site}/spojscore/problems?_sort=id")


@pytest.mark.parametrize(
    "target",
    [
        "//example.com/",
        "/\\example.com/",
        "///example.com/",
        "/%5Cexample.com/",
        "/\\/example.com/",
    ],
)
def test_no_redirect_to_other_site(target: str, site: str) -> None:
    connection = http.client.HTTPConnection(site.removeprefix("http://"))
    with closing(connection):
        connection.request("GET", target)
        response = connection.getresponse()
        location = response.headers["Location"] or "/"
    assert location.startswith("/")
    assert location[1:2] not in ("/", "\\")


@pytest.mark.parametrize("page", ["databases", "versions", "settings", "plugins", "threads"])
def test_private_pages_are_not_found(page: str, site: str) -> None:
    assert "ok" in refusal(f"{site}/-/{page}.json", 404)


def test_page_has_200_rows_and_links_all(site: str) -> None:
    for size in ("max", "4000", "+0_4000"):
        page = get(f"{site}/spojscore/problems?_size={size}")
        assert len(Selector(page).css("tbody tr")) == 200
    assert len(list(csv.reader(get(f"{site}/spojscore/problems.csv").splitlines()))) == 3975


def test_response_larger_than_limit_is_refused(site: str) -> None:
    """Each row repeats the column names, so the result itself is small."""
    query = f'SELECT 1 AS "{"x" * 1100}" FROM problems'
    assert "response would be larger than 4 MB" in refusal(
        site + path(query, ".json") + "&_shape=array"
    )
    small = path(f"{query} LIMIT 3500", ".json")
    assert len(get(f"{site}{small}&_shape=array")) < MAX_RESPONSE_BYTES


@pytest.fixture(scope="module")
def long(crawled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with more rows than fit one response."""
    database = tmp_path_factory.mktemp("long") / "long.db"
    shutil.copy(crawled, database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO history SELECT problem_id, 0, 1 FROM history")
        connection.execute(
            "INSERT INTO history SELECT (SELECT id FROM problems WHERE code = 'TEST'), n, n "
            "FROM (SELECT row_number() OVER () + 100000 AS n FROM history LIMIT 5001)"
        )
    with served(database) as (address, _):
        yield address


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("history.csv", id="table"),
        pytest.param("history.csv?_size=max", id="table, max"),
        pytest.param("series.csv?code=TEST", id="query"),
        pytest.param("series.csv?code=TEST&_size=7", id="query, size has no effect"),
        pytest.param("series.json?code=TEST&_shape=array", id="query as array"),
        pytest.param("series.json?code=TEST&_shape=arrayfirst", id="query as arrayfirst"),
    ],
)
def test_csv_and_bare_json_are_complete_or_refused(address: str, long: str) -> None:
    assert "more than 5,000 rows" in refusal(f"{long}/spojscore/{address}")


def test_csv_size_limits_rows(long: str) -> None:
    for size in (7, MAX_ROWS):
        lines = get(f"{long}/spojscore/history.csv?_size={size}").splitlines()
        assert len(lines) == 1 + size


def test_json_marks_truncation(long: str) -> None:
    table = json.loads(get(f"{long}/spojscore/history.json?_size=max"))
    assert (len(table["rows"]), bool(table["next"])) == (MAX_ROWS, True)
    query = json.loads(get(f"{long}/spojscore/series.json?code=TEST"))
    assert (len(query["rows"]), query["truncated"]) == (MAX_ROWS, True)


def test_csv_escapes_formulas(grown_site: str) -> None:
    lines = get(f"{grown_site}/spojscore/problems.csv").splitlines(keepends=True)
    names = {row["code"]: row["name"] for row in csv.DictReader(lines)}
    for code in ("XFORMULA", "XPLUS", "XAT", "XMINUS", "XTAB"):
        assert names[code] == f"'{HOSTILE[code]}"
    assert names["XSCRIPT"] == HOSTILE["XSCRIPT"]


def test_numbers_in_csv_stay_numbers(grown_site: str, grown: Path) -> None:
    lines = csv.DictReader(get(f"{grown_site}/spojscore/movers.csv").splitlines())
    [change] = [row["score_7"] for row in lines if row["code"] == "STEADY"]
    [expected] = rows(grown, "SELECT score_7 FROM movers WHERE code = 'STEADY'")
    assert float(change) == expected["score_7"] < 0


def test_sqlite_utils_reads_csv(site: str, crawled: Path, tmp_path: Path) -> None:
    """Topics are separated by spaces, as its sniffer took the ] of JSON for a delimiter."""
    file = tmp_path / "problems.csv"
    file.write_text(get(f"{site}/spojscore/problems.csv"))
    command = [str(Path(sys.executable).with_name("sqlite-utils")), "memory", str(file),
               "SELECT code, users, topics, families FROM problems ORDER BY id"]  # fmt: skip
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    expected = rows(crawled, "SELECT code, users, topics, families FROM problems ORDER BY id")
    for row in expected:
        row["topics"] = " ".join(json.loads(row["topics"]))
        row["families"] = "; ".join(json.loads(row["families"]))
    assert json.loads(output) == expected
    assert any(";" in row["families"] for row in expected)


SHUFFLED = """
import glob, random, sys
order, unsorted = int(sys.argv.pop(1)), glob.glob
def shuffled(*words):
    files = sorted(unsorted(*words))
    random.Random(order).shuffle(files) if "plugins" in words[0] else None
    return files
glob.glob = shuffled
from datasette.cli import cli
cli()
"""


def test_order_of_plugins_does_not_matter(crawled: Path) -> None:
    responses = []
    port = free_port()
    for order in ("1", "2"):
        command = serve.command(crawled, port)[3:]
        with running(sys.executable, "-c", SHUFFLED, order, *command):
            site = f"http://127.0.0.1:{port}"
            responses.append([
                (status, headers["Content-Type"], body)
                for status, headers, body in (
                    fetch(site + path)
                    for path in ("/", "/spojscore/problems", "/prim1", "/spojscore/problems.csv",
                                 "/spojscore.csv?sql=select+usrs+from+problems")
                )
            ])  # fmt: skip
    assert responses[0] == responses[1]
