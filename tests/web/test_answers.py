"""What every answer has, and that none is cut off, too heavy, or tells of this machine."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.processes import free_port, started
from tests.support.sites import get, path, refusal, served, words
from web import serve
from web.options import MOST_ROWS, PAGE_ROWS

MOST_OF_A_PAGE = 300_000
ANSWERS = (
    "/", "/spojscore/problems", "/mine", "/nosuchpage", "/static/site.css", "/feed.atom",
    "/robots.txt", "/favicon.ico", "/spojscore.db", "/spojscore.db.sha256", "/-/freshness.json",
    "/-/freshness.svg", "/spojscore.json?sql=select+1", "/spojscore?sql=selct",
    "/spojscore/problems.csv", "/spojscore/problems.csv?nothing=1", "/spojscore/crawls.json",
    "/-/messages", "/-/patterns", "/prime1", f"/spojscore?x={'x' * 3000}",
)  # fmt: skip


def asked(url: str, method: str = "GET", **headers: str) -> tuple[int, Message[str, str], bytes]:
    try:
        with urlopen(Request(url, method=method, headers=headers)) as response:
            return response.status, response.headers, response.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_has_the_headers_and_no_cookie(address: str, site: str) -> None:
    _, headers, _ = asked(site + address, Cookie="a=b", Authorization="x")
    _, plain, _ = asked(site + address)
    for name in ("Cache-Control", "CDN-Cache-Control"):  # all get the same, so it may be kept
        assert headers[name] == plain[name]
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Set-Cookie"] is None
    assert headers["Vary"] is None


@pytest.mark.parametrize("address", ANSWERS)
def test_only_what_reads_is_answered(address: str, site: str) -> None:
    status, headers, body = asked(site + address, "GET")
    head_status, head, nothing = asked(site + address, "HEAD")
    assert head_status == status
    if address != "/prime1":  # urllib follows redirections as GET
        assert (head["Content-Type"], nothing) == (headers["Content-Type"], b"")
    status, options, _ = asked(site + address, "OPTIONS")
    assert (status, options["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        status, refused, _ = asked(site + address, method)
        assert (status, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert body


@pytest.mark.parametrize("address", ["/spojscore/problems.json", "/spojscore.json?sql=select+1"])
def test_a_visitor_does_not_say_how_long_an_answer_is_kept(address: str, site: str) -> None:
    kept = asked(site + address)[1]
    more = f"{address}{'&' if '?' in address else '?'}_ttl=99999999"
    assert asked(site + more)[1]["Cache-Control"] == kept["Cache-Control"]
    assert kept["CDN-Cache-Control"] == "public, s-maxage=1800, stale-while-revalidate=600"


@pytest.mark.parametrize(
    "address", ["/nosuchpage", "/spojscore.json?sql=select", "/spojscore/problems?nothing=1"]
)
def test_nothing_that_failed_is_kept(address: str, site: str) -> None:
    headers = asked(site + address)[1]
    assert (headers["Cache-Control"], headers["CDN-Cache-Control"]) == ("no-store", None)


@pytest.mark.parametrize(
    "address",
    ["effort.json?_shape=nope", "effort.json?_shape=", "effort.json?_shape=object",
     "problem_history.json?_size=2&_shape=object"],
)  # fmt: skip
def test_an_error_in_json_has_its_status(address: str, site: str) -> None:
    assert json.loads(refusal(f"{site}/spojscore/{address}"))["ok"] is False


SHUFFLED = """
import glob, random, sys
ORDER, unsorted = int(sys.argv.pop(1)), glob.glob
def shuffled(*words):
    found = sorted(unsorted(*words))
    random.Random(ORDER).shuffle(found) if "plugins" in words[0] else None
    return found
glob.glob = shuffled
from datasette.cli import cli
cli()
"""


def test_the_order_of_plugins_changes_no_answer(crawled: Path) -> None:
    told = []
    for order in "1", "2", "3":
        port = free_port()
        [_, _, _, *command] = serve.command(crawled, port)
        with started(sys.executable, "-c", SHUFFLED, order, *command, until="Uvicorn running"):
            site = f"http://127.0.0.1:{port}"
            told.append([stable(asked(site + address), port) for address in ANSWERS])
    assert told[0] == told[1] == told[2]


def stable(answer: tuple[int, Message[str, str], bytes], port: int) -> tuple[object, ...]:
    """Without what tells the time, or where it was asked."""
    status, headers, body = answer
    here = f"127.0.0.1:{port}"
    named = {name: text.replace(here, "") for name, text in headers.items()}
    for name in ("date", "ETag", "content-length"):
        named.pop(name, None)
    if b"query_ms" in body or b"age_hours" in body:
        body = b""
    for written in (here, quote(here, safe="")):  # in an address within an address, too
        body = body.replace(written.encode(), b"")
    return status, named, hashlib.sha256(body).hexdigest()


@pytest.fixture(scope="module")
def long(crawled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with more rows than fit one answer."""
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


@pytest.mark.parametrize("asked", ["history.csv", "history.csv?_size=max", "series.csv?code=TEST"])
def test_a_csv_is_whole_or_refused(asked: str, long: str) -> None:
    told = refusal(f"{long}/spojscore/{asked}")
    assert told.startswith("That is more than 5,000 rows, the most of one answer.")
    assert told.endswith("or take the whole database home: /spojscore.db.")


