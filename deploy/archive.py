"""Keeps copies of the database in the folder ARCHIVE."""

import os
from pathlib import Path

from deploy.process import PublishError
from spojscore_crawler.store import files
from spojscore_crawler.store.state import read_state
from web.options import DATABASE


def archive(database: Path) -> str:
    """Copy the database under two names, for its day of the month and for its month."""
    if not (archive_path := os.environ.get("ARCHIVE")):
        return "Skipped: ARCHIVE is not set, so no copy is made."
    folder = Path(archive_path).expanduser()
    if not folder.is_dir():
        raise PublishError(f"no such folder: {folder} (ARCHIVE); create it")
    started = read_state(database).started
    draft = folder / f"{DATABASE}.part"
    names = [f"{DATABASE}-day-{started:%d}.db", f"{DATABASE}-{started:%Y-%m}.db"]
    for name in names:
        draft.unlink(missing_ok=True)
        files.copy(database, draft)
        draft.replace(folder / name)
    return f"Archived {database} in {folder}: {', '.join(names)}."
