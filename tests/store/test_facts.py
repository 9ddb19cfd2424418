"""Tags, dates and articles in the database, what is derived from them, and newer files."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from spojscore_crawler.facts import main
from spojscore_crawler.items import Problem
from spojscore_crawler.store import facts
from spojscore_crawler.store.files import StoreError, lock
from spojscore_crawler.store.ladder import write_ladder
from standin.problems import problems
from tests.support.commits import A, crawl
from tests.support.databases import change, rows

# Dated and tagged; only in an article; in neither tags nor articles; tagged with a contest.
PRIME1 = Problem(id=2, code="PRIME1", name="Prime Generator", users=80_000, votes_up=9)
LOCKER = Problem(id=7371, code="LOCKER", name="Magic of the locker", users=9_000, votes_up=9)
TETRIS2D = Problem(id=4580, code="TETRIS2D", name="Exciting Time", users=5)
FACTS = "SELECT code, topics, families, added, year FROM problems ORDER BY code"


@pytest.fixture(scope="module")
def august_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SPOJ's list of August 2025, committed twice. Read-only."""
    database = tmp_path_factory.mktemp("august") / "august.db"
    crawl(database, 0, *problems())
    crawl(database, 1, *problems())
    return database


def test_bundled_files(august_database: Path) -> None:
    tags = "SELECT count(*) AS n, min(day) AS first, max(day) AS last FROM tags"
    assert rows(august_database, tags) == [{"n": 1598, "first": "2022-08-07", "last": "2022-08-07"}]
    articles = "SELECT count(*) AS n, count(topic) AS topics FROM articles"
    assert rows(august_database, articles) == [{"n": 175, "topics": 175}]
    lca = "SELECT * FROM articles WHERE code = 'LCA' AND url LIKE '%/lca.html'"
    assert rows(august_database, lca) == [
        {"code": "LCA", "url": "https://cp-algorithms.com/graph/lca.html",
         "title": "Lowest Common Ancestor", "topic": "trees-and-segment-trees"},
    ]  # fmt: skip
    dates = dict(facts.read_bundled_file("added").lines)
    stored_rows = rows(august_database, FACTS)
    assert [row["added"] for row in stored_rows] == [dates.get(row["code"]) for row in stored_rows]
    years = Counter(row["year"] for row in stored_rows)
    assert (years[None], years[2004], years[2016], years.total()) == (512, 188, 182, 3974)


def test_topics_and_families(august_database: Path) -> None:
    stored_rows = rows(august_database, FACTS)
    assert sum(row["topics"] != "[]" for row in stored_rows) == 1089  # 86 only by articles
    families = Counter(family for row in stored_rows for family in json.loads(row["families"]))
    assert families == {
        "Other": 368, "Maths": 316, "Dynamic programming": 222, "Graphs": 173, "Trees": 125,
        "Data structures": 74, "Geometry": 33, "Strings": 27,
    }  # fmt: skip


def test_ladder_of_real_list(august_database: Path) -> None:
    ladder = rows(august_database, "SELECT * FROM ladder ORDER BY rung, position")
    assert [row["code"] for row in ladder[:5]] == ["PRIME1", "AGGRCOW", "ONP", "COINS", "ACODE"]
    places = {(row["rung"], row["position"]) for row in ladder}
    assert places == {(rung, position) for rung in range(1, 21) for position in range(1, 6)}


def test_commit_writes_only_differences(august_database: Path) -> None:
    with Database(august_database) as db:
        facts.update_problems(db)
        write_ladder(db)
        assert db.conn.total_changes == 0


def test_new_problem_gets_its_facts_at_next_commit(database: Path) -> None:
    crawl(database, 0, A)
    crawl(database, 1, A, PRIME1, LOCKER, TETRIS2D)
    unknown_facts = {"topics": "[]", "families": "[]", "added": None, "year": None}
    assert rows(database, FACTS) == [
        {"code": "LOCKER", "topics": '["number-theory"]', "families": '["Maths"]',
         "added": "2013-03-28", "year": 2013},
        {"code": "P1", **unknown_facts},
        {"code": "PRIME1", "topics": '["number-theory", "prime-numbers"]',
         "families": '["Maths"]', "added": "2004-05-01", "year": 2004},
        {"code": "TETRIS2D", **unknown_facts, "added": "2009-11-01", "year": 2009},
    ]  # fmt: skip
    ladder = rows(database, "SELECT rung, code FROM ladder")
    assert ladder == [{"rung": 1, "code": "PRIME1"}, {"rung": 4, "code": "LOCKER"}]


