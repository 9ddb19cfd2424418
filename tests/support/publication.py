"""Private data of an owner's machine, which must not be published."""

from __future__ import annotations

import subprocess
from pathlib import Path

# Environment variables of other programs.
PRIVATE = {
    "GH_TOKEN": "what-is-the-owner's", "DATASETTE_SECRET": "what-is-the-site's",
    "SMTP_PASSWORD": "hunter2", "AWS_SECRET_ACCESS_KEY": "what-is-amazon's",
    "DATABASE_URL": "postgres://me:hunter3@db", "SLACK_WEBHOOK_URL": "https://hooks.example/mine",
}  # fmt: skip
AUTHOR, MAIL, MESSAGE = "Xaver Ypsilon", "xaver@ypsilon.example", "What the last commit says"
REMOTE = "https://example.org/private.git"


def make_clone(project: Path) -> None:
    """Make the folder a clone with one commit."""
    for words in (
        ["init", "--quiet"],
        ["remote", "add", "origin", REMOTE],
        ["-c", f"user.name={AUTHOR}", "-c", f"user.email={MAIL}", "commit", "--quiet",
         "--allow-empty", f"--message={MESSAGE}"],
    ):  # fmt: skip
        subprocess.run(["git", *words], cwd=project, check=True)
