"""What runs on GitHub: the workflow's shell steps, with commands that play others."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from deploy.bundle import STATIC_DATABASE
from deploy.publish import STEPS
from standin.faults import Fault
from standin.problems import problems
from standin.server import StandIn, serving
from tests.support.databases import rows
from tests.support.machines import RELEASES, Machine
from tests.support.projects import ROOT, copy_of_the_project, fast, with_vercel
from tests.support.published import Site
from tests.support.vercel_api import SECRETS, vercel_api

TEXT = (ROOT / ".github" / "workflows" / "publish.yml").read_text()
WORKFLOW = yaml.safe_load(TEXT)
ISSUES = """case "$2" in
  list) [ ! -e "$HOME/number" ] || cat "$HOME/number" ;;
  create) echo https://github.com/me/mine/issues/7; echo 7 >"$HOME/number" ;;
  close) rm "$HOME/number" ;;
esac"""
RUN = "https://github.com/me/mine/actions/runs/1"


def test_what_linters_do_not_know() -> None:
    """GitHub's `on` is YAML's True."""
    [schedule] = WORKFLOW[True]["schedule"]
    assert int(schedule["cron"].split()[0]) % 2 == 1
    assert WORKFLOW["concurrency"] == {"group": "publish", "cancel-in-progress": False}
    assert WORKFLOW["permissions"] == {}
    publish, tell = (WORKFLOW["jobs"][name] for name in ("publish", "tell"))
    assert publish["permissions"] == {"contents": "write"}
    assert publish["if"] == "vars.SITE_URL != ''"
    *before, last = publish["steps"]
    assert last["run"] == "make publish"
    assert "secrets" not in str(before)
    assert last["env"].keys() == {
        "SITE_URL", "ARCHIVE", "GH_TOKEN", "FIRST", "TAKE",
        "VERCEL_TOKEN", "VERCEL_ORG_ID", "VERCEL_PROJECT_ID",
    }  # fmt: skip
    assert tell["if"] == "always() && needs.publish.result != 'skipped'"
    assert tell["permissions"] == {"issues": "write", "actions": "write"}
    assert tell["steps"][-1] == {"if": "always()", "run": "gh workflow enable publish.yml"}
    actions = re.findall(r"uses: (\S+)", TEXT)
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in actions)


def shell(
    step: dict[str, Any], machine: Machine, values: Mapping[str, str], folder: Path | None = None
) -> int:
    """Run a step as GitHub does, where its expressions have these values."""
    environment = {
        name: re.sub(r"\$\{\{ (.+?) \}\}", lambda found: values[found[1]], str(text))
        for name, text in step.get("env", {}).items()
    }
    command = ["bash", "-e", "-c", step["run"]]
    env = os.environ | machine.environment | environment
    return subprocess.run(command, env=env, cwd=folder or machine.home, check=False).returncode


def test_one_issue_is_open_while_it_fails(machine: Machine) -> None:
    machine.has("gh", ISSUES)
    calls = []
    for result in ("success", "failure", "cancelled", "success", "success"):
        assert told(machine, result) == 0
        calls.append(machine.called())
    listed = (
        "gh issue list --state=open --limit=1000 --json=number,title --jq=[.[] | "
        'select(.title == "The publication fails") | .number][0] // ""'
    )
    failed = f"`{{}}`: {RUN} What is public is older than it should be."
    assert calls == [
        [listed],
        [
            listed,
            f"gh issue create --title=The publication fails --body=The publication ended "
            f"with {failed.format('failure')}",
        ],
        [
            listed,
            f"gh issue comment 7 --body=The publication ended with {failed.format('cancelled')}",
        ],
        [listed, f"gh issue close 7 --comment=It works again: {RUN}"],
        [listed],
    ]


def told(machine: Machine, result: str) -> int:
    values = {
        "needs.publish.result": result, "github.server_url": "https://github.com",
        "github.repository": "me/mine", "github.run_id": "1",
    }  # fmt: skip
    return shell(WORKFLOW["jobs"]["tell"]["steps"][0], machine, values)


@pytest.mark.parametrize("result", ["success", "failure"])
def test_what_github_refuses_fails_the_job(result: str, machine: Machine) -> None:
    machine.has("gh", "echo no such thing >&2; exit 1")
    assert told(machine, result) == 1


def test_a_day_that_fails_and_one_that_publishes(
    machine: Machine, public_site: Site, tmp_path: Path
) -> None:
    """The steps, one by one, on machines that keep nothing but the release and the issue."""
    gh = f'if [ "$1" = release ]; then\n{RELEASES}\nelif [ "$1" = issue ]; then\n{ISSUES}\nfi'
    machine.has("gh", gh)
    summary = tmp_path / "summary.md"
    machine.environment |= {
        "ASSETS": str(tmp_path / "assets"), "GITHUB_STEP_SUMMARY": str(summary),
        "XDG_DATA_HOME": str(machine.home / "data"),
    }  # fmt: skip
    values = {f"secrets.{name}": value for name, value in SECRETS.items()} | {
        "vars.SITE_URL": public_site.url, "github.token": "token-of-github",
        "vars.ARCHIVE || format('github:{0}', github.repository)": "github:me/mine",
        "inputs.first && '1' || ''": "1", "inputs.take": "",
        "github.server_url": "https://github.com", "github.repository": "me/mine",
        "github.run_id": "1",
    }  # fmt: skip

    def result(day: int, *faults: str) -> str:
        folder = tmp_path / f"day{day}"
        folder.mkdir()
        project = clean_folder(folder)
        struck = [Fault.parse(fault) for fault in faults]
        with serving(StandIn(problems(120), faults=struck)) as spoj:
            machine.environment["SPOJ_URL"] = spoj.url
            steps = [step for step in WORKFLOW["jobs"]["publish"]["steps"] if "run" in step]
            failed = any(shell(step, machine, values, project) for step in steps)
        values["needs.publish.result"] = "failure" if failed else "success"
        assert [shell(step, machine, values) for step in WORKFLOW["jobs"]["tell"]["steps"]] == [
            0,
            0,
        ]
        return values["needs.publish.result"]

    def goes_public(number: int) -> None:
        api.unpack(number, tmp_path / "deployed")
        public_site.publish(tmp_path / "deployed" / STATIC_DATABASE)

    with vercel_api() as api:
        api.configure(machine.home / "data")
        api.on_ready = goes_public
        assert result(1, "50:bot-check") == "failure"
        assert (machine.home / "number").exists()
        assert api.calls == []
        assert result(2) == "success"
        assert not (machine.home / "number").exists()
    [crawl] = rows(public_site.folder / "spojscore.db", "SELECT problems FROM crawls")
    assert crawl["problems"] == 120
    assert len(list((tmp_path / "assets").iterdir())) == 2  # a copy and its hash
    took = [line.split()[1] for line in summary.read_text().splitlines() if line[:2] == "| "]
    assert took == ["step", "---", "pull", "crawl", "step", "---", *STEPS]
    assert [call for call in machine.called() if call.startswith("gh workflow")] == [
        "gh workflow enable publish.yml"
    ] * 2


def clean_folder(folder: Path) -> Path:
    """A checkout in which `make install …` has nothing left to do."""
    project = copy_of_the_project(folder)
    fast(project)
    with_vercel(project)
    return project
