"""Keeps copies of the database in the folder ARCHIVE."""

import os
from pathlib import Path

from deploy.process import PublishError
from deploy.pull import replace_durably
from spojscore_crawler.store import files
from spojscore_crawler.store.state import read_state
from web.options import DATABASE


def archive(database: Path) -> str:
    """Copy the database under two names, for its day of the month and for its month."""
    if not (place := os.environ.get("ARCHIVE")):
        return "ARCHIVE is not set: no copy was made."
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise PublishError(f"no such folder: {folder} (ARCHIVE); create it")
    day = read_state(database).started
    draft = folder / f"{DATABASE}.part"
    names = [f"{DATABASE}-day-{day:%d}.db", f"{DATABASE}-{day:%Y-%m}.db"]
    for name in names:
        draft.unlink(missing_ok=True)
        files.copy(database, draft)
        replace_durably(draft, folder / name)
    return f"Archived {database} in {folder}: {', '.join(names)}."
