"""`scrapy crawl classical` against the stand-in."""

import csv
import sqlite3
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spojscore_crawler.items import Problem
from spojscore_crawler.pipelines.score import ScorePipeline
from spojscore_crawler.store.points import liked
from standin.problems import Entry, problems
from tests.support import databases
from tests.support.crawling import Crawl, Served, at_page

TODAY = datetime.now(UTC).date().isoformat()
LIST = "/problems/classical/sort=0,start="
# Not from the list.
OTHER_COLUMNS = ("topics", "families", "added", "year")


def rows(database: Path, sql: str = "SELECT * FROM problems ORDER BY id") -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in OTHER_COLUMNS}
        for row in databases.rows(database, sql)
    ]


def record(entry: Entry, theme: str = "modern") -> dict[str, object]:
    """The row of a problem after a first crawl today."""
    old = theme == "old"
    score, if_solved = 80 / (40 + entry.users), 80 / (41 + entry.users)
    bands = ((1, "a: 1 or more"), (0.5, "b: 0.5 to 1"), (0.1, "c: 0.1 to 0.5"),
             (0.01, "d: 0.01 to 0.1"), (0, "e: under 0.01"))  # fmt: skip
    votes = (None, None) if old else (entry.votes_up, entry.votes_down)
    scored = ScorePipeline().process_item(replace(entry))
    assert isinstance(scored, Problem)
    return {
        "code": entry.code, "name": entry.name, "users": entry.users, "score": score,
        "band": next(name for edge, name in bands if score >= edge),
        "points_if_solved": if_solved, "per_submission": scored.per_submission,
        "acceptance": entry.acceptance, "votes_up": votes[0], "votes_down": votes[1],
        "liked": liked(*votes),
        "concept_difficulty": None if old else entry.concept_difficulty,
        "implementation_difficulty": None if old else entry.implementation_difficulty,
        "url": f"https://www.spoj.com/problems/{entry.code}/", "id": entry.id,
        "first_seen": TODAY, "last_changed": TODAY, "delisted": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("count", "theme"), [(3951, "modern"), (150, "old"), (151, "logged-in"), (60, "modern")]
)
def test_every_cell_of_a_list(theme: str, count: int, standin: Served, database: Path) -> None:
    server = standin(count, theme=theme)
    crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    assert rows(database) == [record(entry, theme) for entry in problems(count)]
    new = f"{count} problems ({count} new, 0 changed, 0 gone, 0 returned) in "
    assert crawl.output.startswith(new)
    assert crawl.output.endswith(f" s, in {database}\n")
    pages = -(-count // 50)
    first, last = f"{LIST}0", f"{LIST}{(pages - 1) * 50}"
    assert sorted(server.requests) == sorted(
        ["/robots.txt", *(f"{LIST}{page * 50}" for page in range(pages)), first, last]
    )
    # The fence: the last page right after the first, and both again at the very end.
    assert server.requests[1:3] == [first, last]
    assert sorted(server.requests[-2:]) == sorted([first, last])


def test_list_of_one_page(standin: Served, database: Path) -> None:
    server = standin(7)
    assert Crawl(server.url, database).status == 0
    assert [row["code"] for row in rows(database)] == [entry.code for entry in problems(7)]
    assert server.requests == ["/robots.txt", f"{LIST}0", f"{LIST}0"]


def test_second_crawl_updates_only_changes(standin: Served, database: Path) -> None:
    entries = problems(120)
    server = standin(entries)
    assert Crawl(server.url, database).status == 0
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE problems SET first_seen = '2026-01-02', last_changed = NULL")
    before = {row["id"]: row for row in rows(database)}
    users = entries[1].users + 5
    changed = list(entries)
    changed[1] = replace(entries[1], users=users)
    changed[20] = replace(entries[20], name="New Name")
    changed[40] = replace(entries[40], code="NEWCODE")
    changed[80] = replace(entries[-1], id=99_999, code="ADDED", name="Added")
    server.problems = sorted(changed, key=lambda entry: entry.id)
    crawl = Crawl(server.url, database)
    assert crawl.output.startswith("120 problems (1 new, 3 changed, 1 gone, 0 returned)")

    expected = {id_: dict(row) for id_, row in before.items()}
    solved = {name: record(changed[1])[name] for name in ("score", "points_if_solved")}
    solved["per_submission"] = record(changed[1])["per_submission"]
    expected[entries[1].id] |= {"users": users, "last_changed": TODAY} | solved
    expected[entries[20].id] |= {"name": "New Name", "last_changed": TODAY}
    url = "https://www.spoj.com/problems/NEWCODE/"
    expected[entries[40].id] |= {"code": "NEWCODE", "url": url, "last_changed": TODAY}
    expected[entries[80].id] |= {"delisted": TODAY}
    expected[99_999] = record(changed[80])
    assert rows(database) == [expected[id_] for id_ in sorted(expected)]

    crawls = "SELECT pages, problems, users, solves, added, changed, delisted FROM crawls"
    solves = sum(entry.users for entry in changed) - sum(entry.users for entry in entries)
    assert [tuple(row.values()) for row in databases.rows(database, crawls)] == [
        (3, 120, sum(entry.users for entry in entries), None, 120, 0, 0),
        (3, 120, sum(entry.users for entry in changed), solves, 1, 3, 1),
    ]
    content = databases.rows(database)
    assert Crawl(server.url, database).output.startswith("120 problems (0 new, 0 changed")
    assert databases.rows(database) == content


def test_feed_export_has_problems_with_all_columns(
    standin: Served, database: Path, tmp_path: Path
) -> None:
    export = tmp_path / "list.csv"
    assert Crawl(standin(60).url, database, arguments=["-O", str(export)]).status == 0
    with export.open(encoding="utf-8", newline="") as file:
        exported = list(csv.DictReader(file))
    assert [row["code"] for row in exported] == [entry.code for entry in problems(60)]
    assert [*exported[0]] == [field.name for field in fields(Problem)]
    [prime1] = databases.rows(database, "SELECT * FROM problems WHERE code = 'PRIME1'")
    for name in ("score", "points_if_solved", "per_submission", "acceptance"):
        assert float(exported[1][name]) == prime1[name]
    assert exported[1]["band"] == prime1["band"]


def test_setting_wins_over_environment(standin: Served, tmp_path: Path) -> None:
    server = standin(60)
    chosen = tmp_path / "chosen.db"
    settings = (f"SPOJ_URL={server.url}/", f"SPOJSCORE_DB={chosen}")
    crawl = Crawl("http://nowhere.invalid", tmp_path / "other.db", *settings)
    assert crawl.status == 0, crawl.log
    assert len(rows(chosen)) == 60
    assert not (tmp_path / "other.db").exists()


SHIFTED = "the list shifted during the crawl: start={} now lists other problems; crawl again"


@pytest.mark.parametrize(
    ("number", "hidden", "shifted"),
    [
        pytest.param(2, 2, 0, id="first-page"),
        pytest.param(3, 75, 100, id="middle"),
        pytest.param(4, 110, 100, id="last-page"),
    ],
)
def test_problem_hidden_during_a_crawl(
    number: int, hidden: int, shifted: int, standin: Served, database: Path, before: bytes
) -> None:
    entries = problems(120)
    server = standin(entries)
    left = [*entries[:hidden], *entries[hidden + 1 :]]
    at_page(server, number, lambda: setattr(server, "problems", left))
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1")
    assert SHIFTED.format(shifted) in crawl.error
    assert database.read_bytes() == before
    # The next crawl has it.
    assert Crawl(server.url, database).status == 0
    listed = [row["id"] for row in rows(database) if row["delisted"] is None]
    assert listed == [entry.id for entry in left]


def test_solve_during_crawl_is_not_a_shift(standin: Served, database: Path) -> None:
    entries = problems(120)
    server = standin(entries)
    solved = [*entries[:-1], replace(entries[-1], users=entries[-1].users + 1)]
    at_page(server, 3, lambda: setattr(server, "problems", solved))
    assert Crawl(server.url, database).status == 0
    assert [row["users"] for row in rows(database)] == [entry.users for entry in entries]


def test_gate_accept_overrides_short_list_once(
    standin: Served, database: Path, before: bytes
) -> None:
    least = sorted(problems(120), key=lambda entry: entry.users)[:12]
    remaining = [entry for entry in problems(120) if entry not in least]
    server = standin(remaining)
    reason = "108 problems, fewer than 98% of the last crawl's 120 (MIN_PROBLEMS_RATIO)"
    assert Crawl(server.url, database).failed(reason, before)
    accepted = Crawl(server.url, database, "GATE=accept")
    assert accepted.status == 0
    assert accepted.output.splitlines()[1] == f"accepted anyway (GATE=accept): {reason}"
    crawls = rows(database, "SELECT overridden FROM crawls")
    assert [row["overridden"] for row in crawls] == [None, reason]
    assert Crawl(server.url, database).status == 0


def test_gate_accept_never_overrides_partial_list(
    standin: Served, database: Path, before: bytes
) -> None:
    entries = problems(120)
    server = standin([*entries[:119], replace(entries[3], id=entries[119].id)])
    crawl = Crawl(server.url, database, "GATE=accept")
    assert crawl.failed(f"code {entries[3].code} is listed 2 times", before)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("GATE=yes", "GATE is 'yes', not 'accept'"),
        ("MAX_PAGES=all", "MAX_PAGES is 'all', not a number from 0 to 1000000"),
        ("MIN_PROBLEMS=-1", "MIN_PROBLEMS is '-1', not a number from 0 to 1000000"),
        ("MIN_PROBLEMS_RATIO=98", "MIN_PROBLEMS_RATIO is '98', not a number from 0 to 1"),
        ("MIN_USERS_RATIO=nan", "MIN_USERS_RATIO is 'nan', not a number from 0 to 1"),
        ("MAX_RENAMED_RATIO=", "MAX_RENAMED_RATIO is '', not a number from 0 to 1"),
    ],
)
def test_invalid_settings(
    setting: str, reason: str, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(120)
    assert Crawl(server.url, database, setting).failed(reason, before)
    assert server.requests == []


def test_limit_in_scientific_notation(standin: Served, database: Path) -> None:
    assert Crawl(standin(120).url, database, "MAX_PAGES=1e3").status == 0


HOSTILE = (
    "<script>alert('x')</script>", "Robert'); DROP TABLE problems;--",
    '=HYPERLINK("http://x.invalid","y")', "+1+cmd|' /C calc'!A0", "-2",
    "\u202egnirts\u202c \u200bzero", "bell\u0007 and escape\u001b[31m", "a\tb", "double  space",
    "&amp; stays", "NULL", "\U0001f600 \u4e2d\u6587 \u0645\u0631\u062d\u0628\u0627", "%s %(x)d {0}",
)  # fmt: skip


def test_hostile_names_are_stored_verbatim(standin: Served, database: Path) -> None:
    entries = problems(120)
    for n, name in enumerate(HOSTILE):
        entries[n] = replace(entries[n], name=name)
    assert Crawl(standin(entries).url, database).status == 0
    assert [row["name"] for row in rows(database)[: len(HOSTILE)]] == list(HOSTILE)
