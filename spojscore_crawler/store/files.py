"""The database as a file: opening, locking and copying it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database

BUSY_TIMEOUT = 60  # seconds that a commit waits for readers and other writers
# Longer than is_locked() holds the lock.
GLANCE = 0.2  # seconds


class StoreError(Exception):
    """The database cannot be used. Says why."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a database that must exist. Raises sqlite3.Error.

    For writing, so that SQLite can recover what a killed crawl left half done.
    """
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", BUSY_TIMEOUT, uri=True)


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """A database that must exist, closed in the end. Raises StoreError for SQLite's errors."""
    if not path.is_file():
        raise StoreError(f"{path}: there is no such file")
    try:
        with closing(connect(path)) as connection:
            yield Database(connection)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}") from error


def check_writable(path: Path) -> None:
    """Raise StoreError when no database can be written at `path`."""
    folder = path.absolute().parent
    if path.is_dir():
        raise StoreError(f"{path}: this is a folder")
    if not folder.is_dir():
        raise StoreError(f"{path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise StoreError(f"{path}: the folder {folder} is not writable")
    if path.exists() and not os.access(path, os.W_OK):
        raise StoreError(f"{path}: the file is not writable")


def lock(path: Path) -> FileLock:
    """Take the lock `<db>.lock`, and hold it until it is released or the process ends.

    There is one for each database, by whatever name it is called. The file stays: were it removed,
    two processes could each hold a lock of that name. Raises StoreError when another process holds
    it.
    """
    held = _lock(path)
    try:
        held.acquire(timeout=GLANCE)
    except Timeout as error:
        raise StoreError(
            f"{path}: another process is writing to it, `make check` tells which"
        ) from error
    except OSError as error:
        raise StoreError(f"{held.lock_file}: {error.strerror}") from error
    return held


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock. Takes it for a moment to find out."""
    glance = _lock(path)
    if not Path(glance.lock_file).exists():
        return False
    try:
        with glance.acquire(blocking=False):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def _lock(path: Path) -> FileLock:
    return FileLock(f"{path.resolve()}.lock")


def copy(source: Path, target: Path) -> None:
    """Copy a database through SQLite, which recovers what a killed crawl may have left.

    The copy holds nothing of deleted rows. Raises StoreError.
    """
    with opened(source) as db:
        db.execute("VACUUM INTO ?", [str(target)])
    with opened(target) as db:
        [[damage]] = db.execute("PRAGMA quick_check(1)")
    if damage != "ok":
        raise StoreError(f"{source}: damaged: {damage}")
