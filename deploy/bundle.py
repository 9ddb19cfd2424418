"""The bundle: a folder with everything that goes public."""

import hashlib
from pathlib import Path

from deploy.process import PublishError

BUNDLE = Path("build", "vercel")
# Neither is deployed: the digest of the bundle that `verify` passed, the address `deploy` got.
STAMP, ADDRESS = BUNDLE / "verified", BUNDLE / "deployed"


def digest() -> str:
    """A hash of the bundle's files. Raises PublishError if nothing is built."""
    if not BUNDLE.is_dir():
        raise PublishError(f"there is no {BUNDLE}; run `make build`")
    whole = hashlib.sha256()
    for path in sorted(BUNDLE.rglob("*")):
        if path.is_file() and path not in (STAMP, ADDRESS):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            whole.update(f"{content}  {path.relative_to(BUNDLE)}\n".encode())
    return whole.hexdigest()
