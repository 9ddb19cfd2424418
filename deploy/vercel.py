"""Runs Vercel's CLI: what it may know about this machine, and what its answers mean."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from deploy.bundle import BUNDLE
from deploy.toolchain import PublishError, run

VERCEL = Path(__file__).parent / "node_modules" / ".bin" / "vercel"
# What tells Vercel whose site it is, and where one gets it.
ACCOUNT = {
    "VERCEL_TOKEN": "create one at https://vercel.com/account/tokens",
    "VERCEL_ORG_ID": "orgId in .vercel/project.json after `deploy/node_modules/.bin/vercel link`",
    "VERCEL_PROJECT_ID": "projectId in the same file",
}
# Names of what is nobody else's business.
PRIVATE = re.compile(
    "TOKEN|SECRET|PASS|KEY|AUTH|CREDENTIAL|WEBHOOK|DATABASE_URL|DSN$|_PAT$", re.IGNORECASE
)
REASON = re.compile(r"^(?:Error:|✗) (.+)", re.MULTILINE)
# How the CLI words Vercel's refusals, and what to do. Anything else may be a network fault.
REFUSALS = {
    r"\(40[13]\)$|^Not authorized|^The token|permission|Project Settings": (
        "see that VERCEL_TOKEN has not expired and is for VERCEL_ORG_ID"
    ),
    r"\(404\)$|^Project not found": "see that VERCEL_PROJECT_ID and VERCEL_ORG_ID are right",
    r"\(402\)$|^Resource is limited": "it is what the plan allows, docs/publishing.md has more",
    r"\(429\)$|^Too many requests|rate limit|fast pace": "it was asked too often, so wait a day",
}


class RefusedError(PublishError):
    """Vercel said no."""


class UnknownError(PublishError):
    """What Vercel did is not known."""


def find_vercel() -> Path:
    """Vercel's CLI as deploy/package.json pins it. Raises PublishError."""
    if not VERCEL.exists():
        raise PublishError("Vercel's CLI is not installed; `make build` does it")
    return VERCEL


def discreet(*, deploys: bool = False) -> dict[str, str]:
    """The environment without secrets; one that deploys keeps Vercel's own.

    In it the CLI tells Vercel nothing of the commit that it would find above the bundle (its
    author, remote and message), and nobody that it was used; its words are without colours.
    """
    hidden = {name for name in os.environ if PRIVATE.search(name)} | ACCOUNT.keys()
    kept = ACCOUNT.keys() if deploys else set()
    return {name: value for name, value in os.environ.items() if name not in hidden - kept} | {
        "FORCE_COLOR": "0",
        "GIT_CEILING_DIRECTORIES": str(BUNDLE.parent.absolute()),
        "NO_UPDATE_NOTIFIER": "1",
        "VERCEL_TELEMETRY_DISABLED": "1",
    }


def ask(path: str) -> Any:
    """What Vercel's API has at that path. Raises RefusedError or UnknownError.

    The CLI asks again, four times within seconds, where nothing comes or a server's error.
    """
    owner = os.environ["VERCEL_ORG_ID"]
    return cli("api", f"{path}?teamId={owner}" if owner.startswith("team_") else path)


def cli(*words: str) -> Any:
    """The JSON that a command of the CLI answers; shows what else it said.

    It takes the token from the environment. Raises RefusedError or UnknownError, with the reason.
    """
    status, answer, said = run([find_vercel(), *words], env=discreet(deploys=True))
    said = said.replace(os.environ["VERCEL_TOKEN"], "***")
    if said:
        print(said, flush=True)
    if status:
        raise _failure(said)
    try:
        return json.loads(answer)
    except ValueError as error:
        raise UnknownError(f"`vercel {words[0]}` answered no JSON: {error}") from error


def _failure(said: str) -> PublishError:
    found = REASON.search(said)
    # Where there is no network, its deploy ends without a word.
    reason = found[1].strip() if found else "no answer"
    for pattern, advice in REFUSALS.items():
        if re.search(pattern, reason):
            return RefusedError(f"Vercel refuses: {reason.rstrip('.')}; {advice}")
    return UnknownError(f"Vercel is out of reach or broken: {reason.rstrip('.')}")
