"""Builds the bundle, the folder that is deployed, from the database and the site's files."""

import hashlib
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml  # type: ignore[import-untyped]

from deploy import target
from deploy.process import PublishError
from spojscore_crawler.check import stale_hours
from spojscore_crawler.store import files
from spojscore_crawler.store.schema import upgrade
from web.options import DATABASE

ROOT = Path(__file__).parent.parent
BUNDLE = Path("build", "vercel")
# Not deployed: the digest of the bundle that `verify` accepted, and the deployment's address.
STAMP, ADDRESS = BUNDLE / "verified", BUNDLE / "deployed"
# The files of the site; anything else in its folders is left out.
SITE = ("web/[!.]*.py", "web/plugins/[!.]*.py", "web/templates/**/[!.]*.html", "web/static/[!.]*")


def build(database: Path) -> str:
    """Build the bundle of `database`. The previous one stays until the new one is complete."""
    draft = BUNDLE.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    if message := upgrade(database):
        print(message)
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
    for pattern in SITE:
        for file in ROOT.glob(pattern):
            copy = folder / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    # Not beside metadata.yml, where Vercel would read it as the function's own.
    shutil.copyfile(ROOT / "pyproject.toml", folder / "web" / "pyproject.toml")
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text())
    metadata["plugins"]["freshness"]["stale_hours"] = stale_hours()
    (folder / "metadata.yml").write_text(json.dumps(metadata))  # JSON is YAML


def digest() -> str:
    """A hash of the bundle's files."""
    if not BUNDLE.is_dir():
        raise PublishError(f"no bundle in {BUNDLE}; run `make build`")
    files = (path for path in {*BUNDLE.rglob("*")} - {STAMP, ADDRESS} if path.is_file())
    lines = sorted(f"{path} {sha256(path)}\n" for path in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
