"""`deploy` and `probe` with a fake target."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from deploy import deploy as module
from deploy import target as target_module
from deploy.build import ADDRESS, STAMP, digest
from deploy.deploy import deploy, probe, variables
from deploy.process import PublishError
from deploy.pull import pull
from deploy.target import static_database
from spojscore_crawler.store.files import StoreError
from tests.support.commits import MONDAY, A, B, crawl
from tests.support.databases import change, rows
from tests.support.published import Site
from tests.support.vercel_api import SECRETS

BUNDLE = Path("build", "vercel")
DATABASE = static_database(BUNDLE)
# Days from the commits' Monday to an hour ago.
TODAY = (datetime.now(UTC) - datetime.combine(MONDAY, time(1), UTC)) / timedelta(days=1)


@pytest.fixture(autouse=True)
def bundle(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verified bundle with today's crawl, and a site that shows yesterday's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.01)
    monkeypatch.setenv("PROBE_SECONDS", "0")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    DATABASE.parent.mkdir(parents=True)
    crawl(DATABASE, TODAY - 1, A, B)
    site.publish(DATABASE)
    crawl(DATABASE, TODAY, A, B)
    STAMP.write_text(digest())


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The bundles that the target was given."""
    bundles: list[Path] = []

    def fake(bundle: Path) -> str:
        bundles.append(bundle)
        return "https://spojscore-1.example"

    monkeypatch.setattr(target_module, "deploy", fake)
    return bundles


def test_deployment_leaves_address(target: list[Path]) -> None:
    assert "https://spojscore-1.example" in deploy(Path())
    assert target == [BUNDLE]
    assert ADDRESS.read_text() == "https://spojscore-1.example"
    deploy(Path())  # the address does not change the digest


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(STAMP.unlink, id="not-verified"),
        pytest.param(lambda: (BUNDLE / "new.py").write_text("1"), id="new-file"),
        pytest.param(lambda: crawl(DATABASE, TODAY + 0.001, A), id="other-database"),
    ],
)
def test_deploy_refuses_unverified_bundle(spoil, target: list[Path]) -> None:  # type: ignore[no-untyped-def]
    spoil()
    with pytest.raises(PublishError, match="was not verified, or has changed"):
        deploy(Path())
    assert target == []


@pytest.mark.parametrize("source", ["demo", "simulated"])
def test_deploy_refuses_synthetic_database(source: str, target: list[Path]) -> None:
    change(DATABASE, f"UPDATE crawls SET source = '{source}' WHERE id = 1")
    STAMP.write_text(digest())
    with pytest.raises((PublishError, StoreError), match=f"'{source}'"):
        deploy(Path())
    assert target == []


@pytest.mark.parametrize("name", [*SECRETS, "SITE_URL"])
def test_deploy_names_missing_variable(
    name: str, target: list[Path], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv(name, "")
    for step in (variables, deploy):
        with pytest.raises(PublishError, match=f"^set {name} to deploy"):
            step(Path())
        assert capsys.readouterr().err.startswith(f"{name}: ")
    assert target == []


def test_failed_deployment_says_what_is_live(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> str:
        raise PublishError("the target's reason")

    monkeypatch.setattr(target_module, "deploy", fail)
    ADDRESS.write_text("https://spojscore-0.example")
    STAMP.write_text(digest())
    with pytest.raises(PublishError) as raised:
        deploy(Path())
    assert str(raised.value).startswith(f"the target's reason; {site.url} shows crawl 1, ")
    assert not ADDRESS.exists()


def test_probe_waits_for_deployed_crawl(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ADDRESS.write_text("https://spojscore-1.example")
    with pytest.raises(PublishError) as raised:
        probe(Path())
    assert str(raised.value).startswith(f"{site.url} shows crawl 1, ")
    assert str(raised.value).endswith(
        "crawl 2 is not public after 0 s, see https://spojscore-1.example"
    )
    monkeypatch.setenv("PROBE_SECONDS", "60")
    requests: list[str] = []

    def answer(path: str) -> None:
        requests.append(path)
        site.status = 503 if len(requests) == 1 else 0
        if len(requests) == 3:
            site.publish(DATABASE)

    site.on_get = answer
    assert probe(Path()).startswith(f"{site.url} shows crawl 2, ")
    assert requests == ["/-/freshness.json"] * 3


def test_probe_without_deployment_asks_once(site: Site) -> None:
    requests: list[str] = []
    site.on_get = requests.append
    assert probe(Path()).startswith(f"{site.url} shows crawl 1, ")
    site.status = 503
    with pytest.raises(PublishError, match=r"/-/freshness\.json returned 503$"):
        probe(Path())
    assert len(requests) == 2


@pytest.mark.parametrize("days", [pytest.param(-3, id="stale"), pytest.param(2, id="future")])
def test_probe_refuses_wrong_age(days: int, site: Site, tmp_path: Path) -> None:
    crawl(tmp_path / "other.db", TODAY + days, A)
    site.publish(tmp_path / "other.db")
    with pytest.raises(
        PublishError, match=f"^the data is stale or dated in the future: {site.url} shows crawl 1"
    ):
        probe(Path())


@pytest.mark.parametrize("answer", ["[]", "<html>", '{"crawl": 1, "finished": "x"}'])
def test_probe_refuses_other_site(answer: str, site: Site) -> None:
    site.freshness = answer.encode  # type: ignore[method-assign]
    with pytest.raises(PublishError, match="shows no crawl"):
        probe(Path())


def test_stateless_machines_publish_daily(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each day starts with what the day before published; only a failed day is lost."""

    def publish(bundle: Path) -> str:
        site.publish(static_database(bundle))
        return "https://spojscore.example"

    monkeypatch.setattr(target_module, "deploy", publish)
    monkeypatch.setenv("FIRST", "1")
    (site.folder / "spojscore.db").unlink()
    database = tmp_path / "spojscore.db"
    published = []
    for number in range(13):
        day = TODAY - 12 + number
        pull(database)
        crawl(database, day, A, B)
        DATABASE.write_bytes(database.read_bytes())
        if number % 4:
            STAMP.write_text(digest())
            deploy(Path())
            published.append(day)
        else:
            with pytest.raises(PublishError):
                deploy(Path())
        database.unlink()
    pull(database)
    crawls = rows(database, "SELECT day FROM crawls ORDER BY id")
    assert [row["day"] for row in crawls] == [
        str(MONDAY + timedelta(days=day)) for day in published
    ]
