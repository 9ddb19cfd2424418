"""`scrapy crawl classical` against the stand-in."""

import csv
from dataclasses import fields, replace
from pathlib import Path

import pytest

from spojscore_crawler.items import Problem
from spojscore_crawler.pipelines.database import ACCEPT_HINT
from spojscore_crawler.pipelines.score import add_scores
from standin.problems import Entry, problems
from tests.support.crawling import Crawl, Factory
from tests.support.databases import change, rows
from tests.support.pages import LIST

COLUMNS = [field.name for field in fields(Problem) if field.name != "value"]
HOSTILE_NAMES = (
    "<script>alert('x')</script>", "Robert'); DROP TABLE problems;--", "&amp; stays", "a\tb  c",
    "\u202egnirts\u202c \u200bzero", "bell\u0007 and escape\u001b[31m", "%s %(x)d {0}",
)  # fmt: skip


def records(entries: list[Entry]) -> list[dict[str, object]]:
    """The rows that the database stores for the entries."""
    for entry in entries:
        add_scores(entry)
    return [{column: getattr(entry, column) for column in COLUMNS} for entry in entries]


def last_day(database: Path) -> str:
    [row] = rows(database, "SELECT max(day) AS day FROM crawls")
    return str(row["day"])


def read_records(database: Path) -> list[dict[str, object]]:
    return [{column: row[column] for column in COLUMNS} for row in rows(database)]


def test_first_crawl(standin: Factory, database: Path) -> None:
    entries = problems(151)
    for number, name in enumerate(HOSTILE_NAMES):
        entries[number] = replace(entries[number], name=name)
    server = standin(entries)
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1")
    assert crawl.status == 0, crawl.log
    assert read_records(database) == records(entries)
    days = "SELECT DISTINCT first_seen, last_changed, delisted FROM problems"
    day = last_day(database)
    assert [[*row.values()] for row in rows(database, days)] == [[day, day, None]]
    assert rows(database)[1]["url"] == "https://www.spoj.com/problems/PRIME1/"
    assert crawl.last_line.startswith("151 problems (151 new, 0 changed, ")
    assert crawl.last_line.endswith(f" s, in {database}")
    # The last page right after the first, and both again at the very end.
    starts = (0, 150, 50, 100, 0, 150)
    assert server.requests == ["/robots.txt", *(f"{LIST}{start}" for start in starts)]
    assert all(headers["User-Agent"].startswith("spojscore (") for headers in server.headers)
    assert {headers["Cookie"] for headers in server.headers} == {None}


def test_list_of_one_page(standin: Factory, database: Path) -> None:
    server = standin(7)
    assert Crawl(server.url, database, "MAX_PAGES=1e0").status == 0
    assert server.requests == ["/robots.txt", f"{LIST}0", f"{LIST}0"]


def test_second_crawl_updates_only_changes(
    standin: Factory, database: Path, snapshot: bytes
) -> None:
    assert snapshot
    change(database, "UPDATE problems SET first_seen = '2026-01-02', last_changed = NULL")
    entries = problems(120)
    entries[1] = replace(entries[1], users=entries[1].users + 5)
    entries[20] = replace(entries[20], name="New Name")
    entries[40] = replace(entries[40], code="NEWCODE")
    hidden_entry = entries.pop(80)
    entries.append(replace(hidden_entry, id=99_999, code="ADDED"))
    server = standin(entries)
    crawl = Crawl(server.url, database)
    assert crawl.last_line.startswith("120 problems (1 new, 3 changed, 1 ")
    content, day = rows(database), last_day(database)
    assert read_records(database) == records(
        sorted([*entries, hidden_entry], key=lambda entry: entry.id)
    )
    assert [row["code"] for row in content if row["delisted"] == day] == [hidden_entry.code]
    changed_codes = [row["code"] for row in content if row["last_changed"] == day]
    assert changed_codes == [entries[1].code, entries[20].code, "NEWCODE", "ADDED"]
    assert [row["code"] for row in content if row["first_seen"] == day] == ["ADDED"]
    [_, row] = rows(database, "SELECT pages, problems, added, changed, delisted FROM crawls")
    assert [*row.values()] == [3, 120, 1, 3, 1]
    assert "(0 new, 0 changed, 0 " in Crawl(server.url, database).last_line
    assert rows(database) == content


def test_feed_export_and_settings(standin: Factory, tmp_path: Path) -> None:
    """Settings win over the environment."""
    export, database = tmp_path / "list.csv", tmp_path / "spojscore.db"
    other_database = tmp_path / "other.db"
    settings = (f"SPOJ_URL={standin(60).url}/", f"SPOJSCORE_DB={database}")
    crawl = Crawl(
        "http://nowhere.invalid", other_database, *settings, arguments=["-O", str(export)]
    )
    assert crawl.status == 0, crawl.log
    assert not other_database.exists()
    with export.open(encoding="utf-8", newline="") as file:
        exported_rows = list(csv.DictReader(file))
    assert [row["code"] for row in exported_rows] == [row["code"] for row in rows(database)]
    assert [*exported_rows[0]] == [field.name for field in fields(Problem)]
    assert float(exported_rows[1]["per_submission"]) == rows(database)[1]["per_submission"]


def test_gate_accept(standin: Factory, database: Path, snapshot: bytes) -> None:
    entries = [replace(entry, name=f"{entry.name} po polsku") for entry in problems(120)]
    most_solved = sorted(entries, key=lambda entry: -entry.users)[:108]
    most_solved.sort(key=lambda entry: entry.id)
    server = standin(most_solved)
    reason = (
        "108 problems, fewer than 98% of the last crawl's 120 (MIN_PROBLEMS_RATIO); 108 of 108 "
        f"names changed, more than 5% (MAX_RENAMED_RATIO); one is now {most_solved[0].name!r}"
    )
    Crawl(server.url, database).assert_failed(reason + ACCEPT_HINT, snapshot)
    # It never accepts an incomplete list.
    server.problems = [*most_solved[:-1], replace(most_solved[3], id=most_solved[-1].id)]
    partial_crawl = Crawl(server.url, database, "GATE=accept")
    partial_crawl.assert_failed(f"code {most_solved[3].code} is listed 2 times", snapshot)
    server.problems = most_solved
    accepted_crawl = Crawl(server.url, database, "GATE=accept")
    assert accepted_crawl.status == 0
    assert accepted_crawl.last_line == f"accepted anyway (GATE=accept): {reason}"
    crawls = rows(database, "SELECT overridden FROM crawls")
    assert [row["overridden"] for row in crawls] == [None, reason]


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        pytest.param("GATE=yes", "GATE is 'yes', not 'accept'", id="gate"),
        pytest.param(
            "DOWNLOAD_DELAY=soon",
            "Scrapy did not start: could not convert string to float: 'soon'; check the settings",
            id="scrapy",
        ),
    ],
)
def test_wrong_setting(
    setting: str, reason: str, standin: Factory, database: Path, snapshot: bytes
) -> None:
    server = standin(120)
    crawl = Crawl(server.url, database, setting)
    crawl.assert_failed(reason, snapshot)
    assert "Traceback" not in crawl.log
    assert server.requests == []
