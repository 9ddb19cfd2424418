"""Crawls of saved pages, and the day of a crawl."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from standin.problems import problems
from tests.support.crawling import Crawl, Served
from tests.support.databases import rows
from tests.support.pages import NOON, SPOJ, har, har_entry, save_folder, save_har
from tests.support.tools import faked_clock

CRAWLS = "SELECT day, started, finished, source FROM crawls ORDER BY id DESC LIMIT 1"
MINUTE = timedelta(minutes=1)


def crawl(database: Path, pages: Path, *arguments: str) -> Crawl:
    words = [word for argument in (f"pages={pages}", *arguments) for word in ("-a", argument)]
    return Crawl(SPOJ, database, arguments=words)


def readings(*starts: int) -> list[tuple[int, datetime]]:
    """A page a minute, from NOON."""
    return [(start, NOON + n * MINUTE) for n, start in enumerate(starts)]


@pytest.mark.parametrize("theme", ["modern", "old"])
def test_folder_counts_for_the_dates_of_its_files(
    theme: str, standin: Served, database: Path, tmp_path: Path
) -> None:
    server = standin(120, theme=theme)
    result = crawl(database, save_folder(tmp_path / "pages", server, *readings(100, 0, 50)))
    assert result.status == 0, result.log
    assert [row["code"] for row in rows(database)] == [entry.code for entry in problems(120)]
    assert server.requests == []
    assert {row["first_seen"] for row in rows(database)} == {"2026-03-02"}
    assert rows(database, CRAWLS) == [{
        "day": "2026-03-02", "started": "2026-03-02T12:00:00+00:00",
        "finished": "2026-03-02T12:02:00+00:00", "source": "saved pages, not fenced",
    }]  # fmt: skip


def test_har_file_counts_for_its_own_times(standin: Served, database: Path, tmp_path: Path) -> None:
    record = save_har(tmp_path / "list.har", standin(120), *readings(0, 100, 50, 100, 0))
    assert crawl(database, record).status == 0
    assert [row["code"] for row in rows(database)] == [entry.code for entry in problems(120)]
    assert rows(database, CRAWLS) == [{
        "day": "2026-03-02", "started": "2026-03-02T12:00:00+00:00",
        "finished": "2026-03-02T12:04:00+00:00", "source": "browser",
    }]  # fmt: skip


def test_newest_reading_of_a_page_counts(standin: Served, database: Path, tmp_path: Path) -> None:
    """The first and last pages must list the same problems in all readings."""
    entries = problems(120)
    server, other = standin(entries), standin([*entries[:60], *entries[61:]])
    pages = save_folder(tmp_path / "pages", server, *readings(50, 0, 100))
    older = save_folder(tmp_path / "older", other, (50, NOON - MINUTE)) / "0.html"
    older.rename(pages / "older.html")
    assert crawl(database, pages).status == 0
    assert [row["code"] for row in rows(database)] == [entry.code for entry in entries]
    later = save_folder(tmp_path / "later", other, (100, NOON + 9 * MINUTE)) / "0.html"
    later.rename(pages / "later.html")
    before = database.read_bytes()
    refused = "the list shifted during the crawl: start=100 now lists other problems; crawl again"
    assert crawl(database, pages).failed(refused, before)


def test_page_after_a_passed_check(standin: Served, database: Path, tmp_path: Path) -> None:
    check: dict[str, Any] = {"headers": [{"name": "cf-mitigated", "value": "challenge"}]}
    url = f"{SPOJ}/problems/classical/"
    passed = har_entry(f"{url}?__cf_chl_f_tk=x-1.0.1.1-y", standin(7).list_page(0).decode())
    passed["request"]["method"] = "POST"
    (tmp_path / "list.har").write_bytes(har([har_entry(url, "", status=403, **check), passed]))
    assert crawl(database, tmp_path / "list.har").status == 0
    assert len(rows(database)) == 7


def test_translated_names_are_refused(
    standin: Served, database: Path, tmp_path: Path, before: bytes
) -> None:
    """Even if the translator left no marker."""
    entries = [replace(entry, name=f"{entry.name} po polsku") for entry in problems(120)]
    now = datetime.now(UTC)
    pages = save_folder(tmp_path / "pages", standin(entries), (0, now), (50, now), (100, now))
    refused = crawl(database, pages)
    assert "120 of 120 names changed" in refused.error
    assert database.read_bytes() == before
    marked = (pages / "0.html").read_text().replace("<tr>", '<tr _msttexthash="1">')
    (pages / "0.html").write_text(marked)
    assert "0.html: the browser translated it" in crawl(database, pages).error


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            lambda pages: (pages / "1.html").unlink(),
            "1 of 3 pages are missing, the first at start=50", id="middle-missing",
        ),
        pytest.param(
            lambda pages: (pages / "1.html").write_bytes((pages / "1.html").read_bytes()[:9000]),
            "{pages}/1.html: the page is cut off after row 16", id="cut-off",
        ),
        pytest.param(
            lambda pages: pages.rename(pages.with_name("elsewhere")),
            "{pages}: no such folder or .har file", id="no-folder",
        ),
    ],
)  # fmt: skip
def test_unusable_saved_pages(
    change: object, reason: str, standin: Served, database: Path, tmp_path: Path, before: bytes
) -> None:
    pages = save_folder(tmp_path / "pages", standin(120), *readings(0, 50, 100))
    change(pages)  # type: ignore[operator]
    assert crawl(database, pages).failed(reason.format(pages=pages), before)


def test_day_argument(standin: Served, database: Path, tmp_path: Path) -> None:
    """Also allowed for the stand-in."""
    assert Crawl(standin(120).url, database, arguments=["-a", "day=2012-05-08"]).status == 0
    assert rows(database, CRAWLS) == [{
        "day": "2012-05-08", "started": "2012-05-08T00:00:00+00:00",
        "finished": "2012-05-08T00:00:00+00:00", "source": "127.0.0.1",
    }]  # fmt: skip
    days = [(start, NOON - start * timedelta(days=1)) for start in (0, 50, 100)]
    pages = save_folder(tmp_path / "pages", standin(120), *days)
    assert "the pages were saved on two days, " in crawl(database, pages).error
    assert crawl(database, pages, "day=2025-05-31").status == 0
    assert [row["day"] for row in rows(database, CRAWLS)] == ["2025-05-31"]
    assert "before the last crawl (2025-05-31" in crawl(database, pages, "day=2025-05-30").error


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["day=2026-01-01"], "-a day= is for saved pages; spoj.invalid shows today's list"),
        (["pages=.", "day=20250531"], "-a day=20250531 is not a day, YYYY-MM-DD"),
        (["pages=.", "day=yesterday"], "-a day=yesterday is not a day, YYYY-MM-DD"),
        (["page=DIR"], "unknown -a page; use pages= or day="),
    ],
)
def test_wrong_arguments(arguments: list[str], reason: str, database: Path, before: bytes) -> None:
    words = [word for argument in arguments for word in ("-a", argument)]
    assert Crawl("http://spoj.invalid", database, arguments=words).failed(reason, before)


def test_crawl_past_midnight(standin: Served, database: Path, tmp_path: Path) -> None:
    """It belongs to the day it started."""
    clock, environment = faked_clock(tmp_path)
    clock.write_text("@2027-03-01 23:59:00")
    server = standin(120)
    server.on_page = lambda: clock.write_text("@2027-03-02 00:00:30")
    assert Crawl(server.url, database, env=environment).status == 0
    assert {row["first_seen"] for row in rows(database)} == {"2027-03-01"}
    [row] = rows(database, CRAWLS)
    assert (row["day"], row["started"][:16]) == ("2027-03-01", "2027-03-01T23:59")
    assert row["finished"][:16] == "2027-03-02T00:00"


def test_clock_set_back_during_a_crawl(standin: Served, database: Path, tmp_path: Path) -> None:
    clock, environment = faked_clock(tmp_path)
    clock.write_text("@2027-03-02 00:00:30")
    server = standin(120)
    server.on_page = lambda: clock.write_text("@2027-02-01 00:00:00")
    assert Crawl(server.url, database, env=environment).status == 0
    [row] = rows(database, CRAWLS)
    assert row["started"] == row["finished"]
    assert row["day"] == "2027-03-02"
