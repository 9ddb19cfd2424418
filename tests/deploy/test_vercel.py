"""`make deploy probe` with Vercel's real CLI, against a fake API on this machine.

How Vercel itself answers is not shown by that; what leaves this machine is.
"""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.build import digest
from deploy.vercel import static_database
from deploy.verify import verify
from spojscore_crawler.store.state import read_state
from standin.problems import problems
from standin.server import StandIn, serving
from tests.support.crawling import Crawl
from tests.support.databases import change, rows
from tests.support.projects import ROOT, make
from tests.support.publication import AUTHOR, MAIL, MESSAGE, PRIVATE, REMOTE
from tests.support.published import Site
from tests.support.vercel_api import CREATE, FAULTS, SECRETS, UPLOAD, VercelApi, vercel_api

BUNDLE = Path("build", "vercel")
TOKEN = SECRETS["VERCEL_TOKEN"]
Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def project(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the project with a verified bundle."""
    folder = tmp_path_factory.mktemp("vercel") / "spojscore"
    return Path(shutil.copytree(built, folder, symlinks=True))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which Node.js notes what its processes know and reach."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(ROOT / "tests" / "support" / "contacts.cjs", home)
    return home


@pytest.fixture(scope="module")
def api(home: Path) -> Iterator[VercelApi]:
    with vercel_api() as api:
        api.configure(home / "data")
        yield api


@pytest.fixture
def old(site: Site, project: Path, tmp_path: Path) -> bytes:
    """The database that the site shows: that of the bundle, a day older."""
    database = tmp_path / "old.db"
    shutil.copy(static_database(project / BUNDLE), database)
    before = read_state(database).finished - timedelta(days=1)
    change(database, f"UPDATE crawls SET finished = '{before.isoformat(timespec='seconds')}'")
    site.publish(database)
    return (site.folder / "spojscore.db").read_bytes()


def deploy(project: Path, home: Path, site: str, *steps: str, **environment: str) -> Done:
    variables = {
        **SECRETS, **PRIVATE, "SITE_URL": site, "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache"),
        "NODE_OPTIONS": f"--require={home}/contacts.cjs", "RETRY_SECONDS": "0",
        "PROBE_SECONDS": "0",
    }  # fmt: skip
    return make(project, *(steps or ("deploy", "probe")), **variables | environment)


def last_line(result: Done) -> str:
    """The last line on standard error before make's own."""
    return [line for line in result.stderr.splitlines() if not line.startswith("make")][-1]


def notes(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "notes").read_text().splitlines()]


@pytest.fixture(scope="module")
def first(project: Path, home: Path, api: VercelApi) -> Done:
    """The first deployment: from here on the API has its files."""
    api.play(FAULTS["none"])
    return deploy(project, home, "https://spojscore.invalid", "deploy")


