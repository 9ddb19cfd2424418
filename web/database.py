"""Opens what the crawler wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def connect(path: Path) -> sqlite3.Connection:
    """Open a database that must exist. Raises sqlite3.Error.

    For writing, so that SQLite can recover what a killed crawl left half done.
    """
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
