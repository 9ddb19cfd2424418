"""SPOJ's tags in the database, what topics they give, and how `make tags` renews them."""

import csv
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from spojscore_crawler.items import Problem
from spojscore_crawler.store import tags
from spojscore_crawler.store.files import connect, lock
from tests.support.commits import A, crawl
from tests.support.databases import rows
from tests.support.projects import ROOT

PRIME1 = Problem(id=2, code="PRIME1", name="Prime Generator", users=80_000)
ADACITY = Problem(id=30_000, code="ADACITY", name="Ada and Cities", users=154)
FILE = ROOT / "data" / "tags-2022-08-07.csv"
TOPICS = "SELECT code, topics FROM problems ORDER BY code"


def in_file() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return sorted(
            (
                {"code": row["code"], "tag": tag, "day": "2022-08-07"}
                for row in csv.DictReader(file)
                for tag in row["tags"].split()
            ),
            key=lambda link: (link["code"], link["tag"]),
        )


def topics(path: Path) -> dict[str, str]:
    return {row["code"]: row["topics"] for row in rows(path, TOPICS)}


def test_a_new_database_has_the_tags_that_come_with_the_project(database: Path) -> None:
    crawl(database, 0, A)
    assert rows(database, "SELECT * FROM tags ORDER BY code, tag") == in_file()
    assert len(in_file()) == 1598


def test_each_commit_gives_its_problems_their_topics(database: Path) -> None:
    crawl(database, 0, A, PRIME1)
    assert topics(database) == {"P1": "[]", "PRIME1": '["number-theory"]'}
    crawl(database, 1, A, PRIME1, ADACITY)
    assert topics(database)["ADACITY"] == '["flows-and-matching", "shortest-paths"]'
    found = rows(database, "SELECT code FROM problems WHERE topics LIKE '%\"shortest-paths\"%'")
    assert found == [{"code": "ADACITY"}]


def test_a_contest_is_no_topic(database: Path) -> None:
    crawl(database, 0, Problem(id=1, code="TETRIS2D", name="Exciting Time", users=5))
    assert rows(database, "SELECT tag FROM tags WHERE code = 'TETRIS2D'") == [
        {"tag": "shanghai-2009"}
    ]
    assert topics(database) == {"TETRIS2D": "[]"}


def test_only_what_differs_is_written(database: Path) -> None:
    crawl(database, 0, A, PRIME1)
    with closing(connect(database)) as connection:
        tags.derive(Database(connection))
        assert connection.total_changes == 0


