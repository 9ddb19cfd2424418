"""Freshness of the data, in pages and as JSON."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from parsel import Selector

from spojscore_crawler import settings
from tests.support.commits import A, B, crawl
from tests.support.databases import change
from tests.support.projects import ROOT
from tests.support.sites import get, served, words
from web.options import VERSION

PAGES = ["/", "/spojscore", "/spojscore/problems", "/spojscore/problems/P1", "/spojscore/attempts"]


def set_age(database: Path, **age: float) -> datetime:
    """Backdate the last crawl and return when it finished."""
    finished = datetime.now(UTC) - timedelta(**age)
    change(database, f"UPDATE crawls SET finished = '{finished.isoformat(timespec='seconds')}'")
    return finished.replace(microsecond=0)


def freshness(site: str) -> dict[str, Any]:
    response: dict[str, Any] = json.loads(get(f"{site}/-/freshness.json"))
    return response


@pytest.mark.parametrize(
    ("age", "is_stale"),
    [
        pytest.param({"minutes": 3}, False, id="fresh"),
        pytest.param({"hours": 35, "minutes": 50}, False, id="almost-stale"),
        pytest.param({"days": 3, "minutes": 1}, True, id="stale"),
    ],
)
def test_freshness(age: dict[str, float], is_stale: bool, database: Path) -> None:
    crawl(database, 0, A)
    crawl(database, 1, A, B)
    finished = set_age(database, **age)
    with served(database) as (site, _):
        facts = freshness(site)
        hours = timedelta(**age) / timedelta(hours=1)
        assert facts.pop("age_hours") == pytest.approx(hours, abs=0.5)
        assert datetime.fromisoformat(facts.pop("finished")) == finished
        assert facts == {"crawl": 2, "problems": 2, "stale": is_stale, "version": VERSION}
        for path in PAGES:
            page = Selector(get(f"{site}{path}"))
            assert page.css("footer span::text")[-1].get() == f"spojscore {VERSION}"
            when = page.css("time.relative")[0]
            assert datetime.fromisoformat(when.attrib["datetime"]) == finished
            # A page is cached, so only a script says how long ago that was.
            assert f"{finished:%H:%M} UTC" in (when.css("::text").get() or "")
            assert float(when.attrib["data-stale-hours"]) == settings.STALE_HOURS


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        pytest.param("demo", "Demo data: SPOJ’s list of 26 August 2025.", id="demo"),
        pytest.param("simulated", "Simulated data", id="simulated"),
    ],
)
def test_other_data_is_marked(source: str, sentence: str, database: Path) -> None:
    crawl(database, 0, A)
    change(
        database, f"UPDATE crawls SET finished = '2025-08-26T00:00:00+00:00', source = '{source}'"
    )
    with served(database) as (site, _):
        assert all(sentence in words(get(f"{site}{path}")) for path in PAGES)


def test_stale_hours_are_the_crawlers() -> None:
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text())
    assert metadata["plugins"]["freshness"]["stale_hours"] == settings.STALE_HOURS
