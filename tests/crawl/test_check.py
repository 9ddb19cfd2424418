"""`make check`: is the database sound, and how old is its data?"""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from spojscore_crawler import check
from tests.support.commits import A, B, crawl
from tests.support.databases import change, rows


@pytest.fixture
def fresh_database(database: Path) -> Path:
    """A database whose last crawl finished an hour ago."""
    crawl(database, 0, A, B)
    backdate(database, hours=1)
    return database


def backdate(database: Path, hours: float) -> None:
    finished = datetime.now(UTC) - timedelta(hours=hours)
    change(database, f"UPDATE crawls SET finished = '{finished.isoformat(timespec='seconds')}'")


def test_sound_and_fresh(fresh_database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(fresh_database, "UPDATE crawls SET overridden = 'a short list'")
    check.main([str(fresh_database)])
    sound, age, overridden = capsys.readouterr().out.splitlines()
    assert sound == f"{fresh_database}: sound, 2 problems with 30 solves in total"
    assert age.endswith(" UTC, 1.0 h ago")
    assert overridden == "accepted with GATE=accept: a short list"


@pytest.mark.parametrize(
    ("hours", "limit", "error"),
    [
        pytest.param(35.9, "36", None, id="fresh"),
        pytest.param(36.1, "36", "is stale", id="stale"),
        pytest.param(1, "0.5", "is stale", id="other-limit"),
        pytest.param(1, "weekly", "not a number of hours", id="no-number"),
        pytest.param(1, "-1", "not a number of hours above 0", id="negative-limit"),
        pytest.param(-0.05, "36", None, id="clock-skew"),
        pytest.param(-2, "36", "in the future", id="future"),
    ],
)
def test_age(hours: float, limit: str, error: str | None, fresh_database: Path) -> None:
    backdate(fresh_database, hours)
    expectation = pytest.raises(SystemExit, match=f"^error: .*{error}") if error else nullcontext()
    with patch.object(check, "STALE_HOURS", limit), expectation:
        check.main([str(fresh_database)])


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("DELETE FROM problems WHERE code = 'P1'", "lists 1 problems and 20 users, but its last"),
        ("UPDATE crawls SET users = 1", "lists 2 problems and 30 users, but its last"),
        ("DELETE FROM crawls", "has no crawl; run `make crawl`"),
        ("UPDATE crawls SET started = NULL", "Invalid isoformat"),
        ("UPDATE crawls SET finished = '0001-01-01T00:00:00+14:00'", "date value out of"),
        ("DROP TABLE crawls", "no such table: crawls"),
    ],
)
def test_unsound(
    sql: str, error: str, fresh_database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(fresh_database, sql)
    with pytest.raises(SystemExit, match=f"^error: {fresh_database}: {error}"):
        check.main([str(fresh_database)])
    assert capsys.readouterr().out == ""


def test_damaged(fresh_database: Path) -> None:
    [history] = rows(fresh_database, "SELECT rootpage FROM sqlite_schema WHERE name = 'history'")
    with fresh_database.open("r+b") as file:
        file.seek(4096 * (history["rootpage"] - 1))
        file.write(bytes(4096))
    with pytest.raises(SystemExit, match=f"^error: {fresh_database}: damaged: .+$"):
        check.main([str(fresh_database)])


def test_missing_file(database: Path) -> None:
    with pytest.raises(SystemExit, match=f"^error: {database}: no such file"):
        check.main([str(database)])
    assert not database.exists()
