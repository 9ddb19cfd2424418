"""Tags, dates and articles in the database, what is derived from them, and newer files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from spojscore_crawler.facts import main
from spojscore_crawler.items import Problem
from spojscore_crawler.store import facts
from spojscore_crawler.store.facts import KINDS
from spojscore_crawler.store.files import connect, lock
from spojscore_crawler.store.ladder import write_ladder
from standin.problems import problems
from tests.support.commits import A, crawl
from tests.support.databases import rows

# Dated and tagged; only in an article; in neither tags nor articles; tagged with a contest.
PRIME1 = Problem(id=2, code="PRIME1", name="Prime Generator", users=80_000, votes_up=9)
LOCKER = Problem(id=7371, code="LOCKER", name="Magic of the locker", users=9_000, votes_up=9)
TETRIS2D = Problem(id=4580, code="TETRIS2D", name="Exciting Time", users=5)
FACTS = "SELECT code, topics, families, added, year FROM problems ORDER BY code"


def bundled(kind: str) -> list[dict[str, str]]:
    with KINDS[kind].default_file.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def august(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SPOJ's list of August 2025, committed twice. Not to be written to."""
    database = tmp_path_factory.mktemp("august") / "august.db"
    names = ("id", "code", "name", "users", "acceptance", "votes_up", "votes_down")
    listed = [Problem(**{name: getattr(entry, name) for name in names}) for entry in problems()]
    crawl(database, 0, *listed)
    crawl(database, 1, *listed)
    return database


def test_tables_equal_the_bundled_files(august: Path) -> None:
    tags = [(row["code"], tag) for row in bundled("tags") for tag in row["tags"].split()]
    stored = rows(august, "SELECT * FROM tags")
    assert sorted((row["code"], row["tag"]) for row in stored) == sorted(tags)
    assert (len(tags), {row["day"] for row in stored}) == (1598, {"2022-08-07"})
    articles = {
        (row["code"], f"https://cp-algorithms.com/{row['article']}.html", row["title"])
        for row in bundled("articles")
    }
    stored = rows(august, "SELECT code, url, title FROM articles")
    assert {tuple(row.values()) for row in stored} == articles
    assert len(articles) == 175
    learn = "SELECT DISTINCT topic FROM articles WHERE url LIKE '%/graph/lca.html'"
    assert rows(august, learn) == [{"topic": "trees-and-segment-trees"}]
    assert rows(august, "SELECT count(*) AS n FROM articles WHERE topic IS NULL") == [{"n": 0}]


def test_dates_equal_the_bundled_file(august: Path) -> None:
    dates = {row["code"]: row["added"] for row in bundled("added")}
    stored = {row["code"]: row for row in rows(august, FACTS)}
    assert {code: row["added"] for code, row in stored.items()} == {
        code: dates.get(code) for code in stored
    }
    years = Counter(row["year"] for row in stored.values())
    assert (years[None], years[2004], years[2016], sum(years.values())) == (512, 188, 182, 3974)
    assert all(str(row["year"]) == row["added"][:4] for row in stored.values() if row["added"])


def test_coverage_of_topics_and_families(august: Path) -> None:
    stored = rows(august, FACTS)
    tagged = [row for row in stored if row["topics"] != "[]"]
    assert len(tagged) == 1089  # 1,003 by tags, 86 only by articles
    assert all((row["topics"] == "[]") == (row["families"] == "[]") for row in stored)
    families = Counter(family for row in stored for family in json.loads(row["families"]))
    assert families == {
        "Other": 368, "Maths": 316, "Dynamic programming": 222, "Graphs": 173, "Trees": 125,
        "Data structures": 74, "Geometry": 33, "Strings": 27,
    }  # fmt: skip


def test_ladder_of_real_list(august: Path) -> None:
    ladder = rows(august, "SELECT * FROM ladder ORDER BY rung, position")
    assert len(ladder) == 100
    assert [row["code"] for row in ladder[:5]] == ["PRIME1", "AGGRCOW", "ONP", "COINS", "ACODE"]


def test_derivations_write_only_differences(august: Path) -> None:
    with closing(connect(august)) as connection:
        db = Database(connection)
        facts.derive(db)
        write_ladder(db)
        for kind in KINDS:
            facts.write_facts(db, facts.read_facts(kind))
        assert connection.total_changes == 0


def test_new_problem_gets_its_facts_at_next_commit(database: Path) -> None:
    crawl(database, 0, A)
    crawl(database, 1, A, PRIME1, LOCKER, TETRIS2D)
    unknown = {"topics": "[]", "families": "[]", "added": None, "year": None}
    assert rows(database, FACTS) == [
        {"code": "LOCKER", "topics": '["number-theory"]', "families": '["Maths"]',
         "added": "2013-03-28", "year": 2013},
        {"code": "P1", **unknown},
        {"code": "PRIME1", "topics": '["number-theory", "prime-numbers"]',
         "families": '["Maths"]', "added": "2004-05-01", "year": 2004},
        {"code": "TETRIS2D", **unknown, "added": "2009-11-01", "year": 2009},
    ]  # fmt: skip
    assert rows(database, "SELECT * FROM ladder") == [
        {"rung": 1, "position": 1, "code": "PRIME1"},
        {"rung": 4, "position": 1, "code": "LOCKER"},
    ]


