"""The real command against the stand-in."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from standin.problems import Entry, problems
from tests.conftest import Crawl, Served, rows

TODAY = datetime.now(UTC).date().isoformat()
LIST = "/problems/classical/sort=0,start="


def record(entry: Entry, theme: str = "modern") -> dict[str, object]:
    """The row that must stand in the database after a first crawl, today."""
    old = theme == "old"
    score = 80 / (40 + entry.users)
    bands = ((1, "a: 1 or more"), (0.5, "b: 0.5 to 1"), (0.1, "c: 0.1 to 0.5"),
             (0.01, "d: 0.01 to 0.1"), (0, "e: under 0.01"))  # fmt: skip
    return {
        "code": entry.code,
        "name": entry.name,
        "users": entry.users,
        "score": score,
        "band": next(name for edge, name in bands if score >= edge),
        "points_if_solved": 80 / (41 + entry.users),
        "acceptance": entry.acceptance,
        "votes_up": None if old else entry.votes_up,
        "votes_down": None if old else entry.votes_down,
        "concept_difficulty": None if old else entry.concept,
        "implementation_difficulty": None if old else entry.implementation,
        "url": f"https://www.spoj.com/problems/{entry.code}/",
        "id": entry.id,
        "first_seen": TODAY,
        "last_changed": TODAY,
        "delisted": None,
    }


@pytest.mark.parametrize("theme", ["modern", "old", "logged-in"])
@pytest.mark.parametrize("count", [3950, 3951, 3960])
def test_every_cell_of_a_whole_list(
    theme: str, count: int, standin: Served, database: Path
) -> None:
    server = standin(count, theme=theme)
    crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    assert rows(database) == [record(entry, theme) for entry in problems(count)]
    assert crawl.output.startswith(
        f"{count} problems ({count} new, 0 changed, 0 gone, 0 returned) in "
    )
    assert crawl.output.endswith(f" s, in {database}\n")
    pages = -(-count // 50)
    assert sorted(server.requests) == sorted(
        ["/robots.txt", *(f"{LIST}{page * 50}" for page in range(pages))]
    )
    assert server.requests[1] == f"{LIST}0"


def test_a_list_of_one_page(standin: Served, database: Path) -> None:
    server = standin(7)
    assert Crawl(server.url, database).status == 0
    assert [row["code"] for row in rows(database)] == [e.code for e in problems(7)]
    assert server.requests == ["/robots.txt", f"{LIST}0"]


def test_the_same_list_again_writes_nothing(standin: Served, database: Path) -> None:
    server = standin(120)
    assert Crawl(server.url, database).status == 0
    before = database.read_bytes()
    crawl = Crawl(server.url, database)
    assert crawl.output.startswith("120 problems (0 new, 0 changed, 0 gone, 0 returned)")
    assert database.read_bytes() == before


def test_a_changed_list_changes_just_what_changed(standin: Served, database: Path) -> None:
    entries = problems(120)
    server = standin(entries)
    assert Crawl(server.url, database).status == 0
    yesterday(database)
    before = {row["id"]: row for row in rows(database)}

    solved, renamed, recoded, voted, gone = entries[1], entries[20], entries[40], entries[60], 80
    changed = [
        *entries[:1],
        replace(solved, users=solved.users + 5),
        *entries[2:20],
        replace(renamed, name="New Name", html="New Name"),
        *entries[21:40],
        replace(recoded, code="NEWCODE"),
        *entries[41:60],
        replace(voted, votes_up=1001, votes_down=2),
        *entries[61:gone],
        *entries[gone + 1 :],
        replace(entries[-1], id=99_999, code="ADDED", name="Added", html="Added"),
    ]
    server.problems = changed
    crawl = Crawl(server.url, database)
    assert crawl.output.startswith("120 problems (1 new, 3 changed, 1 gone, 0 returned)")

    expected = {id_: dict(row) for id_, row in before.items()}
    users = solved.users + 5
    expected[solved.id] |= {
        "users": users,
        "score": 80 / (40 + users),
        "points_if_solved": 80 / (41 + users),
        "last_changed": TODAY,
    }
    expected[renamed.id] |= {"name": "New Name", "last_changed": TODAY}
    expected[recoded.id] |= {
        "code": "NEWCODE",
        "url": "https://www.spoj.com/problems/NEWCODE/",
        "last_changed": TODAY,
    }
    expected[voted.id] |= {"votes_up": 1001, "votes_down": 2}
    expected[entries[gone].id] |= {"delisted": TODAY}
    expected[99_999] = record(changed[-1])
    assert rows(database) == [expected[id_] for id_ in sorted(expected)]

    server.problems = entries
    crawl = Crawl(server.url, database)
    assert crawl.output.startswith("120 problems (0 new, 3 changed, 1 gone, 1 returned)")
    now = {row["id"]: row for row in rows(database)}
    assert now[entries[gone].id] == before[entries[gone].id]
    assert now[99_999]["delisted"] == TODAY
    assert now[recoded.id]["code"] == recoded.code


def yesterday(database: Path) -> None:
    """Pretend that the list was crawled a while ago."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE problems SET first_seen = '2026-01-02', last_changed = '2026-01-02'"
        )


def test_search_finds_parts_of_code_and_name(standin: Served, database: Path) -> None:
    server = standin(60)
    assert Crawl(server.url, database).status == 0
    found = "SELECT code FROM problems_fts WHERE problems_fts MATCH '{}'"
    assert rows(database, found.format("AGGR")) == [{"code": "AGGRCOW"}]
    assert rows(database, found.format('"ime Gen"')) == [{"code": "PRIME1"}]


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


def test_a_setting_wins_over_the_environment(standin: Served, tmp_path: Path) -> None:
    server = standin(60)
    chosen = tmp_path / "chosen.db"
    settings = (f"SPOJ_URL={server.url}/", f"SPOJSCORE_DB={chosen}")
    crawl = Crawl("http://nowhere.invalid", tmp_path / "other.db", *settings)
    assert crawl.status == 0, crawl.log
    assert len(rows(chosen)) == 60
    assert not (tmp_path / "other.db").exists()