def newer_file(database: Path, kind: str, line: str, name: str = "2026-10-01.csv") -> Path:
    """The bundled file with one more line and another date for PRIME1."""
    file = database.with_name(name)
    text = (
        facts.KINDS[kind].default_file.read_text().replace("PRIME1,2004-05-01", "PRIME1,2004-05-02")
    )
    file.write_text(f"{text}{line}\n")
    return file


@pytest.mark.parametrize(
    ("kind", "line", "expected", "message"),
    [
        pytest.param(
            "tags", "P1,dfs fancy", {"topics": '["graph-traversal"]', "families": '["Graphs"]'},
            "1600 tags (1598 before), as of 2026-10-01", id="tags",
        ),
        pytest.param(
            "added", "P1,2020-02-29", {"added": "2020-02-29", "year": 2020},
            "2 dates (1 before), as of 2026-10-01", id="added",
        ),
        pytest.param(
            "articles", "P1,graph/lca,LCA",
            {"topics": '["trees-and-segment-trees"]', "families": '["Trees"]'},
            "176 articles (175 before), as of 2026-10-01", id="articles",
        ),
    ],
)  # fmt: skip
def test_newer_file(
    kind: str,
    line: str,
    expected: dict[str, Any],
    message: str,
    database: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    crawl(database, 0, A, PRIME1)
    change(database, "DELETE FROM ladder")
    main([kind, str(database), str(newer_file(database, kind, line))])
    output = capsys.readouterr().out.splitlines()
    assert output[0] == f"{database}: {message}"
    assert ("fancy" in output[-1]) == (kind == "tags")  # it has no topic
    assert rows(database, "SELECT code FROM ladder") == [{"code": "PRIME1"}]
    p1, prime1 = stored_rows = rows(database, FACTS)
    assert p1 | expected == p1
    assert prime1["added"] == ("2004-05-02" if kind == "added" else "2004-05-01")
    crawl(database, 1, A, PRIME1)
    assert rows(database, FACTS) == stored_rows


def test_spreadsheet_without_day_in_its_name(database: Path) -> None:
    crawl(database, 0, PRIME1)
    file = newer_file(database, "tags", "P9,dfs", "newer.csv")
    file.write_bytes(file.read_text().replace("\n", "\r\n").encode("utf-8-sig"))
    os.utime(file, (0, 1_700_000_000))
    assert "as of 2023-11-14 (the file's modification date" in facts.replace(database, "tags", file)
    assert rows(database, "SELECT * FROM tags WHERE code = 'P9'") == [
        {"code": "P9", "tag": "dfs", "day": "2023-11-14"}
    ]


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        pytest.param("tags", None, "No such file", id="missing"),
        pytest.param("tags", "", "first line must be code,tags", id="empty"),
        pytest.param("added", "code,tags\nP1,dfs\n", "must be code,added", id="other-kind"),
        pytest.param("tags", "code,tags\nP1\n", "line 2: 1 values instead of 2", id="values"),
        pytest.param("tags", "code,tags\nONP,dp\np1,dp\n", "line 3: 'p1'", id="lower-case"),
        pytest.param("tags", "code,tags\nP1,Dfs\n", "line 2: 'Dfs'", id="not-a-tag"),
        pytest.param("added", "code,added\nP1,2011-02-30\n", "'2011-02-30'", id="not-a-day"),
        pytest.param("added", "code,added\nP1,2999-01-01\n", "'2999-01-01'", id="future-day"),
        pytest.param("articles", "code,article,title\nP1,http://x,T\n", "article", id="address"),
        pytest.param("tags", "code,tags\nP1,dp\nP1,dfs\n", "line 3: P1 is also in", id="twice"),
        pytest.param("tags", "code,tags\nP1,na\xefve\n", "not UTF-8", id="latin-1"),
        pytest.param("tags", "code,tags\nP1,dp\n", "fewer than 90% of the 1598", id="few-tags"),
    ],
)
def test_file_is_refused(kind: str, text: str | None, reason: str, database: Path) -> None:
    crawl(database, 0, PRIME1)
    content = database.read_bytes()
    file = database.with_name("newer.csv")
    if text is not None:
        file.write_text(text, encoding="latin-1")
    with pytest.raises(SystemExit, match=f"^error: .*{reason}.*; the database is unchanged$"):
        main([kind, str(database), str(file)])
    assert database.read_bytes() == content


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("2026-02-30.csv", "2026-02-30 is not a day", id="not-a-day"),
        pytest.param("2999-01-01.csv", "it is in the future", id="future-day"),
        pytest.param("tags.csv", "locked by another process", id="locked"),
    ],
)
def test_unusable_file_name_or_lock(name: str, reason: str, database: Path) -> None:
    with lock(database), pytest.raises(StoreError, match=reason):
        facts.replace(database, "tags", newer_file(database, "tags", "P9,dfs", name))
