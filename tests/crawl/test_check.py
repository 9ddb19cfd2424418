"""`make check`: is the database sound, and how old is its data?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from spojscore_crawler import check
from tests.support.commits import A, B, crawl
from tests.support.databases import change


@pytest.fixture
def aged(database: Path) -> Path:
    """A database whose last crawl finished an hour ago."""
    crawl(database, 0, A, B)
    finish(database, hours=1)
    return database


def finish(database: Path, hours: float) -> None:
    finished = datetime.now(UTC) - timedelta(hours=hours)
    change(database, f"UPDATE crawls SET finished = '{finished.isoformat(timespec='seconds')}'")


def test_sound_and_fresh(aged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(aged, "UPDATE crawls SET overridden = 'a short list'")
    check.main([str(aged)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{aged}: sound, 2 problems with 30 solves in total"
    assert lines[1].startswith("last crawl: finished ")
    assert lines[1].endswith(" UTC, 1.0 h ago")
    assert lines[2] == "accepted with GATE=accept: a short list"


@pytest.mark.parametrize(
    ("hours", "error"),
    [
        pytest.param(35.9, None, id="fresh"),
        pytest.param(36.1, "is stale", id="stale"),
        pytest.param(-0.05, None, id="clock-skew"),
        pytest.param(-2, "in the future", id="future"),
    ],
)
def test_age(hours: float, error: str | None, aged: Path) -> None:
    finish(aged, hours)
    if error is None:
        check.main([str(aged)])
    else:
        with pytest.raises(SystemExit, match=f"^error: {aged}.*{error}"):
            check.main([str(aged)])


@pytest.mark.parametrize(
    ("limit", "error"),
    [
        ("2", None),
        ("0.5", "is stale"),
        ("weekly", "not a number of hours"),
        ("-1", "not a number of hours above 0"),
    ],
)
def test_stale_hours(
    limit: str, error: str | None, aged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "STALE_HOURS", limit)
    if error is None:
        check.main([str(aged)])
    else:
        with pytest.raises(SystemExit, match=error):
            check.main([str(aged)])


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        pytest.param(
            "DELETE FROM problems WHERE code = 'P1'",
            "lists 1 problems and 20 users, but its last crawl found 2 and 30",
            id="problems",
        ),
        pytest.param(
            "UPDATE crawls SET users = 1",
            "lists 2 problems and 30 users, but its last crawl found 2 and 1",
            id="users",
        ),
        pytest.param("DELETE FROM crawls", "has no crawl; run `make crawl`", id="no-crawl"),
        pytest.param("UPDATE crawls SET finished = 'x'", "Invalid isoformat", id="time"),
        pytest.param(
            "UPDATE crawls SET finished = '0001-01-01T00:00:00+14:00'",
            "date value out of",
            id="time-before-the-first-year",
        ),
        pytest.param("UPDATE crawls SET started = NULL", "Invalid isoformat", id="no-time"),
        pytest.param("DROP TABLE crawls", "no such table: crawls", id="no-table"),
    ],
)
def test_unsound(sql: str, error: str, aged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(aged, sql)
    with pytest.raises(SystemExit, match=f"^error: {aged}: {error}"):
        check.main([str(aged)])
    assert capsys.readouterr().out == ""


def test_damaged(aged: Path) -> None:
    content, page = aged.read_bytes(), 4096
    aged.write_bytes(content[: 3 * page] + bytes(page) + content[4 * page :])
    with pytest.raises(SystemExit, match=f"^error: {aged}: .*(malformed|damaged)"):
        check.main([str(aged)])


def test_missing_file(database: Path) -> None:
    with pytest.raises(SystemExit, match=f"^error: {database}: no such file"):
        check.main([str(database)])
    assert not database.exists()
