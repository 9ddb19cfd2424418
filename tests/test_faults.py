"""Whatever goes wrong: exit status 1, one line that says why, and the database as it was."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from standin.problems import problems
from tests.conftest import Crawl, Served, rows

LIST = "/problems/classical/sort=0,start="


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("100:bot-check", "a bot check instead of the list of problems"),
        ("100:bot-check-403", "a bot check (HTTP 403) instead of the list of problems"),
        ("100:bot-check-503", "a bot check (HTTP 503) instead of the list of problems"),
        ("100:status-404", "HTTP 404"),
        ("100:status-500", "HTTP 500"),
        ("100:wrong-problem", "no problem table; SPOJ says 'Wrong problem id!'"),
        ("100:hang-up", "the connection broke off"),
        ("100:die", "the connection broke off"),
    ],
)
def test_a_page_that_fails_ends_the_crawl_and_changes_nothing(
    fault: str, reason: str, standin: Served, database: Path
) -> None:
    assert Crawl(standin(120).url, database).status == 0
    before = database.read_bytes()
    server = standin(240, fault)
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1")
    assert crawl.status == 1
    assert crawl.output == ""
    assert crawl.error == f"error: {server.url}{LIST}100: {reason}; {database} is as it was"
    assert database.read_bytes() == before
    answered = not reason.startswith("the connection")
    assert crawl.failed_page.exists() == answered


def test_the_page_that_could_not_be_read_is_kept(standin: Served, database: Path) -> None:
    crawl = Crawl(standin(120, "50:bot-check").url, database)
    assert crawl.status == 1
    assert "<title>Just a moment...</title>" in crawl.failed_page.read_text()
    assert not database.exists()


def test_a_server_that_dies_on_page_41(standin: Served, database: Path) -> None:
    assert Crawl(standin(3974).url, database).status == 0
    before = database.read_bytes()
    server = standin(3974, "2000:die")
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1")
    assert crawl.status == 1
    assert crawl.error == (
        f"error: {server.url}{LIST}2000: the connection broke off; {database} is as it was"
    )
    assert database.read_bytes() == before


@pytest.mark.parametrize("fault", ["50:status-500:2", "0:status-503:1", "50:busy:1"])
def test_a_passing_fault_is_overcome(fault: str, standin: Served, database: Path) -> None:
    server = standin(120, fault)
    crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    assert len(rows(database)) == 120
    assert ("Waiting 1.0 s before" in crawl.log) == ("busy" in fault)


def test_a_wait_that_is_too_long_is_not_waited_for(standin: Served, database: Path) -> None:
    server = standin(120, "50:busy")
    crawl = Crawl(server.url, database, "RETRY_AFTER_MAX=0.5")
    assert crawl.error == f"error: {server.url}{LIST}50: HTTP 429; {database} is as it was"
    assert server.requests.count(f"{LIST}50") == 1


def test_robots_txt_that_forbids(standin: Served, database: Path) -> None:
    server = standin(120, robots=b"User-agent: *\nDisallow: /problems/\n")
    crawl = Crawl(server.url, database)
    assert crawl.status == 1
    assert "robots.txt" in crawl.error
    assert server.requests == ["/robots.txt"]
    assert not database.exists()


def test_codes_and_ids_must_be_unique(standin: Served, database: Path) -> None:
    entries = problems(120)
    entries[110] = replace(entries[3], id=entries[110].id)
    crawl = Crawl(standin(entries).url, database)
    assert crawl.status == 1
    assert crawl.error == (
        f"error: 1 codes stand in the list twice, {entries[3].code} first; {database} is as it was"
    )
    entries[110] = replace(problems(120)[110], id=entries[3].id)
    crawl = Crawl(standin(entries).url, database)
    assert crawl.error == (
        f"error: 1 ids stand in the list twice, {entries[3].id} first; {database} is as it was"
    )


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("missing/spojscore.db", "{db}: there is no folder {folder}"),
        (".", "{db}: unable to open database file"),
        ("notes.txt", "{db}: file is not a database"),
        ("other.db", "{db}: this is no database of spojscore"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_before_anything_is_asked_for(
    place: str, reason: str, standin: Served, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("Not a database, and long enough to be read as one." * 20)
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE problems (id INTEGER)")
    server = standin(60)
    crawl = Crawl(server.url, tmp_path / place)
    assert crawl.status == 1
    db = tmp_path / place
    told = reason.format(db=db, folder=db.parent)
    assert crawl.error == f"error: {told}; {db} is as it was"
    assert server.requests == []


def test_an_address_that_is_none(database: Path) -> None:
    crawl = Crawl("spoj.com", database)
    assert crawl.status == 1
    assert crawl.error == (
        f"error: SPOJ_URL is 'spoj.com', not an http or https address; {database} is as it was"
    )
