"""Keeps a second crawl away from a database."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

# More than holder() holds it, in seconds.
GLANCE = 0.2


class LockError(Exception):
    """The lock can't be had. Says why."""


class Lock:
    """Held from its making until it is closed or the process ends, however it ends.

    The file `<db>.lock` holds the number of the process and stays: were it removed, two crawls
    could each hold a file of that name. A child that is given `file` holds it, too.
    Raises LockError when another process holds it.
    """

    def __init__(self, database: Path) -> None:
        path = _lock_file(database)
        try:
            self.file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                self._take()
                os.ftruncate(self.file, 0)
                os.pwrite(self.file, f"{os.getpid()}\n".encode(), 0)
            except OSError:
                self.close()
                raise
        except BlockingIOError as error:
            raise LockError(
                f"another crawl into {database} is running, process {_last_holder(path)}"
            ) from error
        except OSError as error:
            raise LockError(f"{path}: {error.strerror}") from error

    def _take(self) -> None:
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(GLANCE)
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        os.close(self.file)


def holder(database: Path) -> str | None:
    """The number of the process that holds the lock; None when nobody does."""
    path = _lock_file(database)
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _last_holder(path)
    except OSError:
        pass
    return None


def _last_holder(path: Path) -> str:
    return path.read_text().strip()


def _lock_file(database: Path) -> Path:
    """One for each database, by whatever name it is called."""
    return Path(f"{database.resolve()}.lock")