def make_tags(path: Path, file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spojscore_crawler.tags", str(path), str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def written(folder: Path, *lines: str, name: str = "tags-2026-10-01.csv") -> Path:
    """A file of tags: its own `lines` after all of those that come with the project."""
    file = folder / name
    file.write_text(FILE.read_text() + "".join(f"{line}\n" for line in lines))
    return file


def test_make_tags_renews_them(database: Path) -> None:
    crawl(database, 0, A, PRIME1)
    file = written(database.parent, "P1,dfs graph-theory fancy", "NOTLISTED,bfs")
    done = make_tags(database, file)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout == (
        f"{database}: 1602 links from a problem to a tag, as of 2026-10-01, in place of 1598, as "
        "of 2022-08-07; 1103 codes are not among its problems\n"
        "data/topics.csv has no line for these tags: fancy\n"
    )
    assert topics(database) == {
        "P1": '["graph-traversal", "graphs"]',
        "PRIME1": '["number-theory"]',
    }
    assert rows(database, "SELECT count(*) AS n, min(day) AS day FROM tags") == [
        {"n": 1602, "day": "2026-10-01"}
    ]
    # It has its topics from then on.
    listed = Problem(id=9, code="NOTLISTED", name="New", users=0)
    crawl(database, 1, A, PRIME1, listed)
    assert topics(database)["NOTLISTED"] == '["graph-traversal"]'


def test_what_the_file_lacks_is_gone(database: Path) -> None:
    crawl(database, 0, PRIME1, ADACITY)
    lines = [line for line in FILE.read_text().splitlines() if not line.startswith("PRIME1,")]
    (database.parent / "tags.csv").write_text("\n".join(lines))
    assert make_tags(database, database.parent / "tags.csv").returncode == 0
    assert topics(database) == {
        "ADACITY": '["flows-and-matching", "shortest-paths"]',
        "PRIME1": "[]",
    }


def test_a_file_without_a_day_in_its_name_is_of_the_day_it_was_written(database: Path) -> None:
    crawl(database, 0, PRIME1)
    file = written(database.parent, name="tags.csv")
    noon = datetime(2026, 9, 8, 12, tzinfo=UTC).timestamp()
    os.utime(file, (noon, noon))
    assert make_tags(database, file).returncode == 0
    assert rows(database, "SELECT DISTINCT day FROM tags") == [{"day": "2026-09-08"}]


def test_a_file_as_spreadsheets_save_it(database: Path) -> None:
    crawl(database, 0, PRIME1)
    file = written(database.parent, name="tags.csv")
    file.write_bytes(file.read_text().replace("\n", "\r\n").encode("utf-8-sig"))
    assert make_tags(database, file).returncode == 0


def refused(database: Path, file: Path, reason: str) -> bool:
    """Whether `make tags` gave the reason and left the database as it was."""
    before = database.read_bytes()
    done = make_tags(database, file)
    assert done.stderr == f"error: {reason}; the tags are as they were\n"
    assert done.returncode == 1
    assert database.read_bytes() == before
    return True


def test_far_fewer_links_are_refused(database: Path) -> None:
    crawl(database, 0, A, PRIME1)
    file = database.parent / "few.csv"
    lines = ["code,tags", *(f"C{number},dfs" for number in range(1438))]
    file.write_text("\n".join(lines))
    assert refused(
        database,
        file,
        f"{database}: there are 1438 links from a problem to a tag, fewer than 90% of the 1598 "
        "that it has",
    )
    file.write_text("\n".join([*lines, "PRIME1,dfs"]))
    assert make_tags(database, file).returncode == 0
    assert topics(database)["PRIME1"] == '["graph-traversal"]'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ": its first line is not code,tags"),
        ("tags,code\nPRIME1,dfs\n", ": its first line is not code,tags"),
        ("code,tags\nPRIME1\n", ", line 2: this is no code and its tags"),
        ("code,tags\nPRIME1,dfs,bfs\n", ", line 2: this is no code and its tags"),
        ("code,tags\nprime1,dfs\n", ", line 2: this is no code and its tags"),
        ("code,tags\nONP,stack\nPRIME1,Dfs\n", ", line 3: 'Dfs' is no tag"),
        ("code,tags\nPRIME1,dfs\nPRIME1,bfs\n", ", line 3: PRIME1 stands in an earlier line too"),
        ("code,tags\nPRIME1,na\xefve\n", ": this is not UTF-8"),
    ],
)
def test_a_file_that_is_not_of_tags_is_refused(text: str, reason: str, database: Path) -> None:
    crawl(database, 0, PRIME1)
    file = database.parent / "tags.csv"
    file.write_text(text, encoding="latin-1")
    assert refused(database, file, f"{file}{reason}")


def test_a_day_that_cannot_be_is_refused(database: Path) -> None:
    crawl(database, 0, PRIME1)
    tomorrow = date.today() + timedelta(days=2)  # noqa: DTZ011  (whatever the zone)
    file = written(database.parent, name=f"{tomorrow}.csv")
    assert refused(database, file, f"{file}: {tomorrow} is in the future")
    file = written(database.parent, name="2026-02-30.csv")
    assert refused(database, file, f"{file}: there is no day like the one in its name")


def test_a_file_that_is_not_there_is_told(database: Path) -> None:
    crawl(database, 0, PRIME1)
    file = database.parent / "none.csv"
    assert refused(database, file, f"{file}: No such file or directory")
    assert refused(database, database.parent, f"{database.parent}: Is a directory")


def test_a_database_that_is_being_written_to_is_left_alone(database: Path) -> None:
    crawl(database, 0, PRIME1)
    held = lock(database)
    assert refused(
        database, FILE, f"{database}: locked by another process, such as a crawl; try again later"
    )
    held.release()


def test_without_a_file_it_says_how(database: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "spojscore_crawler.tags", str(database), ""],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == "error: say which file: make tags FILE=code,tags.csv\n"
    assert done.returncode == 1
