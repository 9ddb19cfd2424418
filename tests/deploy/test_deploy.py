"""`deploy` and `probe` with a fake target."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from pytest_httpserver import HTTPServer

from deploy import deploy as module
from deploy import target
from deploy.build import BUNDLE, STAMP_FILE, URL_FILE, hash_bundle
from deploy.deploy import deploy, probe, variables
from deploy.process import PublishError
from deploy.target import static_database
from tests.support.commits import A, B, crawl
from tests.support.databases import change
from tests.support.public_site import FRESHNESS, publish
from tests.support.vercel_api import SECRETS

DATABASE = static_database(BUNDLE)
URL = "https://spojscore-1.example"
# Days from the commits' Monday to an hour ago.
TODAY = (datetime.now(UTC) - datetime(2026, 3, 2, 1, tzinfo=UTC)) / timedelta(days=1)


@pytest.fixture(autouse=True)
def site_url(site: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a site that shows yesterday's crawl; a verified bundle has today's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.01)
    for name, value in {**SECRETS, "PROBE_SECONDS": "0"}.items():
        monkeypatch.setenv(name, value)
    DATABASE.parent.mkdir(parents=True)
    crawl(DATABASE, TODAY - 1, A, B)
    publish(site, DATABASE)
    crawl(DATABASE, TODAY, A, B)
    STAMP_FILE.write_text(hash_bundle())
    return site.url_for("").rstrip("/")


@pytest.fixture
def target_deploy(monkeypatch: pytest.MonkeyPatch) -> Mock:
    mock = Mock(return_value=URL)
    monkeypatch.setattr(target, "deploy", mock)
    return mock


def test_deployment_leaves_url(target_deploy: Mock) -> None:
    assert URL in deploy(Path())
    target_deploy.assert_called_once_with(BUNDLE)
    assert URL_FILE.read_text() == URL
    deploy(Path())  # the file does not change the bundle's hash


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(STAMP_FILE.unlink, id="not-verified"),
        pytest.param(lambda: crawl(DATABASE, TODAY + 0.001, A), id="other-database"),
    ],
)
def test_deploy_refuses_unverified_bundle(edit: Callable[[], object], target_deploy: Mock) -> None:
    edit()
    with pytest.raises(PublishError, match="was not verified, or has changed"):
        deploy(Path())
    target_deploy.assert_not_called()


def test_deploy_refuses_synthetic_database(target_deploy: Mock) -> None:
    change(DATABASE, "UPDATE crawls SET source = 'demo' WHERE id = 1")
    STAMP_FILE.write_text(hash_bundle())
    with pytest.raises(PublishError, match="'demo'"):
        deploy(Path())
    target_deploy.assert_not_called()


@pytest.mark.parametrize("name", [*SECRETS, "SITE_URL"])
def test_deploy_names_missing_variable(
    name: str, target_deploy: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "")
    for step in (variables, deploy):
        with pytest.raises(PublishError, match=f"^set {name} to deploy"):
            step(Path())
    target_deploy.assert_not_called()


def test_failed_deployment_reports_live_site(
    site_url: str, site: HTTPServer, target_deploy: Mock
) -> None:
    """The deployment may be public, although the target reports a failure."""
    target_deploy.side_effect = PublishError("the target's reason")
    URL_FILE.write_text("of the last deployment")
    for crawl_id in (1, 2):
        with pytest.raises(PublishError) as error:
            deploy(Path())
        text = f"the target's reason; {site_url} shows crawl {crawl_id}, "
        assert str(error.value).startswith(text)
        publish(site, DATABASE)
    assert not URL_FILE.exists()


def test_probe_waits_for_deployed_crawl(
    site_url: str, site: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    URL_FILE.write_text(URL)
    with pytest.raises(PublishError) as error:
        probe(Path())
    assert f"({site_url} shows crawl 1, " in str(error.value)
    assert str(error.value).endswith(f"; see {URL}")
    monkeypatch.setenv("PROBE_SECONDS", "60")
    requests: list[str] = []

    def pause(_: float) -> None:
        requests.append("")
        if len(requests) == 2:
            publish(site, DATABASE)

    monkeypatch.setattr(time, "sleep", pause)
    site.expect_oneshot_request(FRESHNESS).respond_with_data(status=503)
    assert probe(Path()).startswith(f"{site_url} shows crawl 2, ")
    assert len(requests) == 2


def test_probe_without_deployment_checks_once(site_url: str, site: HTTPServer) -> None:
    assert probe(Path()).startswith(f"{site_url} shows crawl 1, ")
    site.expect_oneshot_request(FRESHNESS).respond_with_data(status=503)
    with pytest.raises(PublishError, match=r"/-/freshness\.json returned HTTP 503$"):
        probe(Path())


def test_probe_refuses_stale_data(site: HTTPServer, tmp_path: Path) -> None:
    crawl(tmp_path / "other.db", TODAY - 3, A)
    publish(site, tmp_path / "other.db")
    with pytest.raises(PublishError, match=r"^the data is stale \(.* shows crawl 1, "):
        probe(Path())


def test_probe_refuses_invalid_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE_SECONDS", "5m")
    with pytest.raises(PublishError, match="PROBE_SECONDS is '5m'"):
        probe(Path())


@pytest.mark.parametrize("report", ["[]", "<html>", '{"crawl": 1, "finished": "x"}'])
def test_probe_refuses_other_site(report: str, site: HTTPServer) -> None:
    site.expect_oneshot_request(FRESHNESS).respond_with_data(report)
    with pytest.raises(PublishError, match="is not a freshness report"):
        probe(Path())
