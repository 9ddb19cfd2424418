"""Deployments with Vercel's real CLI, to a fake API on this machine.

This does not show how Vercel responds, only what this machine sends.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer

from deploy import vercel
from deploy.build import STAMP_FILE, hash_bundle
from deploy.deploy import deploy, probe
from deploy.process import PublishError
from deploy.vercel import OUTPUT, app_runtime, static_database
from spojscore_crawler.store.state import read_state
from tests.support.databases import change, rows
from tests.support.projects import ROOT
from tests.support.public_site import publish
from tests.support.publication import AUTHOR, MAIL, MESSAGE, PRIVATE_VARIABLES, REMOTE, Publication
from tests.support.vercel_api import FORBIDDEN, INTERNAL, SECRETS, UPLOAD, VercelApi

TOKEN = SECRETS["VERCEL_TOKEN"]


def test_publication_uploads_bundle(publication: Publication, bundle: Path) -> None:
    deployment = publication.deployment
    digests = {file["file"]: file["sha"] for file in deployment["files"]}
    for name, digest in digests.items():
        assert hashlib.sha1((bundle / name).read_bytes()).hexdigest() == digest  # noqa: S324
    output = (path for path in (bundle / OUTPUT).rglob("*") if path.is_file())
    paths = {*app_runtime(bundle)[0].values(), *output}
    assert {str(path.relative_to(bundle)) for path in paths} <= digests.keys()
    assert len({*digests.values()}) < 5_000  # uploads per day
    assert {name: deployment[name] for name in ("project", "target", "env", "meta")} == {
        "project": "prj_1", "target": "production", "env": {}, "meta": {},
    }  # fmt: skip
    assert rows(Path(publication.folder, "public.db")) == rows(Path("spojscore.db"))


def test_nothing_private_is_uploaded(publication: Publication, bundle: Path) -> None:
    names = [file["file"] for file in publication.deployment["files"]]
    content = b"".join((bundle / name).read_bytes() for name in names)
    content += json.dumps(publication.deployment).encode()
    private_texts = ("SECRET=1", publication.folder, AUTHOR, MAIL, MESSAGE, REMOTE, TOKEN)
    assert [
        text for text in (*private_texts, *PRIVATE_VARIABLES.values()) if text.encode() in content
    ] == []
    assert {*publication.notes("host")} == {publication.address}


def test_token_is_in_no_argument_output_or_file(publication: Publication) -> None:
    assert publication.tokens == [f"Bearer {TOKEN}"]
    environments = [json.dumps(environment) for environment in publication.notes("environment")]
    assert [TOKEN in environment for environment in environments].count(True) == 1
    assert not [name for name in PRIVATE_VARIABLES if name in "".join(environments)]
    assert TOKEN not in publication.output + json.dumps(publication.notes("words"))
    for folder in ("spojscore/build", "home"):
        for file in Path(publication.folder, folder).rglob("*"):
            if file.is_file() and file.name != "notes":
                assert TOKEN.encode() not in file.read_bytes(), file


@pytest.fixture
def api(
    bundle: Path, publication: Publication, site: HTTPServer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[VercelApi]:  # fmt: skip
    """An API that has the publication's files, and a site that shows a crawl of the day before."""
    shutil.copy(static_database(bundle), tmp_path / "old.db")
    finished = read_state(tmp_path / "old.db").finished - timedelta(days=1)
    change(tmp_path / "old.db", f"UPDATE crawls SET finished = '{finished.isoformat()}'")
    publish(site, tmp_path / "old.db")
    folders = dict.fromkeys(["HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"], str(tmp_path / "home"))
    for name, value in {**SECRETS, **folders, "PROBE_SECONDS": "0"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(vercel, "RETRY_SECONDS", 0)
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        api = VercelApi(server)
        api.configure(tmp_path / "home")
        api.files = {file["sha"]: b"" for file in publication.deployment["files"]}
        api.go_live = lambda: publish(site, static_database(bundle))
        yield api


def test_next_day_uploads_what_changed_despite_server_errors(
    api: VercelApi, bundle: Path, site: HTTPServer
) -> None:
    database = Path("spojscore.db")
    change(database, "UPDATE problems SET name = 'New' WHERE id = 1")
    for file in (static_database(bundle), bundle / "spojscore.db"):
        file.unlink()  # a hard link
        shutil.copy(database, file)
    STAMP_FILE.unlink()
    STAMP_FILE.write_text(hash_bundle())
    for _ in range(2):
        api.fail(500, INTERNAL)
    assert "https://spojscore-1.vercel.app" in deploy(Path())
    assert "shows crawl 1" in probe(Path())
    assert api.counts()[UPLOAD] == 1
    assert httpx.get(site.url_for("/spojscore.db")).content == database.read_bytes()


@pytest.mark.parametrize(
    ("status", "error", "public"),
    [
        pytest.param(403, FORBIDDEN, False, id="token-refused"),
        pytest.param(502, INTERNAL, True, id="response-lost"),
    ],
)
def test_failed_deployment_reports_live_crawl(
    status: int, error: dict[str, str], public: bool, api: VercelApi, bundle: Path, tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for _ in range(3):
        api.fail(status, error, after_effect=public)
    with pytest.raises(PublishError, match=r"^`vercel deploy --prebuilt` failed: ") as excinfo:
        deploy(Path())
    finished = read_state(static_database(bundle) if public else tmp_path / "old.db").finished
    assert f" shows crawl 1, finished {finished:%Y-%m-%d}" in str(excinfo.value)
    assert TOKEN not in str(excinfo.value) + capfd.readouterr().err


def test_npm_runs_no_scripts_of_packages() -> None:
    assert "ignore-scripts=true" in (ROOT / "deploy" / ".npmrc").read_text().splitlines()
