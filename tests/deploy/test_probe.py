"""Is the public site fresh, and is it the crawl that was deployed?"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from deploy import probe as probing
from deploy.bundle import STATIC_DATABASE
from deploy.probe import await_deployed, probe
from deploy.toolchain import PublishError
from tests.support.commits import A, B, crawl
from tests.support.projects import copy_of_the_project, make
from tests.support.published import Site

NOON = datetime.combine(datetime.now(UTC).date(), time(12), UTC)  # whatever the hour is
TODAY = (NOON.date() - date(2026, 3, 2)).days  # days after the commits' Monday


@pytest.fixture
def site(public_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site that shows yesterday's crawl, at noon."""
    monkeypatch.setenv("SITE_URL", public_site.url)
    monkeypatch.setattr(probing, "WAIT", 0)
    monkeypatch.setattr(probing, "PAUSE", 0.01)
    public_site.now = lambda: NOON
    database = tmp_path / "published.db"
    crawl(database, TODAY - 1, A, B)
    public_site.publish(database)
    return public_site


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle with today's crawl."""
    database = tmp_path / "vercel" / STATIC_DATABASE
    database.parent.mkdir(parents=True)
    crawl(database, TODAY - 1, A, B)
    crawl(database, TODAY, A, B)
    monkeypatch.setattr(probing, "BUNDLE", tmp_path / "vercel")
    return tmp_path / "vercel"


def minute(days: int) -> str:
    day = datetime.combine(NOON.date() + timedelta(days=days), time(0, 2))
    return f"{day:%Y-%m-%d %H:%M} UTC"


@pytest.mark.usefixtures("bundle")
def test_a_site_that_shows_the_old_crawl(site: Site) -> None:
    with pytest.raises(PublishError) as error:
        await_deployed(Path())
    assert str(error.value) == (
        f"{site.url} shows the crawl of {minute(-1)}, not that of {minute(0)}, after 0 s"
    )


def test_a_site_that_is_asked_until_it_shows_the_new_one(
    site: Site, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "WAIT", 60)
    asked: list[str] = []

    def deploy_after_three(path: str) -> None:
        asked.append(path)
        if len(asked) == 3:
            site.publish(bundle / STATIC_DATABASE)

    site.on_get = deploy_after_three
    assert await_deployed(Path()).startswith(f"{site.url}: crawl 2, finished {minute(0)}, ")
    assert asked == ["/-/freshness.json"] * 3


@pytest.mark.usefixtures("bundle")
def test_a_site_that_does_not_answer_is_asked_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "WAIT", 0.1)
    site.status = 503
    with pytest.raises(PublishError, match=r"answers 503, not that of .*, after 0 s"):
        await_deployed(Path())
    with pytest.raises(PublishError, match=r"/-/freshness\.json answers 503$"):
        probe(Path())


def test_a_monitor(site: Site, tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path)
    done = make(project, "probe", SITE_URL=f"{site.url}/")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith(f"{site.url}: crawl 1, finished {minute(-1)}, ")
    old = tmp_path / "old.db"
    crawl(old, TODAY - 3, A)
    site.publish(old)
    done = make(project, "probe")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: stale: {site.url}: crawl 1, finished {minute(-3)}")
    done = make(project, "probe", SITE_URL="")
    assert done.stderr.startswith("error: SITE_URL is '', not the site's address, https://…\n")


def test_a_crawl_from_the_future(site: Site) -> None:
    site.now = lambda: NOON - timedelta(days=2)
    with pytest.raises(PublishError, match=r"^from the future, so a clock is wrong here, there or"):
        probe(Path())


@pytest.mark.parametrize("answer", ["[]", "{}", "<html>", '{"crawl": 1, "finished": "x"}'])
def test_what_is_no_freshness(answer: str, site: Site) -> None:
    site.freshness = answer.encode  # type: ignore[method-assign]
    with pytest.raises(PublishError, match="does not tell of a crawl"):
        probe(Path())
