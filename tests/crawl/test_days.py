"""Pages of days past: which day they count for, and when that makes no sense."""

import json
import os
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from spojscore_crawler.check import last_attempt
from spojscore_crawler.store.state import state
from standin.problems import problems
from standin.server import StandIn
from tests.support.crawling import Crawl, Served
from tests.support.databases import rows

DAY = "SELECT day, started, finished, source FROM crawls ORDER BY id DESC LIMIT 1"
LIST = "/problems/classical/sort=0,start="
SPOJ = "https://www.spoj.com"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def folder(place: Path, server: StandIn, *times: datetime) -> Path:
    """The three pages of a list, saved at these times."""
    place.mkdir()
    for number, time in enumerate(times):
        file = place / f"{number}.html"
        file.write_bytes(server.list_page(50 * number))
        os.utime(file, (time.timestamp(), time.timestamp()))
    return place


def har(place: Path, server: StandIn, *readings: tuple[int, datetime]) -> Path:
    """A browser's record of pages, by their start=, each with the moment in which it was read."""
    entries = [
        {
            "startedDateTime": moment.isoformat(),
            "request": {"url": f"{SPOJ}{LIST}{start}", "headers": []},
            "response": {
                "status": 200, "headers": [],
                "content": {"text": server.list_page(start).decode()},
            },
        }
        for start, moment in readings
    ]  # fmt: skip
    place.write_text(json.dumps({"log": {"entries": entries}}))
    return place


def crawl(database: Path, pages: Path, *arguments: str) -> Crawl:
    words = [word for argument in (f"pages={pages}", *arguments) for word in ("-a", argument)]
    return Crawl(SPOJ, database, arguments=words)


def test_saved_pages_count_by_their_files_dates(
    standin: Served, database: Path, tmp_path: Path
) -> None:
    minutes = [NOON + timedelta(minutes=n) for n in range(3)]
    assert crawl(database, folder(tmp_path / "pages", standin(120), *minutes)).status == 0
    assert rows(database, DAY) == [{
        "day": "2026-03-02", "started": "2026-03-02T12:00:00+00:00",
        "finished": "2026-03-02T12:02:00+00:00", "source": "saved pages, not fenced",
    }]  # fmt: skip
    assert {row["first_seen"] for row in rows(database)} == {"2026-03-02"}
    assert last_attempt(database, state(database)) == []


def test_a_har_file_counts_by_its_own_times(
    standin: Served, database: Path, tmp_path: Path
) -> None:
    starts = (0, 100, 50, 100, 0)
    readings = [(start, NOON + timedelta(minutes=n)) for n, start in enumerate(starts)]
    record = har(tmp_path / "list.har", standin(120), *readings)
    assert crawl(database, record).status == 0
    assert [row["code"] for row in rows(database)] == [entry.code for entry in problems(120)]
    assert rows(database, DAY) == [{
        "day": "2026-03-02", "started": "2026-03-02T12:00:00+00:00",
        "finished": "2026-03-02T12:04:00+00:00", "source": "browser",
    }]  # fmt: skip


def test_of_a_page_that_was_read_twice_the_newer_counts(
    standin: Served, database: Path, tmp_path: Path
) -> None:
    """But both readings of the first and the last page are the fence."""
    entries = problems(120)
    full, shifted = standin(entries), standin([*entries[:60], *entries[61:]])
    readings = [(start, NOON + timedelta(minutes=n)) for n, start in enumerate((0, 100, 50))]
    record = har(tmp_path / "list.har", full, *readings)
    older = har(tmp_path / "older.har", shifted, (50, NOON - timedelta(minutes=9)))
    later = har(tmp_path / "later.har", shifted, (100, NOON + timedelta(minutes=9)))

    def join(*parts: Path) -> Path:
        logs = [json.loads(part.read_text())["log"]["entries"] for part in parts]
        joined = tmp_path / "joined.har"
        joined.write_text(json.dumps({"log": {"entries": [*chain(*logs)]}}))
        return joined

    assert crawl(database, join(record, older)).status == 0
    assert [row["code"] for row in rows(database)] == [entry.code for entry in entries]
    refused = crawl(database, join(record, later))
    assert refused.status == 1
    assert refused.report["findings"]["shifted"] == (
        "the list shifted while it was read: start=100 names other problems now"
    )


def test_a_day_that_is_given(standin: Served, database: Path, tmp_path: Path) -> None:
    """Also for a server on this machine."""
    assert Crawl(standin(120).url, database, arguments=["-a", "day=2012-05-08"]).status == 0
    assert rows(database, DAY) == [{
        "day": "2012-05-08", "started": "2012-05-08T00:00:00+00:00",
        "finished": "2012-05-08T00:00:00+00:00", "source": "127.0.0.1",
    }]  # fmt: skip
    pages = folder(tmp_path / "pages", standin(120), NOON, NOON - timedelta(days=3), NOON)
    assert crawl(database, pages, "day=2025-05-31").status == 0
    assert [row["day"] for row in rows(database, DAY)] == ["2025-05-31"]


@pytest.mark.parametrize(
    ("times", "day", "reason"),
    [
        ([NOON, NOON, NOON - timedelta(days=1)], None,
         "the pages are of two days, 2026-03-01 and 2026-03-02; -a day= says which one counts"),
        ([NOON] * 3, "20250531", "-a day=20250531 is not a day, YYYY-MM-DD"),
        ([NOON] * 3, "yesterday", "-a day=yesterday is not a day, YYYY-MM-DD"),
        ([NOON] * 3, "2012-05-08",
         "the pages are of 2012-05-08 00:00 UTC, before the last crawl's, 2012-05-09 00:00 UTC"),
    ],
)  # fmt: skip
def test_days_that_make_no_sense(
    times: list[datetime], day: str | None, reason: str, standin: Served, database: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    server = standin(120)
    assert Crawl(server.url, database, arguments=["-a", "day=2012-05-09"]).status == 0
    before = database.read_bytes()
    pages = folder(tmp_path / "pages", server, *times)
    refused = crawl(database, pages, *([f"day={day}"] if day else []))
    assert refused.failed(reason, before)


def test_a_day_in_the_future(standin: Served, database: Path, before: bytes) -> None:
    refused = Crawl(standin(120).url, database, arguments=["-a", "day=2999-01-01"])
    assert refused.error.startswith("error: the pages are of 2999-01-01 00:00 UTC, but by this ")
    assert refused.failed(refused.report["reason"], before)


def test_a_day_is_not_for_the_site(database: Path, before: bytes) -> None:
    refused = Crawl("http://spoj.invalid", database, arguments=["-a", "day=2026-01-01"])
    reason = "-a day=2026-01-01 is for saved pages; spoj.invalid is read now"
    assert refused.failed(reason, before)


def test_a_har_file_that_is_none(database: Path, tmp_path: Path, before: bytes) -> None:
    record = tmp_path / "list.har"
    record.write_text("{}")
    assert crawl(database, record).failed(f"{record}: not a HAR file (KeyError: 'log')", before)
