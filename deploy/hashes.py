"""The hash beside a published file, FILE.sha256, as sha256sum writes and checks it."""

from __future__ import annotations

import hashlib
from pathlib import Path


def write_hash(file: Path) -> Path:
    """Write the hash of `file` beside it; returns where."""
    target = file.with_name(f"{file.name}.sha256")
    target.write_text(f"{_hash(file)}  {file.name}\n")
    return target


def has_hash(file: Path, published: bytes) -> bool:
    """Whether `file` is what was published with that hash."""
    return published.split()[:1] == [_hash(file).encode()]


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
