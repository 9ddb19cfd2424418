"""The project's folder, copies of it, and `make` in them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.vercel import CLI
from tests.support.tools import handle_missing_tool

ROOT = Path(__file__).parents[2]


def copy_project(folder: Path) -> Path:
    """Copy the project. The copy shares this project's virtual environment."""
    copy = folder / "spojscore"
    patterns = ".git .venv build node_modules *.db *.db-* *.db.lock .*_cache __pycache__".split()
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*patterns))
    (copy / ".venv").symlink_to(Path(sys.executable).parent.parent)
    for lock in copy.glob("requirements*.lock"):
        os.utime(lock, (0, 0))  # `make install` must not touch the environment of the tests
    return copy


def make(project: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `make` in a copy of the project."""
    return subprocess.run(
        ["make", *words],
        cwd=project,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def link_vercel_cli(project: Path) -> None:
    """Link this project's Vercel CLI into a copy."""
    if not CLI.exists():
        handle_missing_tool("Vercel's CLI is not installed: make deploy/node_modules/.installed")
    tools = project / "deploy" / "node_modules"
    (tools / ".bin").mkdir(parents=True)
    (tools / ".bin" / "vercel").symlink_to(CLI)
    (tools / ".installed").touch()


def speed_up_crawls(project: Path) -> None:
    """Let a copy of the project crawl a small list without pauses, as if it were SPOJ's."""
    with (project / "spojscore_crawler" / "settings.py").open("a") as settings:
        settings.write("DOWNLOAD_DELAY = RETRY_BACKOFF = 0\nAUTOTHROTTLE_ENABLED = False\n")
        settings.write("MIN_PROBLEMS = 1\nSOURCE = 'www.spoj.com'\n")
