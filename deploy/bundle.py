"""The bundle, a folder with everything that goes public, and the stamp that `verify` puts there."""

from __future__ import annotations

import hashlib
from pathlib import Path

from deploy.process import PublishError

BUNDLE = Path("build", "vercel")


def stamp_file(bundle: Path) -> Path:
    """Holds the digest of the bundle that `verify` passed."""
    return bundle / "verified"


def deployment_file(bundle: Path) -> Path:
    """Holds the address of the last deployment of this bundle."""
    return bundle / "deployed"


def digest(bundle: Path) -> str:
    """A hash of the bundle's files. Raises PublishError if nothing is built."""
    if not bundle.is_dir():
        raise PublishError(f"{bundle} does not exist; run `make build`")
    own = {stamp_file(bundle), deployment_file(bundle)}
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bundle)}\n"
        for path in sorted(bundle.rglob("*"))
        if path.is_file() and path not in own
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
