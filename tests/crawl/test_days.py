"""Crawls of saved pages, and the day of a crawl."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from scrapy.utils.test import get_crawler

from spojscore_crawler import gate
from spojscore_crawler.items import Page
from spojscore_crawler.pipelines.database import NOT_RECHECKED, DatabasePipeline
from spojscore_crawler.pipelines.score import add_scores
from standin.problems import problems
from tests.support.crawling import Crawl, Factory
from tests.support.databases import rows
from tests.support.pages import NOON, SPOJ, save_folder

MINUTE = timedelta(minutes=1)


def crawl(database: Path, pages: Path, *arguments: str) -> Crawl:
    words = [word for argument in (f"pages={pages}", *arguments) for word in ("-a", argument)]
    return Crawl(SPOJ, database, arguments=words)


def last_crawl(database: Path) -> list[str]:
    """When the last crawl started and finished, and its source."""
    *_, row = rows(database, "SELECT started, finished, source FROM crawls ORDER BY id")
    return [*row.values()]


def readings(*starts: int) -> list[tuple[int, datetime]]:
    """A page a minute, from NOON."""
    return [(start, NOON + n * MINUTE) for n, start in enumerate(starts)]


def test_folder(standin: Factory, database: Path, tmp_path: Path) -> None:
    """The dates of the files count."""
    pages = save_folder(tmp_path / "pages", standin(120, theme="old"), *readings(100, 0, 50))
    result = crawl(database, pages)
    assert result.status == 0, result.log
    assert [row["code"] for row in rows(database)] == [entry.code for entry in problems(120)]
    assert {row["first_seen"] for row in rows(database)} == {"2026-03-02"}
    source = f"saved pages{NOT_RECHECKED}"
    assert last_crawl(database) == [
        "2026-03-02T12:00:00+00:00",
        "2026-03-02T12:02:00+00:00",
        source,
    ]


def test_newest_reading_of_page_counts(standin: Factory, database: Path, tmp_path: Path) -> None:
    """The first and last pages must list the same problems in all readings."""
    entries = problems(120)
    server, other_server = standin(entries), standin([*entries[:60], *entries[61:]])
    pages = save_folder(tmp_path / "pages", server, *readings(50, 0, 100))
    save_folder(pages, other_server, (50, NOON - MINUTE))
    assert crawl(database, pages).status == 0
    assert [row["code"] for row in rows(database)] == [entry.code for entry in entries]
    save_folder(pages, other_server, (100, NOON + 9 * MINUTE))
    assert "start=100 now lists different problems" in crawl(database, pages).last_line


def test_cut_page(standin: Factory, database: Path, tmp_path: Path, snapshot: bytes) -> None:
    pages = save_folder(tmp_path / "pages", standin(120), *readings(0, 50, 100))
    page = pages / "50-1201.html"
    page.write_bytes(page.read_bytes().partition(b"</tbody>")[0])
    crawl(database, pages).assert_failed(f"{page}: the page is cut off after row 50", snapshot)


def test_day_argument(standin: Factory, database: Path, tmp_path: Path) -> None:
    """Also allowed for the stand-in."""
    server = standin(120)
    assert Crawl(server.url, database, arguments=["-a", "day=2012-05-08"]).status == 0
    midnight = "2012-05-08T00:00:00+00:00"
    assert last_crawl(database) == [midnight, midnight, "127.0.0.1"]
    days = [(start, NOON - start * timedelta(days=1)) for start in (0, 50, 100)]
    pages = save_folder(tmp_path / "pages", server, *days)
    assert "the pages were saved on two days, " in crawl(database, pages).last_line
    assert crawl(database, pages, "day=2025-05-31").status == 0
    assert last_crawl(database)[0] == "2025-05-31T00:00:00+00:00"


@pytest.mark.parametrize(
    ("end", "finished"),
    [
        pytest.param("2027-03-02T00:00:30+00:00", "2027-03-02T00:00:30+00:00", id="past-midnight"),
        pytest.param("2027-02-01T00:00:00+00:00", "2027-03-01T23:59:00+00:00", id="clock-set-back"),
    ],
)
def test_crawl_belongs_to_the_day_it_started(end: str, finished: str, database: Path) -> None:
    started = "2027-03-01T23:59:00+00:00"
    entry = problems(1)[0]
    add_scores(entry)
    settings = {"SPOJSCORE_DB": str(database), "SOURCE": "", "GATE": ""}
    limits = dict.fromkeys(gate.LIMITS, 0)
    with time_machine.travel(datetime.fromisoformat(started), tick=False) as clock:
        pipeline = DatabasePipeline.from_crawler(get_crawler(None, settings | limits))
        pipeline.open_spider()
        pipeline.pages = [Page(0, 0, ((entry.id, entry.code),), source="spoj.test")] * 2
        pipeline.process_item(entry)
        clock.move_to(datetime.fromisoformat(end))
        pipeline.spider_closed("finished")
    assert last_crawl(database)[:2] == [started, finished]
    assert [row["first_seen"] for row in rows(database)] == ["2027-03-01"]
