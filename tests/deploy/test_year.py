"""A year of daily publications, one in ten of which fails somewhere: no crawled day is lost."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from deploy import probe
from deploy.archive import archive
from deploy.bundle import STATIC_DATABASE
from deploy.publish import STEPS
from deploy.pull import pull
from deploy.toolchain import PublishError
from spojscore_crawler.pipelines.score import ScorePipeline
from spojscore_crawler.store import files
from spojscore_crawler.store.commit import Crawl, commit
from spojscore_crawler.store.state import state
from tests.support.databases import rows
from tests.support.published import Site
from tests.support.queries import ask
from tests.support.world import first_world

FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 365


class Publisher:
    """Publishes a list that lives on; `crawled` is what it committed, users by code, by day."""

    def __init__(self, public: Site, database: Path, folder: Path) -> None:
        self.public, self.database = public, database
        self.published = folder / STATIC_DATABASE
        self.published.parent.mkdir(parents=True)
        self.world, self.score = first_world(seed=1, count=60), ScorePipeline()
        self.now = FIRST_DAY
        public.now = lambda: self.now + timedelta(hours=1)
        self.crawled: dict[str, dict[str, int]] = {}
        self.steps: dict[str, Callable[[], object]] = {
            "pull": lambda: pull(database),
            "crawl": self.crawl,
            "check": lambda: state(database),
            "archive": lambda: archive(database),
            "build": self.build,
            "verify": lambda: None,
            "deploy": lambda: public.publish(self.published),
            "probe": lambda: probe.await_deployed(database),
        }
        assert list(self.steps) == list(STEPS)

    def crawl(self) -> None:
        items = [item for _, item in sorted(self.world.listed.items())]
        for item in items:
            self.score.process_item(item)
        crawl = Crawl(self.now, self.now + timedelta(minutes=2), 2, "www.spoj.com")
        commit(self.database, items, crawl)
        self.crawled[f"{self.now:%Y-%m-%d}"] = {item.code: item.users for item in items}

    def build(self) -> None:
        self.published.unlink(missing_ok=True)
        files.copy(self.database, self.published)

    def publish(self, fails: str | None, *, late: bool) -> None:
        """Up to the step that `fails`, which may have done its work all the same (`late`)."""
        for step in STEPS:
            if step == fails and not late:
                return
            self.steps[step]()
            if step == fails:
                return


def test_a_year(
    public_site: Site, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "archive").mkdir()
    monkeypatch.setenv("ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("SITE_URL", public_site.url)
    monkeypatch.setenv("FIRST", "1")
    monkeypatch.setattr(probe, "BUNDLE", tmp_path)
    monkeypatch.setattr(probe, "WAIT", 0)
    random, publisher = Random(2026), Publisher(public_site, database, tmp_path)
    ends: Counter[str | None] = Counter()
    for _ in range(DAYS):
        publisher.world.live()
        fails = random.choice(list(STEPS)) if random.random() < 0.1 else None
        public_site.status = 503 if random.random() < 0.05 else 0
        try:
            publisher.publish(fails, late=random.random() < 0.5)
        except PublishError:
            fails = "probe"  # the site did not answer
        ends[fails] += 1
        # A machine whose crawl is archived may vanish.
        archived = fails is None or list(STEPS).index(fails) > list(STEPS).index("archive")
        if archived and random.random() < 0.5:
            database.unlink()
        publisher.now += timedelta(days=1)
    assert set(ends) == {None, *STEPS}
    public_site.status = 0
    pull(database)
    days = [row["day"] for row in rows(database, "SELECT day FROM crawls")]
    assert days == list(publisher.crawled)
    for day, listed in publisher.crawled.items():
        assert {row["code"]: row["users"] for row in ask(database, "on_day", day=day)} == listed
