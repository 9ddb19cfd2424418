"""The real command against the stand-in."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spojscore_crawler.store.points import liked
from standin.problems import Entry, problems
from tests.support import databases
from tests.support.crawling import Crawl, Served

TODAY = datetime.now(UTC).date().isoformat()
LIST = "/problems/classical/sort=0,start="


def rows(database: Path, sql: str = "SELECT * FROM problems ORDER BY id") -> list[dict[str, Any]]:
    """Without the topics, which do not come from the list."""
    found = databases.rows(database, sql)
    for row in found:
        row.pop("topics", None)
    return found


def record(entry: Entry, theme: str = "modern") -> dict[str, object]:
    """The row that must stand in the database after a first crawl, today."""
    old = theme == "old"
    score = 80 / (40 + entry.users)
    bands = ((1, "a: 1 or more"), (0.5, "b: 0.5 to 1"), (0.1, "c: 0.1 to 0.5"),
             (0.01, "d: 0.01 to 0.1"), (0, "e: under 0.01"))  # fmt: skip
    votes = (None, None) if old else (entry.votes_up, entry.votes_down)
    return {
        "code": entry.code,
        "name": entry.name,
        "users": entry.users,
        "score": score,
        "band": next(name for edge, name in bands if score >= edge),
        "points_if_solved": 80 / (41 + entry.users),
        "acceptance": entry.acceptance,
        "votes_up": votes[0],
        "votes_down": votes[1],
        "concept_difficulty": None if old else entry.concept,
        "implementation_difficulty": None if old else entry.implementation,
        "url": f"https://www.spoj.com/problems/{entry.code}/",
        "id": entry.id,
        "first_seen": TODAY,
        "last_changed": TODAY,
        "delisted": None,
        "liked": liked(*votes),
    }


@pytest.mark.parametrize(
    ("count", "theme"),
    [(3950, "modern"), (3951, "modern"), (3960, "modern"), (151, "old"), (151, "logged-in")],
)
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
    first, last = f"{LIST}0", f"{LIST}{(pages - 1) * 50}"
    assert sorted(server.requests) == sorted(
        ["/robots.txt", *(f"{LIST}{page * 50}" for page in range(pages)), first, last]
    )
    # The fence: the last page right after the first, and both again at the very end.
    assert server.requests[1:3] == [first, last]
    assert sorted(server.requests[-2:]) == sorted([first, last])


def test_a_list_of_one_page(standin: Served, database: Path) -> None:
    server = standin(7)
    assert Crawl(server.url, database).status == 0
    assert [row["code"] for row in rows(database)] == [e.code for e in problems(7)]
    assert server.requests == ["/robots.txt", f"{LIST}0", f"{LIST}0"]


def test_a_list_of_two_pages(standin: Served, database: Path) -> None:
    """Of which the second cannot tell by its pager which it is."""
    assert Crawl(standin(60).url, database).status == 0
    assert [row["code"] for row in rows(database)] == [e.code for e in problems(60)]


def test_each_crawl_leaves_a_row_in_crawls(standin: Served, database: Path, before: bytes) -> None:
    assert before
    entries = problems(120)
    server = standin([replace(entries[1], users=entries[1].users + 5), *entries[2:]])
    server.problems = [
        entries[0],
        *server.problems[:-1],
        replace(entries[-1], id=99_999, code="NEW"),
    ]
    crawl = Crawl(server.url, database)
    assert crawl.status == 0
    users = sum(entry.users for entry in entries)
    first, second = rows(database, "SELECT * FROM crawls ORDER BY id")
    for row in (first, second):
        assert row.pop("day") == row["started"][:10]
        assert row.pop("source") == "127.0.0.1"
        assert row.pop("started") <= row.pop("finished")
    same = {"pages": 3, "problems": 120, "overridden": None}
    assert first == same | {
        "id": 1, "users": users, "solves": None, "added": 120, "changed": 0, "delisted": 0,
    }  # fmt: skip
    assert second == same | {
        "id": 2, "users": users + 5, "solves": 5, "added": 1, "changed": 1, "delisted": 1,
    }  # fmt: skip


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
        replace(renamed, name="New Name"),
        *entries[21:40],
        replace(recoded, code="NEWCODE"),
        *entries[41:60],
        replace(voted, votes_up=1001, votes_down=2),
        *entries[61:gone],
        *entries[gone + 1 :],
        replace(entries[-1], id=99_999, code="ADDED", name="Added"),
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
    expected[voted.id] |= {"votes_up": 1001, "votes_down": 2, "liked": liked(1001, 2)}
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


def test_codes_that_wander(standin: Served, database: Path) -> None:
    """Swapped, handed on, renumbered: the id is the identity."""
    a, b, c, d = problems(4)
    server = standin([a, b, c, d])
    assert Crawl(server.url, database).status == 0
    yesterday(database)
    before = {row["id"]: row for row in rows(database)}
    server.problems = [
        replace(a, code=b.code),
        replace(b, code=a.code),
        replace(c, code="OTHER"),
        replace(d, id=90_000),
        replace(c, id=90_001),
    ]
    crawl = Crawl(server.url, database)
    assert crawl.output.startswith("5 problems (2 new, 3 changed, 1 gone, 0 returned)")
    now = {row["id"]: row for row in rows(database)}
    assert {id_: row["code"] for id_, row in now.items()} == {
        a.id: b.code, b.id: a.code, c.id: "OTHER", d.id: f"{d.code}~{d.id}",
        90_000: d.code, 90_001: c.code,
    }  # fmt: skip
    gone = {"code": f"{d.code}~{d.id}", "url": None, "delisted": TODAY}
    assert now[d.id] == before[d.id] | gone
    assert now[90_000]["first_seen"] == now[90_001]["first_seen"] == TODAY
    assert now[c.id]["first_seen"] == "2026-01-02"

    server.problems = [replace(d, code="BACK")]
    crawl = Crawl(server.url, database, "GATE=accept")
    assert crawl.output.startswith("1 problems (0 new, 1 changed, 5 gone, 1 returned)")
    now = {row["id"]: row for row in rows(database)}
    assert {id_: row["code"] for id_, row in now.items() if not row["delisted"]} == {d.id: "BACK"}
    assert now[d.id]["first_seen"] == "2026-01-02"


def yesterday(database: Path) -> None:
    """Pretend that the list was crawled a while ago."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE problems SET first_seen = '2026-01-02', last_changed = '2026-01-02'"
        )


def test_a_setting_wins_over_the_environment(standin: Served, tmp_path: Path) -> None:
    server = standin(60)
    chosen = tmp_path / "chosen.db"
    settings = (f"SPOJ_URL={server.url}/", f"SPOJSCORE_DB={chosen}")
    crawl = Crawl("http://nowhere.invalid", tmp_path / "other.db", *settings)
    assert crawl.status == 0, crawl.log
    assert len(rows(chosen)) == 60
    assert not (tmp_path / "other.db").exists()
