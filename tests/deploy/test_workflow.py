"""What runs on GitHub: the workflow's shell steps, with commands that play others."""

import os
import re
import subprocess
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.support.machines import Machine
from tests.support.projects import ROOT

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


def shell(step: dict[str, Any], machine: Machine, **contexts: str) -> int:
    """Run a step as GitHub does; `contexts` are the values of its expressions, _ for a point."""

    def value(match: re.Match[str]) -> str:
        return contexts[match[1].replace(".", "_")]

    environment = {
        name: re.sub(r"\$\{\{ ([\w.]+) \}\}", value, str(text))
        for name, text in step.get("env", {}).items()
    }
    command = ["bash", "-e", "-c", step["run"]]
    env = os.environ | machine.environment | environment
    return subprocess.run(command, env=env, cwd=machine.home, check=False).returncode


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
    return shell(
        WORKFLOW["jobs"]["tell"]["steps"][0], machine, needs_publish_result=result,
        github_server_url="https://github.com", github_repository="me/mine", github_run_id="1",
    )  # fmt: skip


@pytest.mark.parametrize("result", ["success", "failure"])
def test_what_github_refuses_fails_the_job(result: str, machine: Machine) -> None:
    machine.has("gh", "echo no such thing >&2; exit 1")
    assert told(machine, result) == 1