def test_first_deployment_is_verified_bundle(
    first: Done, project: Path, api: VercelApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert first.returncode == 0, first.stderr
    assert "https://spojscore-1.vercel.app" in first.stdout.splitlines()[-1]
    [deployment] = api.deployments
    for file in deployment["files"]:
        content = (project / BUNDLE / file["file"]).read_bytes()
        assert hashlib.sha1(content).hexdigest() == file["sha"]  # noqa: S324
    assert api.counts()[UPLOAD] == len({file["sha"] for file in deployment["files"]}) < 5_000
    assert {call.token for call in api.calls} == {TOKEN}
    assert {name: deployment[name] for name in ("project", "target", "env", "meta")} == {
        "project": "prj_1", "target": "production", "env": {}, "meta": {},
    }  # fmt: skip
    api.unpack(1, tmp_path / BUNDLE)
    monkeypatch.chdir(tmp_path)
    assert verify(project / "spojscore.db")


@pytest.mark.usefixtures("first")
def test_nothing_of_this_machine_reaches_the_api(project: Path, home: Path, api: VercelApi) -> None:
    created = json.dumps([call.body for call in api.calls if call.name == CREATE]).encode()
    uploaded = b"".join(api.files.values())
    private = (str(project), str(home), AUTHOR, MAIL, MESSAGE, REMOTE, TOKEN, *PRIVATE.values())
    for secret in private:
        assert secret.encode() not in created
        assert secret.encode() not in uploaded
    assert {note["reached"] for note in notes(home) if "reached" in note} == {api.address}


def test_token_is_in_no_argument_output_or_file(first: Done, project: Path, home: Path) -> None:
    assert TOKEN not in first.stdout + first.stderr
    processes = [note for note in notes(home) if "words" in note]
    assert processes
    assert TOKEN not in json.dumps([process["words"] for process in processes])
    for process in processes:
        assert SECRETS.items() <= process["environment"].items()
        assert PRIVATE.keys().isdisjoint(process["environment"])
    for folder in (project / "build", home):
        for file in folder.rglob("*"):
            if file.is_file() and file.name != "notes":
                assert TOKEN.encode() not in file.read_bytes(), file


@pytest.mark.usefixtures("first", "old")
def test_second_deployment_uploads_what_changed(
    project: Path, home: Path, api: VercelApi, site: Site, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The next day's bundle: the database and its hash differ."""
    one, *others = problems(120)
    with serving(StandIn([replace(one, users=one.users + 1), *others])) as spoj:
        assert Crawl(spoj.url, project / "spojscore.db").status == 0
    monkeypatch.chdir(project)
    static = static_database(BUNDLE)
    content = (project / "spojscore.db").read_bytes()
    line = f"{hashlib.sha256(content).hexdigest()}  spojscore.db\n"
    for file in (static, BUNDLE / static.name):
        file.write_bytes(content)
        Path(f"{file}.sha256").write_text(line)
    (BUNDLE / "verified").write_text(digest())
    api.play(FAULTS["none"])

    def go_live(number: int) -> None:
        api.unpack(number, tmp_path / "deployed")
        site.publish(static_database(tmp_path / "deployed"))

    api.on_ready = go_live
    result = deploy(project, home, site.url)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].startswith(f"{site.url} shows crawl 2, ")
    assert api.counts()[UPLOAD] == 2
    assert rows(site.folder / "spojscore.db") == rows(project / "spojscore.db")


def publish_bundle(site: Site, project: Path) -> None:
    site.publish(static_database(project / BUNDLE))


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("fault", "reason", "creates"),
    [
        pytest.param("token refused", "vercel deploy", 3, id="token-refused"),
        pytest.param("BLOCKED", "is not public after 0 s, see https://", 1, id="blocked"),
    ],
)
def test_failed_deployment_leaves_old_site(
    fault: str, reason: str, creates: int, project: Path, home: Path, api: VercelApi, site: Site,
    old: bytes,
) -> None:  # fmt: skip
    api.play(FAULTS[fault])
    api.on_ready = lambda _: publish_bundle(site, project)
    result = deploy(project, home, site.url)
    assert result.returncode == 2
    assert last_line(result).startswith("error: ")
    assert reason in last_line(result)
    assert f"{site.url} shows crawl " in last_line(result)
    assert TOKEN not in result.stdout + result.stderr
    assert api.counts()[CREATE] == creates
    assert (site.folder / "spojscore.db").read_bytes() == old


@pytest.mark.usefixtures("first")
def test_no_network_leaves_old_site(project: Path, home: Path, site: Site, old: bytes) -> None:
    with vercel_api() as gone:
        gone.configure(home / "nobody")
    result = deploy(project, home, site.url, XDG_DATA_HOME=str(home / "nobody"))
    assert result.returncode == 2
    assert f"; {site.url} shows crawl " in last_line(result)
    assert (site.folder / "spojscore.db").read_bytes() == old


@pytest.mark.usefixtures("first", "old")
def test_lost_response_reports_live_crawl(
    project: Path, home: Path, api: VercelApi, site: Site
) -> None:
    """The deployment is public, although the CLI reports a failure."""
    api.play(FAULTS["connection lost"])
    api.on_ready = lambda _: publish_bundle(site, project)
    result = deploy(project, home, site.url)
    assert result.returncode == 2
    crawl = read_state(project / "spojscore.db").lineage[-1].id
    assert f"; {site.url} shows crawl {crawl}, finished " in last_line(result)
    assert rows(site.folder / "spojscore.db") == rows(project / "spojscore.db")


@pytest.mark.usefixtures("first", "old")
def test_server_errors_are_retried(project: Path, home: Path, api: VercelApi, site: Site) -> None:
    api.play(FAULTS["server errors"])
    api.on_ready = lambda _: publish_bundle(site, project)
    result = deploy(project, home, site.url)
    assert result.returncode == 0, result.stderr
    assert api.counts()[CREATE] == 3
    assert len(api.deployments) == 1


def test_npm_runs_no_scripts_of_packages() -> None:
    words = ["npm", "config", "get", "ignore-scripts", "--prefix", "deploy"]
    result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "true\n"
