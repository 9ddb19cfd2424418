"""A second copy of the database, in the folder ARCHIVE."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.process import PublishError
from deploy.pull import replace_durably
from spojscore_crawler.store import files
from spojscore_crawler.store.state import state
from web.options import DATABASE


def archive(database: Path) -> str:
    """Copy the database under its day of the month and its month; returns what was done.

    The names rotate: a month's first copy replaces last month's of that day. Raises PublishError
    or StoreError; the older copies stay.
    """
    if not (place := os.environ.get("ARCHIVE")):
        return "ARCHIVE is not set: no second copy is made."
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise PublishError(f"there is no folder {folder} (ARCHIVE); create it")
    day = state(database).started
    draft = folder / f"{DATABASE}.db.part"
    names = [f"{DATABASE}-day-{day:%d}.db", f"{DATABASE}-{day:%Y-%m}.db"]
    for name in names:
        draft.unlink(missing_ok=True)
        files.copy(database, draft)
        replace_durably(draft, folder / name)
    return f"Archived {database} in {folder}: {', '.join(names)}."
