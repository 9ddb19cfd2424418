"""How fresh the data is, as a real Datasette tells it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest
import yaml  # type: ignore[import-untyped]

from deploy.probe import Freshness
from spojscore_crawler import settings
from tests.support.commits import A, B, crawl
from tests.support.databases import change
from tests.support.projects import ROOT
from tests.support.sites import get, served

PAGES = ["/", "/spojscore", "/spojscore/problems", "/spojscore/problems/P1", "/spojscore/attempts"]


@contextmanager
def aged(database: Path, **ago: float) -> Iterator[str]:
    """Serve `database`, whose last crawl was finished so long ago."""
    finished = datetime.now(UTC) - timedelta(**ago)
    change(database, f"UPDATE crawls SET finished = '{finished.isoformat(timespec='seconds')}'")
    with served(database) as (address, _):
        yield address


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose last crawl is stale."""
    database = tmp_path_factory.mktemp("old") / "old.db"
    crawl(database, 0, A)
    crawl(database, 1, A, B)
    with aged(database, days=3, minutes=1) as site:
        yield site


def said(page: str) -> str:
    """The footer's words on freshness."""
    paragraph = page.split('<p class="freshness">')[1].split("</p>", maxsplit=1)[0]
    return " ".join("".join(ElementTree.fromstring(f"<p>{paragraph}</p>").itertext()).split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_tells_how_old_its_figures_are(path: str, old: str) -> None:
    when = datetime.fromisoformat(json.loads(get(f"{old}/-/freshness.json"))["finished"])
    assert said(get(f"{old}{path}")) == (
        f"Out of date. SPOJ’s list of {when:%Y-%m-%d %H:%M} UTC, 3 days ago. 2 problems. Crawl log"
    )


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("demo", "A demo: SPOJ’s list of 26 August 2025."),
        ("simulated", "Simulated: none of these figures is SPOJ’s."),
    ],
)
def test_what_was_not_read_from_spoj_says_so(source: str, sentence: str, tmp_path: Path) -> None:
    database = tmp_path / "shown.db"
    crawl(database, 0, A)
    crawl(database, 1, A, B)
    change(
        database, f"UPDATE crawls SET finished = '2025-08-26T00:00:00+00:00', source = '{source}'"
    )
    with served(database) as (address, _):
        for path in PAGES:
            assert said(get(f"{address}{path}")) == f"{sentence} 2 problems. Crawl log"


def test_for_programs(old: str) -> None:
    with urlopen(f"{old}/-/freshness.json") as response:
        told = json.load(response)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["CDN-Cache-Control"] is None
    assert told.pop("age_hours") == pytest.approx(72, abs=0.5)
    finished = datetime.now(UTC) - timedelta(days=3, minutes=1)
    assert abs(datetime.fromisoformat(told.pop("finished")) - finished) < timedelta(minutes=1)
    assert told == {"crawl": 2, "problems": 2, "stale": True, "sql": True}


def test_a_badge(old: str) -> None:
    with urlopen(f"{old}/-/freshness.svg") as response:
        assert response.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        badge = ElementTree.fromstring(response.read())
    assert badge.get("aria-label") == "SPOJ crawled 3 days ago, stale"
    texts = [element.text for element in badge.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["SPOJ crawled", "3 days ago, stale"]


def test_a_cdn_may_keep_the_pages(old: str) -> None:
    with urlopen(f"{old}/spojscore/problems") as response:
        assert response.headers["Vary"] is None
        assert response.headers["CDN-Cache-Control"] == (
            "public, s-maxage=1800, stale-while-revalidate=600"
        )
    with pytest.raises(HTTPError) as error:
        urlopen(f"{old}/spojscore?sql=nonsense")
    assert error.value.headers["CDN-Cache-Control"] is None


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        ({"minutes": 3}, "less than an hour ago"),
        ({"hours": 35, "minutes": 50}, "35 hours ago"),
    ],
)
def test_fresh_figures(ago: dict[str, float], words: str, database: Path) -> None:
    crawl(database, 0, A)
    with aged(database, **ago) as site:
        assert f", {words}. 1 problem. Crawl log" in said(get(site))
        assert "stale" not in get(f"{site}/-/freshness.svg")
        assert f" {words.split(maxsplit=1)[0]} " in f" {get(f'{site}/-/freshness.svg')} "
        assert Freshness.of(site).age_hours < 36


def test_a_database_without_a_crawl(database: Path) -> None:
    crawl(database, 0, A)
    change(database, "DELETE FROM crawls")
    with aged(database) as site:
        assert "<h1>spojscore</h1>" in get(site)
        assert 'class="freshness"' not in get(site)
        assert "SPOJ crawled never" in get(f"{site}/-/freshness.svg")
        with pytest.raises(HTTPError) as error:
            urlopen(f"{site}/-/freshness.json")
        assert json.load(error.value) == {"error": "no crawl"}


def test_stale_is_the_same_everywhere() -> None:
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text())
    assert metadata["plugins"]["freshness"]["stale_hours"] == settings.STALE_HOURS
