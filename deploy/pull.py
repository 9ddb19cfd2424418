"""`python -m deploy.pull DB`: the last published database becomes DB, or nothing changes.

SITE_URL is the site's address. Where it fails, or a newer one could not be published, the last copy
in ARCHIVE is taken (deploy/archive.py). FIRST=1 allows to start empty where nothing was published
yet. A local database that is newer is kept.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import TypeAlias
from urllib.error import HTTPError
from urllib.request import urlopen

from deploy.archive import archive_at, copies
from deploy.hashes import has_hash
from deploy.toolchain import PublishError, run_step
from spojscore_crawler.store import files
from spojscore_crawler.store.files import connect
from spojscore_crawler.store.state import State
from spojscore_crawler.store.state import state as state_of
from web.options import DATABASE

TIMEOUT = 60  # seconds without a byte
BLOCK = 1 << 20  # bytes
NOT_FOUND = 404
# A deploy between the requests for the file and its hash makes them differ.
TRIES = 2

# Where a database came from, and its state.
Found: TypeAlias = tuple[str, State]


class NothingPublishedError(PublishError):
    """The site answers that it has no database."""


def pull(path: Path, site: str, archive: str, *, first: bool) -> str:
    """Put the last published database at `path`, in one step; returns what was done.

    Raises PublishError, and leaves `path` as it is, when that can't be done safely.
    """
    if not site and path.exists():
        return f"SITE_URL is not set: going on with {path}."
    if not site and not archive:
        if first:
            return f"SITE_URL is not set: the first crawl makes {path}."
        raise PublishError(f"SITE_URL is not set and there is no {path}; FIRST=1 starts empty")
    if site and not site.startswith(("http://", "https://")):
        raise PublishError(f"SITE_URL is {site!r}, not an http or https address")
    with _locked(path), _folder_beside(path) as folder:
        published = Path(folder, f"{DATABASE}.db")
        try:
            source, state = fetch(published, site, archive)
        except NothingPublishedError as error:
            if not first:
                raise PublishError(f"{error}; FIRST=1 starts without it") from error
            return (
                f"{error}: {'going on with' if path.exists() else 'the first crawl makes'} {path}."
            )
        if path.exists() and not _may_be_replaced(path, state, source):
            return f"Kept {path}: its last crawl is newer than that of {source}."
        for left in (Path(f"{path}-journal"), Path(f"{path}-wal")):
            # SQLite would take it for the new file's.
            if left.exists():
                raise PublishError(f"{left} is left of a database that is gone; remove it")
        with published.open("rb") as file:
            os.fsync(file.fileno())
        published.replace(path)
    last = f"{state.started:%Y-%m-%d}"
    return f"Pulled {path} from {source}: {state.history} rows of history, to {last}."


def fetch(target: Path, site: str, archive: str) -> Found:
    """Put a whole database into `target`; returns where it came from, and its state.

    That of the site, or the archive's last copy where the site fails, or where that copy is newer,
    for it was not published then. Raises PublishError, and NothingPublishedError where nothing was
    put yet, neither on the site nor in the archive.
    """
    found: Found | None = None
    errors: list[PublishError] = []
    if site:
        url = f"{site.rstrip('/')}/{DATABASE}.db"
        try:
            _download(url, target)
            found = url, _whole(target, url)
        except PublishError as error:
            errors.append(error)
    if archive:
        try:
            found = _archived(target, archive, found) or found
        except NothingPublishedError as error:
            errors.append(error)
        except PublishError as error:
            errors.append(error)
            found = None  # a newer list may be there
    if found:
        return found
    nothing = all(isinstance(error, NothingPublishedError) for error in errors)
    raise (NothingPublishedError if nothing else PublishError)("; ".join(map(str, errors)))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """No crawl is running meanwhile."""
    try:
        files.check_writable(path)
        lock = files.lock(path)
    except files.StoreError as error:
        raise PublishError(str(error)) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _folder_beside(path: Path) -> Iterator[str]:
    """A folder on the same disk; what a killed pull left is removed."""
    prefix = f"{path.name}.pull-"
    for left in path.parent.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=prefix) as folder:
        yield folder


def _may_be_replaced(path: Path, published: State, source: str) -> bool:
    """Not when the database at `path` is newer. Raises PublishError if history would be lost."""
    try:
        local = state_of(path)
    except files.StoreError as error:
        raise PublishError(
            f"{error}; move it away, and its -journal if there is one, to take the published one"
        ) from error
    newer = local.started > published.started
    if newer and len(local.lineage) < len(published.lineage):
        raise PublishError(
            f"the last crawl of {path} is newer than that of {source}, but it tells of "
            f"{len(local.lineage)} crawls, and the published one of "
            f"{len(published.lineage)}; move it away"
        )
    if not newer and len(local.lineage) > len(published.lineage):
        raise PublishError(
            f"{source} tells of {len(published.lineage)} crawls, fewer than the "
            f"{len(local.lineage)} of {path}, though its last crawl is not older; "
            "nothing is replaced"
        )
    return not newer


def _archived(target: Path, place: str, found: Found | None) -> Found | None:
    """Put the archive's last copy into `target` if there is none yet, or only an older one."""
    archive = archive_at(place)
    kept = copies(archive)
    if not kept:
        raise NothingPublishedError(f"there is no copy in ARCHIVE, {place}")
    moment, name = max(kept.items())
    if found and found[1].started >= moment:
        return None
    source = f"{place.rstrip('/')}/{name}"
    for part in (name, f"{name}.sha256"):
        archive.get(part, target.parent)
    copy = target.with_name(name)
    if not has_hash(copy, copy.with_name(f"{name}.sha256").read_bytes()):
        raise PublishError(f"{source} is not what the hash beside it says")
    state = _whole(copy, source)
    if found and len(state.lineage) < len(found[1].lineage):
        raise PublishError(
            f"{source} is newer than {found[0]}, but it tells of {len(state.lineage)} crawls, and "
            f"that of {len(found[1].lineage)}; remove the wrong one"
        )
    copy.replace(target)
    return source, state


