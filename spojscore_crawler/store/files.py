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


class StoreError(Exception):
    """The database cannot be used. The message says why."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a database that must exist. Raises sqlite3.Error.

    Opens it for writing, so that SQLite can roll back the transaction of a killed crawl.
    """
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", BUSY_TIMEOUT, uri=True)


@contextmanager
def open_database(path: Path) -> Iterator[Database]:
    """Open a database that must exist, and close it at the end.

    Raises StoreError for SQLite's errors, and for the errors that unreadable data causes.
    """
    if not path.is_file():
        raise StoreError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
    try:
        with closing(connect(path)) as connection:
            yield Database(connection)
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise StoreError(f"{path}: {error}") from error


def check_writable(path: Path) -> None:
    """Raise StoreError if no database can be written at `path`."""
    folder = path.absolute().parent
    if path.is_dir():
        raise StoreError(f"{path}: is a folder")
    if not folder.is_dir():
        raise StoreError(f"{path}: no such folder: {folder}")
    if not os.access(folder, os.W_OK):
        raise StoreError(f"{path}: the folder {folder} is not writable")
    if path.exists() and not os.access(path, os.W_OK):
        raise StoreError(f"{path}: the file is not writable")


def lock(path: Path) -> FileLock:
    """Take the lock `<db>.lock`, held until it is released or the process ends.

    A link gets the lock of the file it points to. The lock file stays: if it were removed, two
    processes could hold a lock of that name. Raises StoreError if another process holds it.
    """
    file_lock = FileLock(f"{path.resolve()}.lock")
    try:
        file_lock.acquire(blocking=False)
    except Timeout as error:
        raise StoreError(
            f"{path}: locked by another process, such as a crawl; try again later"
        ) from error
    except OSError as error:
        raise StoreError(f"{file_lock.lock_file}: {error.strerror}") from error
    return file_lock


def copy(source: Path, target: Path) -> None:
    """Copy a database with VACUUM INTO, which leaves out deleted rows. Raises StoreError."""
    with open_database(source) as db:
        db.execute("VACUUM INTO ?", [str(target)])
    with open_database(target) as db:
        [[damage]] = db.execute("PRAGMA quick_check(1)")
    if damage != "ok":
        raise StoreError(f"{source}: damaged: {damage}")
