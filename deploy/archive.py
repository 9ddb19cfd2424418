"""A second copy of the database in ARCHIVE, a folder or github:OWNER/REPO.

None is ever replaced, so that a copy that breaks off harms no other. Of each of the last 30 days
the last one stays, and one of each month.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from deploy.stores import HASH, PREFIX, Archive, archive_at, write_hash
from spojscore_crawler.store import files
from spojscore_crawler.store.state import state

DAYS = timedelta(days=30)
# At once; else a crawl with a wrong clock could empty the archive.
MOST_REMOVED = 3


def archive(database: Path) -> str:
    """Put a copy into ARCHIVE; returns what was done.

    Raises PublishError or StoreError; the copies that were there stay then.
    """
    place = os.environ.get("ARCHIVE", "")
    if not place:
        return "ARCHIVE is not set: no second copy is kept."
    return f"Archived in {place}: {keep(database, archive_at(place))}."


def keep(database: Path, store: Archive) -> str:
    """Put a copy into the store and remove what is outdated there. Returns and raises as above."""
    last = state(database).started
    name = f"{PREFIX}{last:%Y-%m-%dT%H%M%SZ}.db"
    with tempfile.TemporaryDirectory(prefix="spojscore-") as folder:
        if name not in store.copies().values():
            copy = Path(folder, name)
            files.copy(database, copy)
            for file in (copy, write_hash(copy)):
                store.put(file)
    copies = store.copies()
    old = outdated(copies, last)[:MOST_REMOVED]
    for moment in old:
        # The hash first: what has none is no copy.
        for outdated_file in (f"{copies[moment]}{HASH}", copies[moment]):
            store.remove(outdated_file)
    return f"{name}; {len(copies) - len(old)} copies, {len(old)} outdated ones removed"


def outdated(moments: Iterable[datetime], last: datetime) -> list[datetime]:
    """Whose copies may go, oldest first.

    The last one of each of the 30 days up to `last` stays, and that of each month's first day.
    """
    moments = sorted(moments)
    of_days = {moment.date(): moment for moment in moments}
    of_months = {(day.year, day.month): day for day in reversed(of_days)}
    kept = {
        moment
        for day, moment in of_days.items()
        if day > last.date() - DAYS or day in of_months.values()
    }
    return [moment for moment in moments if moment not in kept]
