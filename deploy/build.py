"""`python -m deploy.build DB`: make build/vercel, the very thing that would go public."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from deploy.toolchain import PYTHON_VERSION, PublishError, find_python, find_vercel, run_step
from web.database import connect
from web.options import DATABASE, OPTIONS

HERE = Path(__file__).parent
BUNDLE = Path("build", "vercel")
PROJECT = "spojscore"

# Where the bundle's parts lie in it.
OUTPUT = Path(".vercel", "output")
STATIC_DATABASE = OUTPUT / "static" / f"{DATABASE}.db"
FUNCTION = OUTPUT / "functions" / "index.py.func"


def build(database: Path, bundle: Path = BUNDLE) -> None:
    """Build the publication of `database` at `bundle`; the one that was there stays till then.

    Raises PublishError when that fails.
    """
    vercel, python = find_vercel(), find_python()
    draft, last = (bundle.with_name(f"{bundle.name}.{suffix}") for suffix in ("draft", "last"))
    for left in (draft, last):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="spojscore-") as folder:
        copy = Path(folder, f"{DATABASE}.db")
        copy_database(database, copy)
        generate(copy, draft, vercel)
    published = draft / f"{DATABASE}.db"
    digest = hashlib.sha256(published.read_bytes()).hexdigest()
    published.with_name(f"{published.name}.sha256").write_text(f"{digest}  {published.name}\n")
    shutil.copy(HERE / "requirements.lock", draft / "requirements.txt")
    (draft / ".python-version").write_text(f"{PYTHON_VERSION}\n")
    link = draft / ".vercel" / "project.json"
    link.parent.mkdir()
    # Stands for `vercel link`, which needs the network; deploy names the real project.
    link.write_text(json.dumps({"projectId": PROJECT, "orgId": PROJECT, "settings": {}}))
    run_vercel_build(draft, vercel, python)
    if bundle.exists():
        bundle.rename(last)
    draft.rename(bundle)
    shutil.rmtree(last, ignore_errors=True)


def copy_database(source: Path, target: Path) -> None:
    """Copy a database through SQLite, which recovers what a killed crawl may have left."""
    if not source.is_file():
        raise PublishError(f"there is no database {source}; make one with `make crawl`")
    try:
        with closing(connect(source)) as original:
            original.execute("VACUUM INTO ?", [str(target)])  # without what is left of old rows
        with closing(connect(target)) as copy:
            state = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise PublishError(f"{source}: {error}") from error
    if state != "ok":
        raise PublishError(f"{source}: {state}")


def generate(database: Path, folder: Path, vercel: Path) -> None:
    """Let datasette-publish-vercel write what Vercel builds from."""
    datasette = Path(sys.executable).with_name("datasette")
    run(
        [
            datasette, "publish", "vercel", database, *OPTIONS, f"--project={PROJECT}",
            f"--vercel-json={HERE / 'vercel.json'}", f"--generate-dir={folder}",
        ],
        # The plugin insists on a `vercel` on the PATH, though it runs none here.
        path=[vercel.parent],
    )  # fmt: skip


def run_vercel_build(folder: Path, vercel: Path, python: Path) -> None:
    """Build `folder` with Vercel's own CLI, as Vercel would."""
    run(
        [vercel, "build", "--prod", "--yes", "--cwd", folder],
        path=[python.parent, Path(sys.executable).parent],
        VERCEL_PYTHON_COMPILEALL="1",  # for a fast cold start
        VERCEL_TELEMETRY_DISABLED="1",
    )
    for part in (STATIC_DATABASE, FUNCTION / ".vc-config.json"):
        if not (folder / part).is_file():
            raise PublishError(f"vercel build left no {part}")


def run(command: list[str | Path], path: list[Path], **environment: str) -> None:
    """Run `command` with `path` before the PATH; what it prints is shown only when it fails."""
    search = os.pathsep.join([*map(str, path), os.environ["PATH"]])
    done = subprocess.run(
        command,
        env=os.environ | {"PATH": search} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        name = " ".join(map(str, [Path(command[0]).name, *command[1:3]]))
        raise PublishError(f"`{name}` failed with exit status {done.returncode}, see above")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.build", description=__doc__)
    parser.add_argument("database", type=Path)
    database = parser.parse_args().database
    run_step(lambda: build(database))
    print(f"Built {BUNDLE} from {database}.")


if __name__ == "__main__":
    main()
