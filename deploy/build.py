"""Builds the bundle, the folder that is deployed, from the database and the site's files."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml  # type: ignore[import-untyped]

from deploy import target
from deploy.process import PublishError
from spojscore_crawler.check import stale_hours
from spojscore_crawler.store import files
from web.options import DATABASE

ROOT = Path(__file__).parent.parent
BUNDLE = Path("build", "vercel")
# Not deployed: the hash of the bundle that `verify` accepted, and the deployment's URL.
STAMP_FILE, URL_FILE = BUNDLE / "verified.sha256", BUNDLE / "deployment-url.txt"
# The files of the site; anything else in its folders is left out.
SITE_PATTERNS = ("web/**/[!.]*.py", "web/templates/**/[!.]*.html", "web/static/[!.]*")


def build(database: Path) -> str:
    """Build the bundle of `database`. The previous one stays until the new one is complete."""
    draft = BUNDLE.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    with TemporaryDirectory(prefix="spojscore-") as folder:
        copy = Path(folder, f"{DATABASE}.db")
        files.copy(database, copy)
        Path(f"{copy}.sha256").write_text(f"{sha256(copy)}  {copy.name}\n")
        copy_site(Path(folder))
        target.build(Path(folder), draft)
    shutil.rmtree(BUNDLE, ignore_errors=True)
    draft.rename(BUNDLE)
    return f"Built {BUNDLE} from {database}."


def copy_site(folder: Path) -> None:
    """Copy the site's files into `folder`, with the STALE_HOURS of this machine."""
    for pattern in SITE_PATTERNS:
        for file in ROOT.glob(pattern):
            copy = folder / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    # In web/: Vercel would install the project from a pyproject.toml in the top folder.
    shutil.copyfile(ROOT / "pyproject.toml", folder / "web" / "pyproject.toml")
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text())
    metadata["plugins"]["freshness"]["stale_hours"] = stale_hours()
    (folder / "metadata.yml").write_text(json.dumps(metadata))  # JSON is YAML


def hash_bundle() -> str:
    """A hash of the bundle's files."""
    if not BUNDLE.is_dir():
        raise PublishError(f"no bundle in {BUNDLE}; run `make build`")
    folders = os.walk(BUNDLE, followlinks=True)
    files = {Path(folder, name) for folder, _, names in folders for name in names}
    lines = sorted(f"{file} {sha256(file)}\n" for file in files - {STAMP_FILE, URL_FILE})
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
