"""The database as a file: opening, locking and copying it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database

BUSY_TIMEOUT = 60  # seconds that a commit waits for readers and other writers
HEADER = b"SQLite format 3\0"


class StoreError(Exception):
    """The database, or a file to be stored in it, cannot be used. The message says why."""


@contextmanager
def open_database(path: Path) -> Iterator[Database]:
    """Open a database that must exist, and close it at the end. Raises StoreError.

    Opens it for writing, so that SQLite can roll back the transaction of a killed crawl.
    """
    if not path.is_file():
        raise StoreError(f"{path}: {'is a folder' if path.is_dir() else 'no such file'}")
    if not os.access(path, os.R_OK):
        raise StoreError(f"{path}: the file is not readable")
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with _store_errors(path), closing(sqlite3.connect(uri, BUSY_TIMEOUT, uri=True)) as conn:
        yield Database(conn)


@contextmanager
def transaction(path: Path) -> Iterator[Database]:
    """Write to a database, or to a new one, in one transaction. Raises StoreError."""
    is_new = not path.exists()
    try:
        with _store_errors(path), closing(sqlite3.connect(path, BUSY_TIMEOUT)) as conn, conn:
            # A transaction that begins with a read would not wait for another writer, but fail.
            conn.execute("BEGIN IMMEDIATE")
            yield Database(conn)
    finally:
        if is_new and path.exists() and not path.stat().st_size:
            path.unlink()


@contextmanager
def _store_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors, and those that unreadable data causes, into StoreError."""
    try:
        yield
    except (sqlite3.Error, ValueError, LookupError, OverflowError, OSError) as error:
        hint = " (is the disk full?)" if "disk I/O" in str(error) else ""
        raise StoreError(f"{path}: {error}{hint}") from error


def check_writable(path: Path) -> None:
    """Raise StoreError if no database can be written at `path`."""
    folder = path.absolute().parent
    if path.is_dir():
        raise StoreError(f"{path}: is a folder")
    if not folder.is_dir():
        raise StoreError(f"{path}: no such folder: {folder}")
    if not os.access(folder, os.W_OK):
        raise StoreError(f"{path}: the folder {folder} is not writable")
    if path.exists():
        if not os.access(path, os.R_OK | os.W_OK):
            raise StoreError(f"{path}: the file must be both readable and writable")
        with path.open("rb") as file:
            if file.read(len(HEADER)) not in (b"", HEADER):
                raise StoreError(f"{path}: file is not a database")


def lock(path: Path) -> FileLock:
    """Take the lock `<db>.lock`, held until it is released or the process ends.

    A link gets the lock of the file it points to. The lock file is never deleted: otherwise two
    processes could hold the lock at once. Raises StoreError if another process holds it.
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
