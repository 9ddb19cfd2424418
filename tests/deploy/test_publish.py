"""`make publish`, and the GitHub workflow that runs it, with stand-ins for SPOJ and Vercel."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from deploy.vercel import static_database
from tests.deploy.test_bundle import hashes
from tests.support.crawling import Served
from tests.support.databases import rows
from tests.support.machines import Machine
from tests.support.projects import ROOT, copy_of_the_project, fast, make, with_vercel
from tests.support.published import Site
from tests.support.vercel_api import SECRETS, vercel_api

STEPS = ["pull", "crawl", "check", "archive", "build", "verify", "deploy", "probe"]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "publish.yml").read_text())
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


def steps_of(lines: str) -> list[str]:
    """The steps that make started, by the commands that it printed."""
    started = re.findall(r"-m deploy (\w+)|scrapy (crawl)|-m spojscore_crawler\.(check)", lines)
    return ["".join(names) for names in started]


@pytest.mark.parametrize("words", [[], pytest.param(["-j8"], id="parallel")])
@pytest.mark.parametrize(
    ("target", "steps"),
    [
        pytest.param("publish", ["variables", *STEPS], id="publish"),
        pytest.param("rehearse", STEPS[:-2], id="rehearse"),
    ],
)
def test_steps_in_order(target: str, steps: list[str], words: list[str], tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path)
    with_vercel(project)
    assert steps_of(make(project, "-n", target, *words).stdout) == steps


def test_missing_variables_are_named_before_the_crawl(tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path)
    with_vercel(project)
    done = make(project, "publish", **dict.fromkeys(SECRETS, ""), SITE_URL="")
    assert done.returncode == 2
    assert steps_of(done.stdout) == ["variables"]
    for name in (*SECRETS, "SITE_URL"):
        assert f"{name}: " in done.stderr


def test_refused_crawl_stops_before_build(project: Path, standin: Served, site: Site) -> None:
    """The bundle, the database and the public site stay."""
    site.publish(project / "spojscore.db")
    before = hashes(project / "build"), hashes(site.folder)
    database = rows(project / "spojscore.db")
    spoj = standin(120, "50:bot-check")
    with vercel_api() as api:
        api.configure(project / "data")
        environment = {"XDG_DATA_HOME": str(project / "data"), "SITE_URL": site.url} | SECRETS
        done = make(project, "publish", f"SPOJ_URL={spoj.url}", **environment)
        assert api.calls == []
    assert done.returncode == 2
    assert steps_of(done.stdout) == ["variables", "pull", "crawl"]
    assert "a bot check" in done.stderr
    assert (hashes(project / "build"), hashes(site.folder)) == before
    assert rows(project / "spojscore.db") == database


def test_workflow_permissions() -> None:
    """Checks that actionlint and zizmor lack. GitHub's `on` is YAML's True."""
    assert WORKFLOW[True].keys() == {"schedule", "workflow_dispatch"}
    assert WORKFLOW["concurrency"] == {"group": "publish", "cancel-in-progress": False}
    assert WORKFLOW["permissions"] == {}
    publish, report = (WORKFLOW["jobs"][name] for name in ("publish", "report"))
    assert publish["permissions"] == {"contents": "write"}
    assert report["permissions"] == {"issues": "write", "actions": "write"}
    with_secrets = [step for step in publish["steps"] if "secrets." in str(step)]
    assert [step["run"] for step in with_secrets] == ["make publish"]


def run_step(
    step: dict[str, Any], job: dict[str, Any], machine: Machine, values: Mapping[str, str],
    folder: Path,
) -> int:  # fmt: skip
    """Run a step's script as GitHub does, with these values of its expressions."""
    environment = {
        name: re.sub(r"\$\{\{ (.+?) \}\}", lambda match: values[match[1]], str(text))
        for name, text in (job.get("env", {}) | step.get("env", {})).items()
    }
    env = os.environ | machine.environment | environment
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env=env, cwd=folder, check=False)
    return done.returncode


def run_workflow(machine: Machine, values: dict[str, str], folder: Path) -> str:
    """Run both jobs in a clean folder; returns the result of the first."""
    folder.mkdir()
    project = copy_of_the_project(folder)
    fast(project)
    with_vercel(project)
    publish, report = (WORKFLOW["jobs"][name] for name in ("publish", "report"))
    failed = False
    for step in publish["steps"]:
        if "run" in step and (not failed or step.get("if") == "always()"):
            failed |= bool(run_step(step, publish, machine, values, project))
    result = "failure" if failed else "success"
    reporting = values | {"needs.publish.result": result}
    for step in report["steps"]:
        assert run_step(step, report, machine, reporting, machine.home) == 0
    return result


def test_workflow_publishes(machine: Machine, site: Site, standin: Served, tmp_path: Path) -> None:
    """A day whose crawl is refused, and one that publishes, on machines that keep nothing."""
    machine.provide("gh", GH)
    machine.environment["XDG_DATA_HOME"] = str(machine.home / "data")
    values = {f"secrets.{name}": value for name, value in SECRETS.items()} | {
        "vars.SITE_URL": site.url, "inputs.first && '1' || ''": "1", "github.token": "of-github",
        "github.server_url": "https://github.com", "github.repository": "me/mine",
        "github.run_id": "1",
    }  # fmt: skip
    with vercel_api() as api:
        api.configure(machine.home / "data")

        def go_live(number: int) -> None:
            api.unpack(number, tmp_path / "deployed")
            site.publish(static_database(tmp_path / "deployed"))

        api.on_ready = go_live
        machine.environment["SPOJ_URL"] = standin(120, "50:bot-check").url
        assert run_workflow(machine, values, tmp_path / "first") == "failure"
        assert api.calls == []
        assert (machine.home / "issue").exists()
        assert not (machine.home / "release").exists()
        machine.environment["SPOJ_URL"] = standin(120).url
        assert run_workflow(machine, values, tmp_path / "second") == "success"
    assert not (machine.home / "issue").exists()
    [crawl] = rows(site.folder / "spojscore.db", "SELECT * FROM crawls")
    assert crawl["problems"] == 120
    copies = [*(machine.home / "release").iterdir()]
    assert {copy.name for copy in copies} == {
        f"spojscore-day-{crawl['day'][-2:]}.db", f"spojscore-{crawl['day'][:7]}.db",
    }  # fmt: skip
    assert all(rows(copy) == rows(site.folder / "spojscore.db") for copy in copies)
    enabled = [call for call in machine.calls() if call.startswith("gh workflow enable")]
    assert enabled == ["gh workflow enable publish.yml"] * 2
