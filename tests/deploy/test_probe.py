"""Is the public site fresh, and is it the crawl that was deployed?"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from deploy import probe as module
from deploy.bundle import STATIC_DATABASE
from deploy.probe import probe
from deploy.site import Site
from deploy.toolchain import PublishError
from tests.support.commits import A, B, crawl
from tests.support.projects import copy_of_the_project, make
from tests.support.published import Site as PublicSite

NOON = datetime.combine(datetime.now(UTC).date(), time(12), UTC)  # whatever the hour is
TODAY = (NOON.date() - date(2026, 3, 2)).days  # days after test_history's Monday


@pytest.fixture
def published(public_site: PublicSite, tmp_path: Path) -> Site:
    """A site that shows yesterday's crawl, at noon."""
    public_site.now = lambda: NOON
    database = tmp_path / "published.db"
    crawl(database, TODAY - 1, A, B)
    public_site.publish(database)
    return Site(public_site.url)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with today's crawl."""
    database = tmp_path / "vercel" / STATIC_DATABASE
    database.parent.mkdir(parents=True)
    crawl(database, TODAY - 1, A, B)
    crawl(database, TODAY, A, B)
    return tmp_path / "vercel"


def minute(days: int) -> str:
    day = datetime.combine(NOON.date() + timedelta(days=days), time(0, 2))
    return f"{day:%Y-%m-%d %H:%M} UTC"


def test_a_site_that_shows_the_old_crawl(published: Site, bundle: Path) -> None:
    with pytest.raises(PublishError) as error:
        probe(published, bundle, wait=0)
    assert str(error.value) == (
        f"{published.url} shows the crawl of {minute(-1)}, not that of {minute(0)}, 0 s after it "
        "was deployed; the old one may still be served"
    )


def test_a_site_that_is_asked_until_it_shows_the_new_one(
    public_site: PublicSite, published: Site, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    asked: list[str] = []

    def deploy_after_three(path: str) -> None:
        asked.append(path)
        if len(asked) == 3:
            public_site.publish(bundle / STATIC_DATABASE)

    public_site.on_get = deploy_after_three
    assert probe(published, bundle, wait=60).startswith(
        f"{published.url}: crawl 2, finished {minute(0)}, "
    )
    assert asked == ["/-/freshness.json"] * 3


def test_a_site_that_does_not_answer_is_asked_again(
    public_site: PublicSite, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.01)
    public_site.status = 503
    site = Site(public_site.url)
    with pytest.raises(PublishError, match=r"answers 503, not that of .* 0 s after it was"):
        probe(site, bundle, wait=0.1)
    with pytest.raises(PublishError, match=r"/-/freshness\.json answers 503$"):
        probe(site)


def test_a_monitor(public_site: PublicSite, published: Site, tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path)
    done = make(project, "probe", SITE_URL=f"{published.url}/")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith(
        f"{published.url}: crawl 1, finished {minute(-1)}, "
    )
    old = tmp_path / "old.db"
    crawl(old, TODAY - 3, A)
    public_site.publish(old)
    done = make(project, "probe", SITE_URL=published.url)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: stale: {published.url}: crawl 1, finished {minute(-3)}")
    done = make(project, "probe")
    assert done.stderr.startswith("error: SITE_URL is '', not the site's address, https://…\n")


@pytest.mark.parametrize("answer", ["[]", "{}", "<html>", '{"crawl": 1, "finished": "x"}'])
def test_what_is_no_freshness(answer: str, public_site: PublicSite) -> None:
    public_site.freshness = answer.encode  # type: ignore[method-assign]
    with pytest.raises(PublishError, match="does not tell of a crawl"):
        probe(Site(public_site.url))
