"""Keeps a second crawl away from a database."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class LockError(Exception):
    """The lock can't be had. Says why."""


class Lock:
    """Held from its making until it is closed or the process ends, however it ends.

    The file `<db>.lock` holds the number of the process and stays: were it removed, two crawls
    could each hold a file of that name. Raises LockError when another process holds it.
    """

    def __init__(self, database: Path) -> None:
        path = _lock_file(database)
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.ftruncate(self._file, 0)
                os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
            except OSError:
                self.close()
                raise
        except BlockingIOError as error:
            raise LockError(
                f"another crawl into {database} is running, process {holder(database)}"
            ) from error
        except OSError as error:
            raise LockError(f"{path}: {error.strerror}") from error

    def close(self) -> None:
        os.close(self._file)


def holder(database: Path) -> str:
    """The number of the process that holds the lock, or held it last; empty if there was none."""
    try:
        return _lock_file(database).read_text().strip()
    except OSError:
        return ""


def _lock_file(database: Path) -> Path:
    """One for each database, by whatever name it is called."""
    return Path(f"{database.resolve()}.lock")
