"""The report of a crawl, `<db>.crawl.json`: what happened, for whoever looks later."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from spojscore_crawler.gate import Finding

Outcome = Literal["running", "committed", "refused", "failed"]


@dataclass(kw_only=True)
class Report:
    """One crawl. Times in UTC.

    `outcome`: `running`, also after a kill; `committed`; `refused`, for the gate found the list
    unfit; `failed`, for it could not be read, or not be committed. `pages` were read, `counts`
    tells what the commit brought, `findings` what the gate found, accepted or not.
    """

    started: str
    finished: str | None = None
    outcome: Outcome = "running"
    reason: str | None = None
    pages: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

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


def report_file(database: Path) -> Path:
    return Path(f"{database}.crawl.json")
