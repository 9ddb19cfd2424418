"""What is told of a database: by its report, and by `make check`."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from spojscore_crawler.check import main
from spojscore_crawler.store.schema import VERSION
from standin.problems import problems
from tests.support.crawling import Crawl, Served, at_page, started_crawl
from tests.support.projects import ROOT

USERS = sum(entry.users for entry in problems(120))
WHOLE = f"whole, 120 problems, solved {USERS} times in all"


def check(database: Path) -> tuple[int, list[str], str]:
    """Exit status, lines and error of `make check`'s command."""
    output = StringIO()
    with redirect_stdout(output):
        try:
            main([str(database)])
        except SystemExit as end:
            return 1, output.getvalue().splitlines(), str(end.code)
    return 0, output.getvalue().splitlines(), ""


def minute(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC"


def change(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(sql)


def aged(database: Path, hours: float) -> str:
    """Make the last crawl so old; what the check says of it."""
    finished = datetime.now(UTC) - timedelta(hours=hours)
    change(database, f"UPDATE crawls SET finished = '{finished.isoformat(timespec='seconds')}'")
    ago = f", {hours:.1f} h ago" if hours >= 0 else ""
    return f"last crawl: finished {finished:%Y-%m-%d %H:%M} UTC{ago}"


def test_the_report_of_a_crawl(standin: Served, database: Path) -> None:
    crawl = Crawl(standin(120).url, database)
    report = crawl.report
    started, finished = (datetime.fromisoformat(report.pop(n)) for n in ("started", "finished"))
    assert timedelta(0) <= finished - started < timedelta(minutes=1)
    assert started.utcoffset() == timedelta(0)
    assert report.pop("process") > 0
    assert report == {
        "outcome": "committed",
        "reason": None,
        "pages": 3,
        "counts": {"problems": 120, "new": 120, "changed": 0, "gone": 0, "returned": 0},
        "fenced": True,
        "findings": {},
        "refusals": [],
    }
    assert check(database) == (
        0,
        [
            f"{database}: {WHOLE}",
            f"last crawl: finished {finished:%Y-%m-%d %H:%M} UTC, 0.0 h ago",
        ],
        "",
    )


def test_a_report_is_running_while_the_crawl_is(standin: Served, database: Path) -> None:
    server = standin(120)
    seen: list[str] = []

    def look() -> None:
        seen.append(Path(f"{database}.crawl.json").read_text())
        seen.extend(check(database)[1])

    at_page(server, 2, look)
    with started_crawl(server.url, database, "CONCURRENT_REQUESTS=1") as process:
        process.communicate(timeout=60)
    report = json.loads(seen[0])
    assert (report["outcome"], report["finished"]) == ("running", None)
    assert seen[1] == f"a crawl is running since {minute(report['started'])}, process {process.pid}"


@pytest.mark.parametrize("hours", [0, 35.9])
def test_data_that_is_fresh(hours: float, database: Path, before: bytes) -> None:
    assert before
    line = aged(database, hours)
    assert check(database) == (0, [f"{database}: {WHOLE}", line], "")


@pytest.mark.parametrize(
    ("hours", "error"),
    [
        (36.1, "{} is stale: its last crawl is 36.1 h old, over 36 h"),
        (-2, "{}: by this machine's clock, its last crawl is 2.0 h in the future"),
    ],
)
def test_data_that_is_not_fresh(hours: float, error: str, database: Path, before: bytes) -> None:
    assert before
    line = aged(database, hours)
    status, lines, said = check(database)
    assert (status, lines) == (1, [f"{database}: {WHOLE}", line])
    assert said == f"error: {error.format(database)}"


def test_the_environment_says_what_is_stale(
    database: Path, before: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert before
    aged(database, 150)
    check = [sys.executable, "-m", "spojscore_crawler.check", str(database)]
    for hours, status in (("200", 0), ("100", 1), ("", 1)):
        monkeypatch.setenv("STALE_HOURS", hours)
        assert (
            subprocess.run(check, cwd=ROOT, capture_output=True, check=False).returncode == status
        )
    monkeypatch.setenv("STALE_HOURS", "weekly")
    done = subprocess.run(check, cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b"error: STALE_HOURS is 'weekly', not a number of hours\n"


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("DELETE FROM problems WHERE code = 'PRIME1'",
         "119 problems are listed in it, but its last crawl found 120"),
        ("UPDATE problems SET users = users + 1, score = 80.0 / (41 + users) WHERE code = 'PRIME1'",
         "the history of 1 problems does not lead to this list"),
        ("UPDATE crawls SET users = 1",
         f"{USERS} users are listed in it, but its last crawl found 1"),
        ("DELETE FROM crawls", "no crawl is recorded in it; `make crawl` brings one"),
        ("UPDATE problems SET score = 1 WHERE users > 40000",
         f"{sum(e.users > 40000 for e in problems(120))} scores are not what the formula gives"),
        ("UPDATE crawls SET finished = 'rubbish'", "the times of 1 crawls are not readable"),
        ("UPDATE crawls SET started = NULL", "the times of 1 crawls are not readable"),
        ("DROP TABLE problems", "this is not a database of spojscore: not its problems"),
        ("PRAGMA user_version = 99",
         "its schema has version 99, made by a newer spojscore; this one knows "
         f"{VERSION}: update it"),
    ],
)  # fmt: skip
def test_data_that_is_not_whole(sql: str, error: str, database: Path, before: bytes) -> None:
    assert before
    change(database, sql)
    assert check(database) == (1, [], f"error: {database}: {error}")


def test_a_file_that_is_damaged(database: Path, before: bytes) -> None:
    page = 4096
    database.write_bytes(before[: 3 * page] + bytes(page) + before[4 * page :])
    status, lines, said = check(database)
    assert (status, lines) == (1, [])
    assert said.startswith(f"error: {database}: ")
    assert "malformed" in said or "damaged" in said


def test_a_copy_that_is_older_than_its_report_is_told(
    standin: Served, database: Path, before: bytes
) -> None:
    change(database, "UPDATE crawls SET started = '2026-01-01T00:00:00+00:00'")
    old = database.read_bytes()
    began = minute(Crawl(standin(120).url, database).report["started"])
    database.write_bytes(old)
    assert check(database)[1][-1] == (
        f"last attempt: began {began}, committed: is this an older copy of the database?"
    )
    assert before != old


def test_what_was_accepted_is_told(database: Path, before: bytes) -> None:
    assert before
    line = aged(database, 1)
    change(database, "UPDATE crawls SET overridden = 'a short list'")
    told = [f"{database}: {WHOLE}", line, "accepted by hand: a short list"]
    assert check(database) == (0, told, "")


def test_no_file(database: Path) -> None:
    assert check(database) == (1, [], f"error: {database}: there is no such file")
    assert not database.exists()


def test_a_refusal_is_told_and_the_data_are_still_whole(
    standin: Served, database: Path, before: bytes
) -> None:
    assert before
    line = aged(database, 5)
    change(database, "UPDATE crawls SET started = finished")
    crawl = Crawl(standin(108).url, database)
    assert check(database) == (
        0,
        [
            f"{database}: {WHOLE}",
            line,
            f"last attempt: began {minute(crawl.report['started'])}, refused: "
            f"{crawl.report['reason']}",
        ],
        "",
    )


def test_a_kill_is_told(standin: Served, database: Path) -> None:
    server = standin(120)
    with started_crawl(server.url, database) as process:
        at_page(server, 2, process.kill)
        process.communicate(timeout=60)
    started = json.loads(Path(f"{database}.crawl.json").read_text())["started"]
    assert check(database) == (
        1,
        [f"last attempt: began {minute(started)}, was killed"],
        f"error: {database}: there is no such file",
    )


@pytest.mark.parametrize(
    "report",
    ["", "[]", '{"outcome": "committed"}', '{"started": 5, "outcome": "failed", "reason": ""}'],
)
def test_a_report_that_is_broken_is_no_error(report: str, database: Path, before: bytes) -> None:
    assert before
    aged(database, 1)
    Path(f"{database}.crawl.json").write_text(report)
    status, lines, said = check(database)
    assert (status, said) == (0, "")
    assert lines[2].startswith(f"{database}.crawl.json is not readable: ")
