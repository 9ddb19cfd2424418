"""The report of a crawl, `<db>.crawl.json`: what happened, for later readers."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["running", "committed", "refused", "failed"]

# Of the crawls that brought nothing since the last commit, at most this many are remembered.
REMEMBERED = 30
# The folder of a file that a reason names.
FOLDER = re.compile(r"""(?<![\w:/.])/(?:[^/\n:'"]+/)+""")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A crawl that brought nothing: when it started (UTC), and why it brought nothing.

    `outcome`: `refused`, `failed` or `killed`.
    """

    started: str
    outcome: str
    reason: str | None


@dataclass(kw_only=True)
class Report:
    """One crawl. Times in UTC.

    `started`: when the crawler began; of a committed crawl, when its first page was read.
    `outcome`: `running`, also after a kill; `committed`; `refused`, because the gate found the list
    unfit; `failed`, because it was not readable, or not committed. `pages` were read by `process`,
    `fenced` tells whether first and last page were read twice, `counts` what the commit brought,
    `findings` the gate's rules that were broken, accepted or not, each with its sentence.
    `refusals` are the crawls since the last commit that brought nothing, until the next commit
    keeps them.
    """

    started: str
    process: int
    finished: str | None = None
    outcome: Outcome = "running"
    reason: str | None = None
    pages: int = 0
    fenced: bool | None = None
    counts: dict[str, int] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    def write(self, database: Path) -> None:
        """Replace the report beside `database`, in one step. Raises OSError."""
        path = report_file(database)
        draft = path.with_name(f"{path.name}.new")
        try:
            draft.write_text(json.dumps(asdict(self), indent=2) + "\n")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def read(database: Path) -> dict[str, Any] | None:
    """The last crawl's report, None where there is none. Raises ValueError when it is broken."""
    try:
        report = json.loads(report_file(database).read_bytes())
    except OSError:
        return None
    if not isinstance(report, dict) or not {"started", "outcome", "reason"} <= report.keys():
        raise ValueError("it is no report of a crawl")
    return report


def refusals(database: Path) -> list[Refusal]:
    """The crawls since the last commit that brought nothing, by the last crawl's report.

    For readers anywhere: folders of this machine are left out of their reasons.
    """
    try:
        last = read(database)
        if last is None or last["outcome"] == "committed":
            return []
        outcome = "killed" if last["outcome"] == "running" else last["outcome"]
        reason = last["reason"] and FOLDER.sub("", last["reason"])
        earlier = [Refusal(**refusal) for refusal in last.get("refusals", [])]
        return [*earlier, Refusal(last["started"], outcome, reason)][-REMEMBERED:]
    except (AttributeError, TypeError, ValueError, RecursionError):
        return []  # it is about to be replaced


def report_file(database: Path) -> Path:
    return Path(f"{database}.crawl.json")
