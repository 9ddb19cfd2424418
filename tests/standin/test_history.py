"""`make history`: SPOJ's lists of days past, crawled one after the other by the real command."""

import subprocess
import sys
from pathlib import Path

import pytest

from standin.history import main
from standin.problems import DAYS
from tests.support.databases import rows
from tests.support.projects import ROOT


def history(database: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "standin.history", database],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that begins in 2012. Not to be written to."""
    database = tmp_path_factory.mktemp("history") / "begun.db"
    done = history(database)
    assert done.returncode == 0, done.stderr
    return database


def test_each_list_is_a_crawl_of_its_day(begun: Path) -> None:
    crawls = rows(begun, "SELECT day, source, problems, added, delisted, solves FROM crawls")
    assert crawls == [
        {"day": "2012-05-08", "source": "data/2012-05-08.csv, read by 9 May 2012",
         "problems": 2186, "added": 2186, "delisted": 0, "solves": None},
        {"day": "2025-05-31",
         "source": "data/2025-05-31.csv, read between 11 and 31 May 2025",
         "problems": 3971, "added": 1847, "delisted": 62, "solves": 3442031 - 559823},
        {"day": "2025-08-26", "source": "data/2025-08-26.csv, read on 26 August 2025",
         "problems": 3974, "added": 3, "delisted": 0, "solves": 38744},
    ]  # fmt: skip


def test_what_happened_on_each_day(begun: Path) -> None:
    events = "SELECT day, kind, count(*) AS n FROM events GROUP BY 1, 2 ORDER BY 1, 2"
    assert rows(begun, events) == [
        {"day": "2025-05-31", "kind": "added", "n": 1847},
        {"day": "2025-05-31", "kind": "delisted", "n": 62},
        {"day": "2025-05-31", "kind": "renamed", "n": 7},
        {"day": "2025-08-26", "kind": "added", "n": 3},
    ]
    prime1 = "SELECT day, users FROM problem_history WHERE code = 'PRIME1' ORDER BY day"
    assert [tuple(row.values()) for row in rows(begun, prime1)] == [
        (DAYS[0], 7535), (DAYS[1], 82235), (DAYS[2], 83055),
    ]  # fmt: skip


def test_a_database_with_a_history_of_its_own_stays(tmp_path: Path) -> None:
    database = tmp_path / "mine.db"
    database.write_bytes(b"mine")
    done = history(database)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {database} is there already, and its history stays; name a new file\n"
    )
    assert database.read_bytes() == b"mine"


def test_a_part_of_a_history_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "begun.db"
    # No crawl may be of a day before the last one's.
    monkeypatch.setattr("standin.history.DAYS", DAYS[::-2])
    monkeypatch.setattr("sys.argv", ["history", str(database)])
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert not database.exists()