def test_a_csv_of_less_is_what_was_asked_for(long: str) -> None:
    for size in 7, MOST_ROWS:
        lines = get(f"{long}/spojscore/history.csv?_size={size}").splitlines()
        assert len(lines) == 1 + size


def test_json_tells_that_there_is_more_or_is_refused(long: str) -> None:
    table = json.loads(get(f"{long}/spojscore/history.json?_size=max"))
    assert (len(table["rows"]), bool(table["next"])) == (MOST_ROWS, True)
    question = json.loads(get(f"{long}/spojscore/series.json?code=TEST"))
    assert (len(question["rows"]), question["truncated"]) == (MOST_ROWS, True)
    for shape in ("array", "arrayfirst"):
        told = refusal(f"{long}/spojscore/series.json?code=TEST&_shape={shape}")
        assert json.loads(told)["error"].startswith("That is more than 5,000 rows")


def test_a_csv_without_a_size_is_the_whole_table_or_question(site: str, crawled: Path) -> None:
    for name, many in (("problems", 3974), ("on_day", 3974), ("history", 3974), ("crawls", 1)):
        lines = list(csv.DictReader(get(f"{site}/spojscore/{name}.csv").splitlines()))
        assert len(lines) == many
    codes = {row["code"] for row in rows(crawled)}
    lines = list(csv.DictReader(get(f"{site}/spojscore/problems.csv").splitlines()))
    assert {row["code"] for row in lines} == codes


@pytest.mark.parametrize(
    ("address", "everything"),
    [("/spojscore/problems?_size=max", "/spojscore/problems.csv?_dl=1"),
     ("/spojscore/problems?_size=4000&_sort=id", "/spojscore/problems.csv?_sort=id&_dl=1"),
     ("/spojscore/on_day", "/spojscore/on_day.csv?_size=max&_dl=1"),
     ("/spojscore/history?_size=max", "/spojscore/history.csv?_dl=1"),
     ("/spojscore?sql=select+*+from+problems",
      "/spojscore.csv?sql=select+%2A+from+problems&_size=max&_dl=1")],
)  # fmt: skip
def test_a_page_is_light_and_links_all_of_it(address: str, everything: str, site: str) -> None:
    page = get(site + address)
    assert len(page.encode()) < MOST_OF_A_PAGE
    assert len(Selector(page).css("tbody tr")) == PAGE_ROWS
    assert everything in Selector(page).css("a::attr(href)").getall()
    assert len(list(csv.reader(get(site + everything).splitlines()))) == 1 + 3974


def test_a_page_that_would_be_heavy_is_refused(site: str) -> None:
    facets = "&".join(f"_facet={column}" for column in ("code", "name", "url", "users", "id"))
    told = words(refusal(f"{site}/spojscore/problems?_size=max&_facet_size=max&{facets}"))
    assert "This page would be larger than 300 kB." in told
    everything = path("SELECT *, url AS a, url AS b FROM problems", ".json")
    assert len(get(site + everything)) > MOST_OF_A_PAGE
    as_json = path("SELECT code, hex(zeroblob(600)) AS x FROM problems", ".json")
    assert json.loads(refusal(site + as_json))["error"].startswith(
        "This answer would be larger than 4.4 MB."
    )


def test_nothing_tells_where_the_database_lies(site: str, crawled: Path) -> None:
    [row] = json.loads(get(site + path("SELECT * FROM pragma_database_list", ".json")))["rows"]
    assert row == [0, "main", None]
    for sql in ("SELECT file FROM pragma_database_list", "SELECT readfile('x')", "SELECT *"):
        for kind in ("", ".json", ".csv"):
            _, headers, body = asked(site + path(sql, kind))
            assert str(crawled.parent) not in body.decode() + str(headers)
            assert "build/serve" not in body.decode()


def test_nothing_tells_what_others_asked(site: str) -> None:
    others = "SELECT 'a secret'"
    get(site + path(others, ".json"))
    _, _, body = asked(site + path("SELECT sql FROM sqlite_stmt", ".json"))
    told = json.loads(body)["error"]
    # Not every SQLite has that table.
    assert "access to sqlite_stmt.sql is prohibited" in told or "no such table" in told


def test_the_database_and_its_hash(site: str, crawled: Path, tmp_path: Path) -> None:
    """Vercel's CDN has the files; elsewhere they are made when somebody asks."""
    file = tmp_path / "taken.db"
    status, headers, body = asked(f"{site}/spojscore.db")
    file.write_bytes(body)
    assert status == 200
    assert rows(file) == rows(crawled)
    digest = hashlib.sha256(body).hexdigest()
    assert headers["Content-Type"] == "application/vnd.sqlite3"
    assert headers["Cache-Control"] == "public, max-age=600"
    _, of_hash, line = asked(f"{site}/spojscore.db.sha256")
    assert line.decode() == f"{digest}  spojscore.db\n"
    assert of_hash["Content-Type"] == "text/plain; charset=utf-8"
    assert of_hash["Cache-Control"] == "public, max-age=600"
    again = asked(f"{site}/spojscore.db", **{"If-None-Match": headers["ETag"]})
    assert (again[0], again[2]) == (304, b"")
    other = asked(f"{site}/spojscore.db", **{"If-None-Match": '"other"'})
    assert (other[0], len(other[2])) == (200, len(body))