def extended(folder: Path, kind: str, *lines: str) -> Path:
    """A newer file of that kind: `lines` after those of the bundled file."""
    file = folder / f"{kind}-2026-10-01.csv"
    file.write_text(KINDS[kind].default_file.read_text() + "".join(f"{line}\n" for line in lines))
    return file


@pytest.mark.parametrize(
    ("kind", "line", "expected", "unlisted"),
    [
        ("tags", "P1,dfs fancy", {"topics": '["graph-traversal"]', "families": '["Graphs"]'},
         "fancy"),
        ("added", "P1,2020-02-29", {"added": "2020-02-29", "year": 2020}, None),
        ("articles", "P1,graph/lca,Lowest Common Ancestor",
         {"topics": '["trees-and-segment-trees"]', "families": '["Trees"]'}, None),
    ],
)  # fmt: skip
def test_newer_file(
    kind: str,
    line: str,
    expected: dict[str, Any],
    unlisted: str | None,
    database: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    crawl(database, 0, A, PRIME1)
    main([kind, str(database), str(extended(database.parent, kind, line))])
    output = capsys.readouterr().out
    assert "as of 2026-10-01" in output
    assert (unlisted or "no topic") in output or not unlisted
    [p1, prime1] = rows(database, FACTS)
    assert {name: p1[name] for name in expected} == expected
    assert prime1["added"] == "2004-05-01"
    crawl(database, 1, A, PRIME1)
    assert rows(database, FACTS) == [p1, prime1]


def refuse(kind: str, database: Path, file: Path) -> str:
    """The message of a refused file, which must leave the database unchanged."""
    before = database.read_bytes()
    with pytest.raises(SystemExit) as exit_:
        main([kind, str(database), str(file)])
    assert database.read_bytes() == before
    message = str(exit_.value.code)
    assert message.startswith("error: ")
    return message


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        pytest.param("tags", "", "first line must be code,tags", id="empty"),
        pytest.param("added", "code,tags\nP1,dfs\n", "must be code,added", id="other-kind"),
        pytest.param(
            "tags", "code,tags\nP1\n", "line 2: 1 values instead of 2", id="too-few-values"
        ),
        pytest.param("tags", "code,tags\nONP,dp\np1,dp\n", "line 3: 'p1'", id="lower-case-code"),
        pytest.param("tags", "code,tags\nP1,Dfs\n", "line 2: 'Dfs'", id="not-a-tag"),
        pytest.param("added", "code,added\nP1,2011-02-30\n", "'2011-02-30'", id="not-a-day"),
        pytest.param("added", "code,added\nP1,2999-01-01\n", "'2999-01-01'", id="future-day"),
        pytest.param("articles", "code,article,title\nP1,http://x,T\n", "article", id="an-address"),
        pytest.param("tags", "code,tags\nP1,dp\nP1,dfs\n", "line 3: P1 is also in", id="twice"),
        pytest.param("tags", "code,tags\nP1,na\xefve\n", "not UTF-8", id="latin-1"),
        pytest.param("tags", "code,tags\nP1,dp\n", "fewer than 90% of the 1598", id="few-tags"),
        pytest.param("articles", "code,article,title\n", "90% of the 175", id="few-articles"),
    ],
)
def test_file_is_refused(kind: str, text: str, reason: str, database: Path) -> None:
    crawl(database, 0, PRIME1)
    file = database.parent / "newer.csv"
    file.write_text(text, encoding="latin-1")
    assert reason in refuse(kind, database, file)


def test_day_in_file_name_must_be_past(database: Path) -> None:
    crawl(database, 0, PRIME1)
    file = extended(database.parent, "tags")
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    for name in (f"tags-{tomorrow}.csv", "2026-02-30.csv"):
        file = file.rename(file.with_name(name))
        assert "is not a day, or it is in the future" in refuse("tags", database, file)


def test_missing_file_and_locked_database(database: Path) -> None:
    crawl(database, 0, PRIME1)
    assert "No such file" in refuse("tags", database, database.parent / "none.csv")
    held = lock(database)
    assert "locked" in refuse("tags", database, KINDS["tags"].default_file)
    held.release()


def test_file_saved_by_a_spreadsheet(database: Path) -> None:
    crawl(database, 0, PRIME1)
    file = extended(database.parent, "tags", "P9,dfs")
    file.write_bytes(file.read_text().replace("\n", "\r\n").encode("utf-8-sig"))
    main(["tags", str(database), str(file)])
    assert rows(database, "SELECT tag FROM tags WHERE code = 'P9'") == [{"tag": "dfs"}]
