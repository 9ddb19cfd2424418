"""`make publish`, and the GitHub workflow that runs it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from pytest_httpserver import HTTPServer

from tests.deploy.conftest import Commands
from tests.support.commits import A, B, crawl
from tests.support.databases import rows
from tests.support.projects import ROOT, copy_project, make, speed_up_crawls
from tests.support.public_site import publish
from tests.support.vercel_api import SECRETS

STEPS = ["pull", "crawl", "check", "archive", "build", "verify", "deploy", "probe"]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text())
JOBS = WORKFLOW["jobs"]
# `make publish` archives a copy, and fails if $STATUS says so.
MAKE = """[ "$1" = publish ] || exit 0
env | grep -E '^(ARCHIVE|FIRST|SITE_URL|VERCEL_.*)=' | sort >"$HOME/environment"
echo "$DAY" >"$ARCHIVE/spojscore-2026-11.db"
exit $STATUS"""
# The release is the folder $HOME/release, the open issue the file $HOME/issue.
GH = """case "$1 $2" in
  "release view") [ -d "$HOME/release" ] ;;
  "release create") mkdir "$HOME/release" ;;
  "release upload") shift 3; cp "${@:1:$#-1}" "$HOME/release" ;;
  "issue list") [ ! -e "$HOME/issue" ] || cat "$HOME/issue" ;;
  "issue create") echo 7 >"$HOME/issue" ;;
  "issue close") rm "$HOME/issue" ;;
  "issue comment" | "workflow enable") ;;
  *) exit 9 ;;
esac"""


def parse_steps(lines: str) -> list[str]:
    """The steps that make started, by the commands that it printed."""
    names = re.findall(r"-m deploy (\w+)|scrapy (crawl)|-m spojscore_crawler\.(check)", lines)
    return ["".join(groups) for groups in names]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_project(tmp_path_factory.mktemp("publish"))
    speed_up_crawls(project)
    return project


@pytest.mark.parametrize("options", [[], pytest.param(["-j8"], id="parallel")])
@pytest.mark.parametrize(
    ("target", "steps"),
    [
        pytest.param("publish", ["variables", *STEPS], id="publish"),
        pytest.param("rehearse", STEPS[:-2], id="rehearse"),
    ],
)
def test_steps_in_order(target: str, steps: list[str], options: list[str], checkout: Path) -> None:
    assert parse_steps(make(checkout, "-n", target, *options).stdout) == steps


def test_refused_crawl_stops_before_build(checkout: Path, site: HTTPServer) -> None:
    """SPOJ, simulated by the same server, answers 404."""
    database = checkout / "spojscore.db"
    crawl(database, 0, A, B)
    publish(site, database)
    site.expect_request(re.compile("/robots.txt|/problems/.*")).respond_with_data(status=404)
    table = rows(database)
    url = site.url_for("")
    result = make(checkout, "publish", SPOJ_URL=url, SITE_URL=url, **SECRETS)
    assert result.returncode == 2
    assert parse_steps(result.stdout) == ["variables", "pull", "crawl"]
    assert "404" in result.stderr
    assert rows(database) == table
    assert not (checkout / "build").exists()


def test_workflow_gives_secrets_to_one_step() -> None:
    assert WORKFLOW["permissions"] == {}
    steps = [step for step in JOBS["publish"]["steps"] if "secrets." in str(step)]
    assert [step["run"] for step in steps] == ["make publish"]


def run_job(name: str, values: dict[str, str], folder: Path) -> str:
    """Run a job's steps in a clean folder as GitHub does; `values` are those of expressions."""
    folder.mkdir()
    result = "success"
    for step in JOBS[name]["steps"]:
        if "run" in step and (result == "success" or step.get("if") == "always()"):
            environment = {
                variable: re.sub(r"\$\{\{ (.+?) \}\}", lambda match: values[match[1]], str(text))
                for variable, text in (JOBS[name].get("env", {}) | step.get("env", {})).items()
            }
            command = ["bash", "-e", "-c", step["run"]]
            if subprocess.run(command, cwd=folder, env=os.environ | environment).returncode:  # noqa: PLW1510
                result = "failure"
    return result


def test_workflow_archives_and_reports(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two days that fail, and one that publishes."""
    commands.add("make", MAKE)
    commands.add("gh", GH)
    monkeypatch.setenv("HOME", str(tmp_path))
    values = {f"secrets.{name}": value for name, value in SECRETS.items()} | {
        "vars.SITE_URL": "https://mine", "inputs.first && '1' || ''": "1", "github.token": "token",
        "github.server_url": "https://github.com", "github.repository": "me/mine",
        "github.run_id": "1",
    }  # fmt: skip
    for day, status in enumerate("110"):
        monkeypatch.setenv("DAY", str(day))
        monkeypatch.setenv("STATUS", status)
        values["needs.publish.result"] = run_job("publish", values, tmp_path / f"publish-{day}")
        assert run_job("report", values, tmp_path / f"report-{day}") == "success"
        assert values["needs.publish.result"] == ("failure" if status == "1" else "success")
        assert (tmp_path / "issue").exists() == (status == "1")
        assert (tmp_path / "release" / "spojscore-2026-11.db").read_text() == f"{day}\n"
        assert "gh workflow enable publish.yml" in commands.take_calls()
    environment = {"ARCHIVE": "archive", "FIRST": "1", "SITE_URL": "https://mine"} | SECRETS
    lines = sorted(f"{name}={value}" for name, value in environment.items())
    assert (tmp_path / "environment").read_text().splitlines() == lines
