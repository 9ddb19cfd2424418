"""Makes build/vercel, the very thing that would go public."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.bundle import (
    BUNDLE,
    FUNCTION,
    OUTPUT,
    ROUTES,
    STATIC_DATABASE,
    database_routes,
    function_files,
    verified_file,
)
from deploy.stores import write_hash
from deploy.toolchain import PYTHON_VERSION, PublishError, find_python, output
from deploy.vercel import discreet, find_vercel
from spojscore_crawler.check import stale_hours
from spojscore_crawler.store import files
from spojscore_crawler.store.schema import bring_forward
from web.options import DATABASE, OPTIONS

HERE = Path(__file__).parent
ROOT = HERE.parent
PROJECT = "spojscore"

# What plugins import.
PACKAGE = ("web/__init__.py", "web/options.py", "web/words.py", "web/answers/*.py")
# All of the project that the site consists of, whatever else lies in its folders.
SITE = (
    "metadata.yml", "web/plugins/*.py", "web/templates/**/*.html", "web/static/*.*", *PACKAGE,
)  # fmt: skip
KINDS = {".yml", ".py", ".html", ".css", ".js", ".png", ".svg"}
# A package's commands, as its record names them.
COMMANDS = "../../../bin/"


def build(database: Path) -> str:
    """Build the publication of `database`; the one that was there stays till then.

    Returns what was done. Raises PublishError or StoreError.
    """
    vercel, python = find_vercel(), find_python()
    draft, last = (BUNDLE.with_name(f"{BUNDLE.name}.{suffix}") for suffix in ("draft", "last"))
    for left in (draft, last):
        shutil.rmtree(left, ignore_errors=True)
    if sentence := bring_forward(database):
        print(sentence)
    with tempfile.TemporaryDirectory(prefix="spojscore-") as folder:
        copy = Path(folder, f"{DATABASE}.db")
        files.copy(database, copy)
        copy_site(Path(folder))
        generate(copy, draft, vercel)
        for pattern in PACKAGE:
            copy_files(Path(folder), pattern, draft)
    write_hash(draft / f"{DATABASE}.db")
    shutil.copy(HERE / "requirements.lock", draft / "requirements.txt")
    (draft / ".python-version").write_text(f"{PYTHON_VERSION}\n")
    link = draft / ".vercel" / "project.json"
    link.parent.mkdir()
    # Stands for `vercel link`, which needs the network; deploy names the real project.
    link.write_text(json.dumps({"projectId": PROJECT, "orgId": PROJECT, "settings": {}}))
    run_vercel_build(draft, vercel, python)
    forget_this_machine(draft, python)
    route_database(draft)
    verified_file(BUNDLE).unlink(missing_ok=True)
    if BUNDLE.exists():
        BUNDLE.rename(last)
    draft.rename(BUNDLE)
    shutil.rmtree(last, ignore_errors=True)
    return f"Built {BUNDLE} from {database}."


def copy_site(folder: Path) -> None:
    """Lay out in `folder` what the site consists of, with the STALE_HOURS that hold here."""
    for pattern in SITE:
        copy_files(ROOT, pattern, folder)
    metadata = folder / "metadata.yml"
    text, count = re.subn(r"(?<=stale_hours: )\d+", f"{stale_hours():g}", metadata.read_text())
    assert count == 1
    metadata.write_text(text)


def copy_files(source: Path, pattern: str, folder: Path) -> None:
    """Copy the files of `source` that the pattern names to the same place in `folder`."""
    for file in source.glob(pattern):
        if file.suffix in KINDS:
            target = folder / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def generate(database: Path, folder: Path, vercel: Path) -> None:
    """Let datasette-publish-vercel write, from what lies beside `database`, what Vercel builds."""
    datasette = Path(sys.executable).with_name("datasette")
    run(
        [
            datasette, "publish", "vercel", database, *OPTIONS, f"--project={PROJECT}",
            f"--vercel-json={HERE / 'vercel.json'}", f"--generate-dir={folder.absolute()}",
        ],
        cwd=database.parent,
        # The plugin insists on a `vercel` on the PATH, though it runs none here.
        path=[vercel.parent],
    )  # fmt: skip


def run_vercel_build(folder: Path, vercel: Path, python: Path) -> None:
    """Build `folder` with Vercel's own CLI, as Vercel would."""
    run(
        [vercel, "build", "--prod", "--yes", "--cwd", folder],
        cwd=Path.cwd(),
        path=[python.parent, Path(sys.executable).parent],
        VERCEL_PYTHON_COMPILEALL="1",  # for a fast cold start
    )
    for part in (STATIC_DATABASE, FUNCTION / ".vc-config.json"):
        if not (folder / part).is_file():
            raise PublishError(f"vercel build left no {part}")


def forget_this_machine(folder: Path, python: Path) -> None:
    """Make what was built the same wherever it is built.

    Byte code holds the names of folders, and packages' records the hashes of commands, which do;
    the CLI's notes say how it was called, and deploying does without them.
    """
    (folder / OUTPUT / "builds.json").unlink()
    shutil.rmtree(folder / OUTPUT / "diagnostics")
    built = function_files(folder).values()
    for record in (file for file in built if file.name == "RECORD"):
        lines = record.read_text().splitlines(keepends=True)
        record.write_text("".join(line for line in lines if not line.startswith(COMMANDS)))
    byte_code = (file for file in built if file.suffix == ".pyc")
    folders = sorted({str(file.parent.parent.relative_to(folder)) for file in byte_code})
    options = ["-q", "-f", "-l", "-j0", "--invalidation-mode=unchecked-hash"]
    run([python, "-m", "compileall", *options, *folders], cwd=folder, path=[])


def route_database(folder: Path) -> None:
    """Let the CDN send the database and its hash as the local site does."""
    file = folder / ROUTES
    config = json.loads(file.read_text())
    config["routes"] = database_routes() + config["routes"]
    file.write_text(json.dumps(config, indent=2))


def run(command: list[str | Path], cwd: Path, path: list[Path], **environment: str) -> None:
    """Run `command` with `path` before the PATH; it needs no secret."""
    search = os.pathsep.join([*map(str, path), os.environ["PATH"]])
    output(command, cwd=cwd, env=discreet() | {"PATH": search} | environment)
