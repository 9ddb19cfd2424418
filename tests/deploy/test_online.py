"""`make deploy` with Vercel's real CLI, against an API that is played here.

What Vercel makes of it is not known from that; what leaves this machine is, and what is said.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.bundle import STATIC_DATABASE, digest, verified_file
from deploy.function import running
from spojscore_crawler.store.state import state
from spojscore_crawler.store.times import minute
from standin.problems import problems
from standin.server import StandIn, serving
from tests.support.crawling import Crawl
from tests.support.databases import change, rows
from tests.support.projects import copy_of_the_project, make, with_vercel
from tests.support.published import Site
from tests.support.sites import get
from tests.support.vercel_api import (
    ARCHIVE,
    CREATE,
    FAULTS,
    READ_DEPLOYMENT,
    SECRETS,
    TEAM,
    UPLOAD,
    VercelApi,
    vercel_api,
)

BUNDLE = Path("build", "vercel")
TOKEN = SECRETS["VERCEL_TOKEN"]
# What an owner may have around, and Vercel has no use for.
PRIVATE = {
    "GH_TOKEN": "what-is-the-owner's", "DATASETTE_SECRET": "what-is-the-site's",
    "SMTP_PASSWORD": "hunter2", "AWS_SECRET_ACCESS_KEY": "what-is-amazon's",
    "GH_PAT": "what-is-github's", "DATABASE_URL": "postgres://me:hunter3@db", "SENTRY_DSN": "x:y@z",
    "SLACK_WEBHOOK_URL": "https://hooks.example/of-mine",
}  # fmt: skip
COMMIT = ("Xaver Ypsilon", "xaver@ypsilon.example", "What the last commit says")
WITHOUT_PAUSES = """
import sys
from deploy import __main__, online
online.PAUSES, online.PAUSE, online.PATIENCE, online.DOUBT = (0, 0), 0, 0, 0
sys.argv = ["deploy", "deploy"]
__main__.main()
"""
STAYS = "the old site stays as it was"
OUT_OF_REACH = "Vercel is out of reach or broken"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, small_list: bytes) -> Path:
    """A clone of the project, with a bundle that was verified."""
    project = copy_of_the_project(tmp_path_factory.mktemp("online"))
    with_vercel(project)
    name, mail, message = COMMIT
    for words in (
        ["init", "--quiet"],
        ["remote", "add", "origin", "https://example.org/private.git"],
        ["-c", f"user.name={name}", "-c", f"user.email={mail}", "commit", "--quiet",
         "--allow-empty", f"--message={message}"],
    ):  # fmt: skip
        subprocess.run(["git", *words], cwd=project, check=True)
    (project / "spojscore.db").write_bytes(small_list)
    built(project)
    return project


def built(project: Path) -> None:
    done = make(project, "build", **PRIVATE)
    assert done.returncode == 0, done.stderr
    # What `verify` does takes long, and is tested elsewhere.
    verified_file(project / BUNDLE).write_text(digest(project / BUNDLE))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder, in which processes of Node.js note what they know and whom they reach."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def api(home: Path) -> Iterator[VercelApi]:
    with vercel_api() as api:
        api.configure(home / "data")
        yield api


@pytest.fixture
def site(public_site: Site, project: Path, tmp_path: Path) -> Site:
    """A site that shows a crawl of the day before."""
    old = tmp_path / "old.db"
    shutil.copy(project / "spojscore.db", old)
    before = state(old).finished - timedelta(days=1)
    change(old, f"UPDATE crawls SET finished = '{before.isoformat(timespec='seconds')}'")
    public_site.publish(old)
    return public_site


def environment(home: Path, site: str = "https://spojscore.invalid") -> dict[str, str]:
    contacts = Path(__file__).parents[1] / "support" / "contacts.cjs"
    return {
        **SECRETS, **PRIVATE, "SITE_URL": site, "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache"),
        "NODE_OPTIONS": f"--require={contacts}", "NOTES": str(home / "notes"),
        "FORCE_COLOR": "1",
    }  # fmt: skip


def notes(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "notes").read_text().splitlines()]


@pytest.fixture(scope="module")
def first(project: Path, home: Path, api: VercelApi) -> "subprocess.CompletedProcess[str]":
    """The first deployment: from here on the API has its files."""
    api.play(FAULTS["none"])
    return make(project, "deploy", **environment(home))


def start(project: Path, home: Path, site: Site) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WITHOUT_PAUSES],
        cwd=project, env=os.environ | environment(home, site.url),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def deploy(project: Path, home: Path, site: Site) -> "subprocess.CompletedProcess[str]":
    return ended(start(project, home, site))


def ended(process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    with process:
        said = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, *said)


def assert_doubt(
    done: "subprocess.CompletedProcess[str]", reason: str, site: Site, project: Path
) -> None:
    """It failed for that reason, and the site still shows the old crawl."""
    shows, wanted = (
        minute(state(file).finished)
        for file in (site.folder / "spojscore.db", project / "spojscore.db")
    )
    seen = f"{site.url} shows the crawl of {shows}, not that of {wanted}, after 0 s"
    assert (done.returncode, done.stderr) == (1, f"error: {reason}; {seen}\n")


def test_a_first_deployment_is_the_bundle_and_nothing_else(
    first: "subprocess.CompletedProcess[str]",
    project: Path,
    api: VercelApi,
    tmp_path: Path,
) -> None:
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1] == (
        "Deployed build/vercel: https://vercel.com/me/spojscore/1"
    )
    assert "Deploying build/vercel; a first upload takes minutes.\nRetrieving" in first.stdout
    [deployment] = api.deployments
    counts = api.counts()
    assert counts[UPLOAD] == len({file["sha"] for file in deployment["files"]})
    assert counts[CREATE] == 2  # what is missing is told to the first
    assert {call.token for call in api.calls} == {TOKEN}
    [asked] = [call for call in api.calls if call.name.startswith(READ_DEPLOYMENT)]
    assert asked.query == {"teamId": [TEAM]}

    api.unpack(1, tmp_path)
    assert digest(tmp_path) == digest(project / BUNDLE)
    with running(tmp_path) as function:
        freshness = json.loads(get(f"{function.url}/-/freshness.json"))
    assert (freshness["crawl"], freshness["problems"]) == (1, 120)

    del deployment["files"]
    vercel_json = json.loads((project / "deploy" / "vercel.json").read_text())
    assert deployment == vercel_json | {
        "name": "spojscore", "project": "prj_1", "target": "production", "source": "cli",
        "env": {}, "build": {"env": {}}, "meta": {}, "projectSettings": {},
    }  # fmt: skip


def test_nothing_of_this_machine_leaves(
    first: object,  # noqa: ARG001
    project: Path,
    home: Path,
    api: VercelApi,
) -> None:
    told = json.dumps([call.body for call in api.calls if call.name == CREATE]).encode()
    ours = (str(project), str(home), "private.git", *COMMIT)
    for secret in (TOKEN, *PRIVATE.values(), *ours):
        assert secret.encode() not in told
        assert [name for name, file in api.files.items() if secret.encode() in file] == []


def test_the_token_is_in_no_argument_output_or_file(
    first: "subprocess.CompletedProcess[str]", project: Path, home: Path
) -> None:
    assert TOKEN not in first.stdout + first.stderr
    noted = notes(home)
    commands = [note["words"] for note in noted if "words" in note]
    assert [command[1] for command in commands] == ["api", "deploy", "api"]
    assert TOKEN not in json.dumps(commands)
    written = (
        file
        for folder in (project / "build", home)
        for file in folder.rglob("*")
        if file.is_file() and file.name != "notes"
    )
    assert [file for file in written if TOKEN.encode() in file.read_bytes()] == []
    environments = [note["environment"] for note in noted if "words" in note]
    assert all(SECRETS.items() <= environment.items() for environment in environments)
    assert all(PRIVATE.keys().isdisjoint(environment) for environment in environments)


@pytest.mark.usefixtures("first")
def test_the_cli_reaches_nothing_but_the_api(home: Path, api: VercelApi) -> None:
    assert {note["reached"] for note in notes(home) if "reached" in note} == {api.address}


def test_npm_runs_no_scripts_of_packages(project: Path) -> None:
    words = ["npm", "config", "get", "ignore-scripts", "--prefix", "deploy"]
    done = subprocess.run(words, cwd=project, capture_output=True, text=True, check=True)
    assert done.stdout == "true\n"


@pytest.mark.usefixtures("first")
def test_the_next_day_few_files_are_uploaded(
    project: Path, home: Path, api: VercelApi, site: Site, tmp_path: Path
) -> None:
    before = digest(project / BUNDLE)
    one, *others = problems(120)
    with serving(StandIn([replace(one, users=one.users + 1), *others])) as spoj:
        assert Crawl(spoj.url, project / "spojscore.db").status == 0
    built(project)
    api.play(FAULTS["none"])
    done = deploy(project, home, site)
    assert done.returncode == 0, done.stderr
    assert 1 <= api.counts()[UPLOAD] <= 6
    api.unpack(1, tmp_path / "deployed")
    assert digest(tmp_path / "deployed") == digest(project / BUNDLE) != before
    assert rows(tmp_path / "deployed" / STATIC_DATABASE) == rows(project / "spojscore.db")


REFUSED = {
    "no token": "Vercel refuses: Not authorized (403); see that VERCEL_TOKEN has not expired and "
    "is for VERCEL_ORG_ID",
    "no token to deploy": "Vercel refuses: Not authorized: ***; see that VERCEL_TOKEN has not "
    "expired and is for VERCEL_ORG_ID",
    "no project": "Vercel refuses: Project not found (404); see that VERCEL_PROJECT_ID and "
    "VERCEL_ORG_ID are right",
    "root directory": "the project has the Root Directory 'web', where Vercel would look for the "
    "site; clear it in the project's settings, Build and Deployment",
    "plan": "Vercel refuses: Resource is limited - try again in 24 hours (more than 100, code: "
    '"api-deployments-free-per-day"); it is what the plan allows, docs/publishing.md has more',
    "rate": "Vercel refuses: You have been creating deployments at a very fast pace. Please slow "
    "down; it was asked too often, so wait a day",
    "ERROR": "Vercel says ERROR: No space left on device; "
    "https://vercel.com/me/spojscore/1 has more",
    "CANCELED": "Vercel says CANCELED: without a reason; "
    "https://vercel.com/me/spojscore/1 has more",
    "BLOCKED": "Vercel says BLOCKED: The author is new; https://vercel.com/me/spojscore/1 has more",
}


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("fault", REFUSED)
def test_what_vercel_refuses_leaves_the_old_site(
    fault: str, project: Path, home: Path, api: VercelApi, site: Site
) -> None:
    api.play(FAULTS[fault])
    done = deploy(project, home, site)
    assert (done.returncode, done.stderr) == (1, f"error: {REFUSED[fault]}; {STAYS}\n")
    assert api.counts()[CREATE] <= 1


@pytest.mark.usefixtures("first")
def test_without_a_network(project: Path, home: Path, site: Site) -> None:
    with vercel_api() as gone:
        gone.configure(home / "nobody")
    words = environment(home, site.url) | {"XDG_DATA_HOME": str(home / "nobody")}
    done = make(project, "deploy", **words)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {OUT_OF_REACH}: fetch failed; {STAYS}\n")


def without(api: VercelApi, project: Path) -> None:
    """Let the API lack the database."""
    content = (project / BUNDLE / STATIC_DATABASE).read_bytes()
    api.files = {name: file for name, file in api.files.items() if file != content}


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("fault", "creates"),
    [
        ("two 5xx", 4),
        ("one dropped after the uploads", 3),
        ("two lost looks", 2),
    ],
)
def test_a_blip_is_no_lost_day(
    fault: str, creates: int, project: Path, home: Path, api: VercelApi, site: Site
) -> None:
    without(api, project)
    api.play(FAULTS[fault])
    done = deploy(project, home, site)
    assert done.returncode == 0, done.stderr
    assert len(api.deployments) == 1
    assert (api.counts()[CREATE], api.counts()[UPLOAD]) == (creates, 1)


@pytest.mark.usefixtures("first")
def test_at_the_upload_limit_one_archive_is_uploaded(
    project: Path, home: Path, api: VercelApi, site: Site, tmp_path: Path
) -> None:
    without(api, project)
    api.play(FAULTS["an upload limit, once"])
    done = deploy(project, home, site)
    assert done.returncode == 0, done.stderr
    assert api.counts()[UPLOAD] == 2
    assert all(file["file"].startswith(ARCHIVE) for file in api.deployments[0]["files"])
    api.unpack(1, tmp_path)
    assert digest(tmp_path) == digest(project / BUNDLE)


@pytest.mark.usefixtures("first")
def test_at_the_upload_limit_one_archive_is_tried(
    project: Path, home: Path, api: VercelApi, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "files", {})
    api.play(FAULTS["an upload limit"])
    done = deploy(project, home, site)
    assert (done.returncode, done.stderr) == (
        1,
        "error: Vercel refuses: Too many requests - try again in 24 hours (more than 5000, code: "
        f'"api-upload-free"); it was asked too often, so wait a day; {STAYS}\n',
    )
    assert api.counts()[CREATE] == 2
    assert api.deployments == []


UNKNOWN = {
    "lost when it was made": f"{OUT_OF_REACH}: fetch failed",
    "refused when it was made": "Vercel refuses: Not authorized (403); see that VERCEL_TOKEN has "
    "not expired and is for VERCEL_ORG_ID",
    "dropped when it was made, then ERROR": "Vercel says ERROR: without a reason; "
    "https://vercel.com/me/spojscore/2 has more",
    "never public": "https://vercel.com/me/spojscore/1 is still READY, but without the site's "
    "address, after 0 s",
}


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("fault", UNKNOWN)
def test_where_nobody_knows_the_site_is_asked(
    fault: str, project: Path, home: Path, api: VercelApi, site: Site
) -> None:
    api.play(FAULTS[fault])
    assert_doubt(deploy(project, home, site), UNKNOWN[fault], site, project)


@pytest.mark.usefixtures("first")
def test_where_the_time_is_up_the_site_is_asked(
    project: Path, home: Path, api: VercelApi, site: Site
) -> None:
    api.play(FAULTS["none"])
    process = start(project, home, site)
    api.on_ready = lambda _: process.send_signal(signal.SIGALRM)
    assert_doubt(ended(process), "it took longer than 15 minutes", site, project)


@pytest.mark.usefixtures("first")
def test_what_nobody_confirmed_may_be_public(
    project: Path, home: Path, api: VercelApi, site: Site
) -> None:
    api.play(FAULTS["dropped when it was made"])
    api.on_ready = lambda _: site.publish(project / "spojscore.db")
    done = deploy(project, home, site)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith(
        f"{OUT_OF_REACH}: fetch failed. But {site.url}: crawl "
    )
    assert len(api.deployments) == 3

    # Now that the site shows this crawl, that it does is no news.
    api.play(FAULTS["never ready"])
    done = deploy(project, home, site)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "error: https://vercel.com/me/spojscore/1 is still BUILDING after 0 s; "
        f"so it may be what was there before: {site.url}: crawl "
    )


def test_only_what_was_verified_is_deployed(
    project: Path,
    home: Path,
    api: VercelApi,
    site: Site,
    first: object,  # noqa: ARG001
) -> None:
    api.play(FAULTS["none"])
    footer = project / BUNDLE / "templates" / "_footer.html"
    right = footer.read_text()
    footer.write_text("{% if %}")
    done = deploy(project, home, site)
    footer.write_text(right)
    assert (done.returncode, done.stderr) == (
        1,
        "error: not deployed: build/vercel is not what was verified; run `make verify`\n",
    )
    assert api.calls == []
