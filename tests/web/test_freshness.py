"""Freshness of the data, in pages and as JSON."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from spojscore_crawler import settings
from tests.support.commits import MONDAY, A, B, crawl
from tests.support.sites import get_json, get_page, start_site, words
from web.options import VERSION

PAGES = ["/", "/spojscore", "/spojscore/problems", "/spojscore/problems/P1", "/spojscore/attempts"]
FINISHED = datetime(MONDAY.year, MONDAY.month, MONDAY.day + 1, 0, 2, tzinfo=UTC)


@pytest.fixture
def database(database: Path) -> Path:
    crawl(database, 0, A)
    crawl(database, 1, A, B)
    return database


def test_freshness(database: Path) -> None:
    with start_site(database) as site:
        for hours, is_stale in ((0.5, False), (35.8, False), (36.2, True)):
            with time_machine.travel(FINISHED + timedelta(hours=hours), tick=False):
                assert get_json(f"{site}/-/freshness.json") == {
                    "crawl": 2, "problems": 2, "stale": is_stale, "age_hours": hours,
                    "finished": FINISHED.isoformat(), "version": VERSION,
                }  # fmt: skip
        for path in PAGES:
            page = get_page(f"{site}{path}")
            assert page.css("footer span::text")[-1].get() == f"spojscore {VERSION}"
            time = page.css("time.relative")[0]
            assert time.attrib["datetime"] == FINISHED.isoformat()
            # A page is cached, so only a script says how long ago that was.
            assert time.css("::text").get() == "3 Mar, 00:02 UTC"
            assert float(time.attrib["data-stale-hours"]) == settings.STALE_HOURS


def test_demo_data_is_marked(database: Path) -> None:
    notice = "Demo data: SPOJ’s list of 3 March 2026."
    with start_site(database, "UPDATE crawls SET source = 'demo'") as site:
        assert all(notice in words(get_page(f"{site}{path}")) for path in PAGES)