def _whole(file: Path, source: str) -> State:
    """The state of what came from `source`. Raises PublishError when it is not whole."""
    try:
        state = state_of(file)
        with closing(connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = delete")  # a WAL file is not all of it
    except (files.StoreError, sqlite3.Error) as error:
        raise PublishError(f"{source}: {str(error).removeprefix(f'{file}: ')}") from error
    return state


def _download(url: str, target: Path) -> None:
    """Raises PublishError unless what came is what the hash beside it says."""
    for _ in range(TRIES):
        with target.open("wb") as file:
            for block in _blocks(url):
                file.write(block)
        try:
            published = b"".join(_blocks(f"{url}.sha256"))
        except NothingPublishedError as error:
            raise PublishError(str(error)) from error
        if has_hash(target, published):
            return
    raise PublishError(f"{url} is not what the hash beside it says")


def _blocks(url: str) -> Iterator[bytes]:
    """What `url` answers. Raises PublishError when it fails, or ends before it is complete."""
    try:
        with urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310  (the owner's own address)
            size = answer.headers.get("Content-Length")
            received = 0
            while block := answer.read(BLOCK):
                received += len(block)
                yield block
    except HTTPError as error:
        kind = NothingPublishedError if error.code == NOT_FOUND else PublishError
        raise kind(f"{url} answers {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise PublishError(f"{url}: {error or type(error).__name__}") from error
    if size is not None and received != int(size):
        raise PublishError(f"{url} broke off after {received} of {size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.pull", description=__doc__)
    parser.add_argument("database", type=Path)
    path = parser.parse_args().database
    site, archive = (os.environ.get(name, "") for name in ("SITE_URL", "ARCHIVE"))
    first = os.environ.get("FIRST") == "1"
    run_step(lambda: print(pull(path.resolve(), site, archive, first=first)))


if __name__ == "__main__":
    main()
