"""A year of daily publications, one in ten of which fails somewhere: no crawled day is lost."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

from bench.ten_years import FIRST_DAY, first_world
from deploy.archive import Folder, keep
from deploy.build import copy_database
from deploy.bundle import STATIC_DATABASE
from deploy.probe import probe
from deploy.publish import STEPS
from deploy.pull import pull
from deploy.site import Site
from deploy.toolchain import PublishError
from spojscore_crawler import database as db
from spojscore_crawler.pipelines.score import ScorePipeline
from tests.support.databases import rows
from tests.support.published import Site as PublicSite
from tests.support.queries import ask

DAYS = 365


class Publisher:
    """Publishes a list that lives on; `crawled` is what it committed, users by code, by day."""

    def __init__(self, public: PublicSite, database: Path, folder: Path) -> None:
        self.public, self.database = public, database
        self.archive, self.bundle = folder / "archive", folder / "vercel"
        self.archive.mkdir()
        self.published = self.bundle / STATIC_DATABASE
        self.published.parent.mkdir(parents=True)
        self.world, self.score = first_world(seed=1, count=60), ScorePipeline()
        self.now = datetime.combine(FIRST_DAY, time(), UTC)
        public.now = lambda: self.now + timedelta(hours=1)
        self.crawled: dict[str, dict[str, int]] = {}
        self.steps: dict[str, Callable[[], object]] = {
            "pull": self.pull,
            "crawl": self.crawl,
            "check": lambda: db.state(database),
            "archive": lambda: keep(database, Folder(self.archive)),
            "build": self.build,
            "verify": lambda: None,
            "deploy": lambda: public.publish(self.published),
            "probe": lambda: probe(Site(public.url), self.bundle, wait=0),
        }
        assert tuple(self.steps) == STEPS

    def pull(self) -> None:
        pull(self.database, self.public.url, str(self.archive), first=not self.crawled)

    def crawl(self) -> None:
        items = [self.score.process_item(item) for _, item in sorted(self.world.listed.items())]
        crawl = db.Crawl(self.now, self.now + timedelta(minutes=2), 2)
        db.commit(self.database, items, crawl)
        self.crawled[f"{self.now:%Y-%m-%d}"] = {item.code: item.users for item in items}

    def build(self) -> None:
        self.published.unlink(missing_ok=True)
        copy_database(self.database, self.published)

    def publish(self, fails: str | None, *, late: bool) -> None:
        """Up to the step that `fails`, which may have done its work all the same (`late`)."""
        for step in STEPS:
            if step == fails and not late:
                return
            self.steps[step]()
            if step == fails:
                return


def test_a_year(public_site: PublicSite, database: Path, tmp_path: Path) -> None:
    random, publisher = Random(2026), Publisher(public_site, database, tmp_path)
    ends: Counter[str | None] = Counter()
    for _ in range(DAYS):
        publisher.world.live()
        fails = random.choice(STEPS) if random.random() < 0.1 else None
        public_site.status = 503 if random.random() < 0.05 else 0
        try:
            publisher.publish(fails, late=random.random() < 0.5)
        except PublishError:
            fails = "probe"  # the site did not answer
        ends[fails] += 1
        # A machine whose crawl is archived may vanish.
        archived = fails is None or STEPS.index(fails) > STEPS.index("archive")
        if archived and random.random() < 0.5:
            database.unlink()
        publisher.now += timedelta(days=1)
    assert set(ends) == {None, *STEPS}
    public_site.status = 0
    publisher.pull()
    days = [row["day"] for row in rows(database, "SELECT day FROM crawls")]
    assert days == list(publisher.crawled)
    for day, listed in publisher.crawled.items():
        assert {row["code"]: row["users"] for row in ask(database, "on_day", day=day)} == listed
