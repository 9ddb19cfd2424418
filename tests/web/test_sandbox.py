"""A visitor's SQL in a process of its own: bounded, refused with a sentence, nobody else's loss."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.support.attacks import ATTACKS, sql
from tests.support.processes import family, free_port, memory, started
from tests.support.sites import get, path, refusal, served, words
from tests.support.tools import missing
from web import serve
from web.answers.asked import read

LONGEST_PATH = 30_000
MOST_MEMORY, MOST_OF_THE_SERVER = 400_000, 120_000  # kB
KEPT = (
    "like over long texts", "json_patch", "wide rows as a page", "escaped sql", "escaped database",
    "control characters", "replace, less", "endless", "grouped", "recursive text", "formulas",
    "facets of a view", "many filters", "facets as JSON", "another form",
)  # fmt: skip
ORDINARY = ("/", "/spojscore/problems", "/spojscore/problems/PRIME1", "/charts", "/spojscore/worth")
LONG = "This query took too long, more than 1 second. "
MEMORY = "This query needs more memory than this site gives. "
COSTLY = "This query takes more time or memory than this site gives. "


@pytest.fixture
def server(crawled: Path) -> Iterator[tuple[str, int]]:
    """A site of its own, and the number of its process."""
    with served(crawled) as (address, pid):
        yield address, pid


def status(url: str) -> int:
    try:
        with urlopen(url, timeout=60) as response:
            response.read()
            return int(response.status)
    except HTTPError as error:
        return error.code


def test_attacks_take_little_memory_and_nobodys_page(server: tuple[str, int]) -> None:
    site, pid = server
    attacks = [site + ATTACKS[name] for name in KEPT]
    pages = [site + ORDINARY[number % len(ORDINARY)] for number in range(30)]
    peaks, done = [0, 0], Event()

    def watch() -> None:
        while not done.is_set():
            used = [memory(one) for one in family(pid)]
            peaks[:] = [max(peaks[0], sum(used)), max(peaks[1], used[0])]

    watcher = Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(10) as attackers, ThreadPoolExecutor(2) as visitors:
            attacked = attackers.map(status, attacks)
            assert list(visitors.map(status, pages)) == [200] * len(pages)
            assert {*attacked} <= {200, 400, 404, 503}
    finally:
        done.set()
        watcher.join()
    assert 0 < peaks[0] < MOST_MEMORY
    assert 0 < peaks[1] < MOST_OF_THE_SERVER


def test_long_paths_are_not_kept(server: tuple[str, int]) -> None:
    site, pid = server
    for number in range(2):
        assert status(f"{site}/{'x' * LONGEST_PATH}{number}") == 404
    assert memory(pid) < MOST_OF_THE_SERVER


@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        ("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
         (LONG, COSTLY)),  # on a machine that is busy with other things
        ("SELECT length(replace(hex(zeroblob(25000000)), '0', 'x'))", (MEMORY,)),
        ("WITH x(a) AS (SELECT replace(hex(zeroblob(200000)), '0', 'a')) "
         "SELECT instr(a || a, a || 'b') FROM x", (COSTLY,)),
    ],
)  # fmt: skip
def test_a_costly_query_is_refused_with_a_sentence_in_the_form_asked_for(
    query: str, sentences: tuple[str, ...], site: str
) -> None:
    told = [
        json.loads(refusal(site + path(query, ".json")))["error"],
        refusal(site + path(query, ".csv")),
        words(refusal(site + path(query))),
    ]
    for text in told:
        assert any(sentence in text for sentence in sentences)


def test_small_queries_at_once_get_their_own_answers(site: str) -> None:
    addresses = [f"{site}{sql(f'SELECT {number} AS n', _shape='array')}" for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        assert [json.loads(text) for text in pool.map(get, addresses)] == [
            [{"n": number}] for number in range(12)
        ]


def test_without_the_parent_of_its_processes_the_site_stays(server: tuple[str, int]) -> None:
    site, pid = server
    assert json.loads(get(f"{site}/-/freshness.json"))["sql"] is True
    parent = family(pid)[1]
    os.kill(parent, signal.SIGKILL)
    told = refusal(site + sql("SELECT 1"), 503)
    assert json.loads(told)["error"].startswith(
        "SQL, and what else is asked in one's own words, is"
    )
    with pytest.raises(HTTPError) as raised:
        get(site + sql("SELECT 1"))
    assert raised.value.headers["Retry-After"] == "60"
    assert json.loads(get(f"{site}/-/freshness.json"))["sql"] is False
    assert {status(site + page) for page in ORDINARY} == {200}
    assert "SQL is not answered here at the moment" in words(get(f"{site}/spojscore"))


def test_the_parent_of_its_processes_ends_with_the_server(crawled: Path) -> None:
    with served(crawled) as (address, pid):
        assert status(address + sql("SELECT 1")) == 200
        parent = family(pid)[1]
        os.kill(pid, signal.SIGKILL)
        # It is waited for: nobody else tells when the child of a killed process ends.
        for _ in range(1000):
            if not is_running(parent):
                return
            time.sleep(0.01)
    pytest.fail("it goes on")


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_system_that_cant_fork_offers_no_sql_and_says_so(crawled: Path) -> None:
    if not hasattr(os, "fork"):
        missing("this system can't fork, so the other tests tell")
    port = free_port()
    [_, _, _, *words_] = serve.command(crawled, port)
    without = "import os, sys; del os.fork; from datasette.cli import cli; cli(sys.argv[1:])"
    command = (sys.executable, "-c", without, *words_)
    with started(*command, until="Uvicorn running") as (_, lines):
        assert any("No SQL is answered: this system can't fork" in line for line in lines)
        site = f"http://127.0.0.1:{port}"
        assert status(site + sql("SELECT 1")) == 503
        assert {status(site + page) for page in ORDINARY} == {200}


QUESTIONS = {"worth"}


@pytest.mark.parametrize(
    "address",
    ["/spojscore?sql=select+1", "/spojscore?%73ql=select+1", "/spojscore.json?sql=&sql=select+1",
     "/spojscor~65?sql=select+1", "/spojscore/history", "/spojscore/history/1,2",
     "/spojscore/problem_history.csv", "/spojscore/problems?_where=1",
     "/spojscore/problems?%5Fwhere=1", "/spojscore/problems?_through=x",
     "/spojscore/problems?_json=name",
     "/spojscore/events?_facet=kind",
     "/spojscore.dbx?sql=select+1",
     "/spojscore/problems?_facet=a&_facet_year=b&_facet_array=c&_facet_tens=d",
     "/spojscore/problems.json?_facet=name&_facet_size=max",
     "/spojscore/problems.csv?_facet=name&_facet_size=+201",
     f"/spojscore/problems?_q={'x' * 101}", f"/spojscore/worth?codes={'x' * 101}",
     f"/spojscore/problems?{'&'.join(['name__like=x'] * 21)}", "/spojscore/nothing"],
)  # fmt: skip
def test_what_a_visitor_may_make_costly_is_answered_apart(address: str) -> None:
    assert asked(address).is_foreign


@pytest.mark.parametrize(
    "address",
    ["/", "/spojscore", "/spojscore.json", "/spojscore?sql=", "/spojscore/problems",
     "/charts?sql=x",
     "/spojscore/problems?_facet=band&_facet_tens=liked&_facet=topics&_facet_size=max",
     "/spojscore/problems.csv?_size=max", "/spojscore/problems?_q=prime&_facet=band&users__gt=5",
     "/spojscore/problems?_sort_desc=id&_next=1,A", "/spojscore/problems/PRIME1.json",
     f"/spojscore/worth?codes={'x' * 100}", "/static/site.css", "/spojscore.db",
     "/_internal?sql=x"],
)  # fmt: skip
def test_the_sites_own_is_not(address: str) -> None:
    assert not asked(address).is_foreign


def asked(address: str):  # type: ignore[no-untyped-def]
    location, _, query = address.partition("?")
    scope = {"path": location, "raw_path": location.encode(), "query_string": query.encode()}
    return read(scope, QUESTIONS)
