"""Whatever goes wrong: exit status 1, one line that says why, and the database as it was."""

import resource
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from spojscore_crawler.database import DatabaseError, check
from spojscore_crawler.spiders.classical import is_address
from standin.problems import Entry, problems
from tests.conftest import Crawl, Served, rows, started_crawl

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


def test_a_database_that_cannot_be_used_is_told_before_anything_is_asked_for(
    standin: Served, tmp_path: Path
) -> None:
    server = standin(60)
    database = tmp_path / "missing" / "spojscore.db"
    crawl = Crawl(server.url, database)
    assert crawl.status == 1
    assert crawl.error == (
        f"error: {database}: there is no folder {database.parent}; {database} is as it was"
    )
    assert server.requests == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "this is a folder"),
        ("notes.txt", "file is not a database"),
        ("other.db", "this is no database of spojscore"),
    ],
)
def test_what_is_no_database(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Not a database, and long enough to be read as one." * 20)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE problems (id INTEGER)")
    with pytest.raises(DatabaseError) as error:
        check(tmp_path / name)
    assert str(error.value) == f"{tmp_path / name}: {reason}"


def test_an_address_that_is_none(database: Path) -> None:
    crawl = Crawl("http://host:abc", database)
    assert crawl.status == 1
    assert crawl.error == (
        "error: SPOJ_URL is 'http://host:abc', not an http or https address; "
        f"{database} is as it was"
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.spoj.com", True), ("http://127.0.0.1:8000/", True), ("spoj.com", False),
        ("ftp://spoj.com", False), ("http:///x", False), ("http://[bad", False),
        ("http://host:99999", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_an_address(url: str, expected: bool) -> None:
    assert is_address(url) == expected


def test_a_list_without_a_pager(standin: Served, database: Path) -> None:
    server = standin(120)
    drawn = server.page
    server.page = lambda *page: drawn(*page).replace(b"pagination", b"pages")
    crawl = Crawl(server.url, database)
    assert crawl.error == f"error: {server.url}{LIST}0: no pager; {database} is as it was"
    assert not database.exists()


def test_a_list_that_grows_while_it_is_read(standin: Served, database: Path) -> None:
    server = standin(100)
    drawn = server.page

    def grow(*page: object) -> bytes:
        server.problems = problems(101)
        return drawn(*page)  # type: ignore[arg-type]

    server.page = grow
    crawl = Crawl(server.url, database)
    assert crawl.error == (
        f"error: the list grew while it was read, to start=100; {database} is as it was"
    )


def test_pages_that_are_too_short(standin: Served, database: Path) -> None:
    server = standin(150)
    drawn = server.page
    server.page = lambda rows, start, *page: drawn(rows[: 50 - (start == 50)], start, *page)
    crawl = Crawl(server.url, database)
    assert crawl.error == (
        f"error: 1 pages are short, start=50 first: 49 of 50 rows; {database} is as it was"
    )


@pytest.mark.parametrize("theme", ["modern", "old"])
def test_a_last_page_that_breaks_off(theme: str, standin: Served, database: Path) -> None:
    server = standin(120, theme=theme)
    drawn = server.page

    def cut(rows: Sequence[Entry], start: int, *page: int) -> bytes:
        whole = drawn(rows, start, *page)
        return whole if start < 100 else whole[: whole.index(rows[4].code.encode())]

    server.page = cut
    crawl = Crawl(server.url, database)
    assert crawl.status == 1
    assert f"error: {server.url}{LIST}100: " in crawl.error
    assert not database.exists()


def test_only_the_page_that_the_reason_names_is_kept(standin: Served, database: Path) -> None:
    server = standin(240, "50:bot-check-403", "100:wrong-problem", "150:wrong-problem")
    crawl = Crawl(server.url, database)
    challenged = "a bot check" in crawl.error
    assert ("Just a moment" in crawl.failed_page.read_text()) == challenged
    assert Crawl(standin(60).url, database).status == 0
    assert not crawl.failed_page.exists()


def test_a_page_that_cannot_be_kept_still_ends_the_crawl(standin: Served, database: Path) -> None:
    Path(f"{database}.failed.html").mkdir()
    server = standin(1200, "50:bot-check")
    crawl = Crawl(server.url, database)
    assert "start=50: a bot check instead" in crawl.error
    assert len(server.requests) < 18  # of 25


def test_a_commit_that_fails_leaves_the_database_as_it_was(standin: Served, database: Path) -> None:
    server = standin(60)
    assert Crawl(server.url, database).status == 0
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER no BEFORE INSERT ON problems BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
    before = database.read_bytes()
    server.problems = problems(120)
    crawl = Crawl(server.url, database)
    assert crawl.status == 1
    assert crawl.error == f"error: {database}: no more; {database} is as it was"
    assert database.read_bytes() == before


def test_a_first_commit_that_fails_leaves_no_database(standin: Served, database: Path) -> None:
    crawl = Crawl(standin(120).url, database, preexec_fn=small_files)
    assert crawl.status == 1
    assert crawl.error == f"error: {database}: disk I/O error; {database} is as it was"
    assert list(database.parent.iterdir()) == []


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_summary_that_cannot_be_shown_undoes_no_commit(standin: Served, database: Path) -> None:
    with Path("/dev/full").open("w") as full:
        crawl = Crawl(standin(60).url, database, stdout=full)
    assert crawl.status == 0
    assert len(rows(database)) == 60


def test_an_interrupted_crawl(standin: Served, database: Path) -> None:
    server = standin(120)
    drawn = server.page
    with started_crawl(server.url, database) as process:

        def interrupt(*page: object) -> bytes:
            process.send_signal(signal.SIGTERM)
            return drawn(*page)  # type: ignore[arg-type]

        server.page = interrupt
        _, log = process.communicate(timeout=60)
    assert process.returncode == 1
    assert log.splitlines()[-1] == f"error: the crawl was interrupted; {database} is as it was"
    assert not database.exists()
