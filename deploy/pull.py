"""The last published database becomes the local one, or nothing changes.

Of the local database, the site's and the archive's last copy, the newest is taken if it extends the
others; else a person decides, by TAKE.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.client import NotFoundError, site_url
from deploy.stores import Site, Store, archive_at, fetch, refuse_made_up
from deploy.toolchain import PublishError
from spojscore_crawler.store import files
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.schema import bring_forward
from spojscore_crawler.store.state import State, state
from spojscore_crawler.store.times import CLOCK_SKEW, minute


@dataclass(frozen=True)
class Copy:
    """A database that is whole: `local`, or the last copy of `site` or `archive`."""

    kind: str
    source: str
    file: Path
    state: State

    @classmethod
    def read(cls, kind: str, source: str, file: Path) -> Copy:
        """Bring the file to the newest schema, and say so. Raises PublishError."""
        try:
            if sentence := bring_forward(file):
                print(sentence.replace(str(file), source))
            found = state(file)
        except StoreError as error:
            raise PublishError(str(error).replace(str(file), source)) from error
        if found.finished > datetime.now(UTC) + CLOCK_SKEW:
            when = minute(found.finished)
            raise PublishError(
                f"{source}: its last crawl was finished at {when}, in the future by this machine's "
                "clock"
            )
        refuse_made_up(found, source)
        return cls(kind, source, file, found)


def pull(database: Path) -> str:
    """Put the newest copy at `database`, in one step; returns what was done.

    Raises PublishError or StoreError, and leaves `database` as it is, when that is not safe.
    """
    stores: dict[str, Store] = {}
    if os.environ.get("SITE_URL"):
        stores["site"] = Site(site_url())
    if place := os.environ.get("ARCHIVE"):
        stores["archive"] = archive_at(place)
    first = os.environ.get("FIRST") == "1"
    files.check_writable(database)
    local = [Copy.read("local", str(database), database)] if database.exists() else []
    begin = f"going on with {database}" if local else f"the first crawl makes {database}"
    if not stores:
        if not (local or first):
            raise PublishError(
                f"SITE_URL is not set and there is no {database}; "
                "FIRST=1 says that nothing was published yet"
            )
        return f"SITE_URL is not set: {begin}."
    with files.lock(database), _folder_beside(database) as folder:
        try:
            copies = [*local, *_fetched(stores, folder)]
        except NotFoundError as error:
            if not first:
                raise PublishError(f"{error}; FIRST=1 starts without it") from error
            return f"{error}: {begin}."
        chosen, loser = choose(copies, os.environ.get("TAKE", ""), _fork(database))
        kept = _keep_fork(database, loser) if loser else ""
        if chosen.kind == "local":
            return f"Kept {database}: nothing is newer{kept}."
        _replace(database, chosen.file)
    last = f"{chosen.state.started:%Y-%m-%d}"
    rows = chosen.state.history
    return f"Pulled {database} from {chosen.source}: {rows} rows of history, to {last}{kept}."


def choose(copies: Sequence[Copy], take: str, fork: State | None) -> tuple[Copy, Copy | None]:
    """Which copy to go on from, and which one, if any, would be lost by that.

    `take` is the kind of copy that a person decided for, `fork` the one that he decided against.
    Raises PublishError where he has to decide.
    """
    if take:
        chosen = next((copy for copy in copies if copy.kind == take), None)
        if chosen is None:
            kinds = ", ".join(copy.kind for copy in copies)
            raise PublishError(f"TAKE={take}: there is no such copy, only {kinds}")
        lost = [copy for copy in copies if not chosen.state.extends(copy.state)]
        return chosen, max(lost, key=lambda copy: (copy.kind == "local", copy.state.finished),
                           default=None)  # fmt: skip
    local = next((copy.state for copy in copies if copy.kind == "local"), None)
    if fork and local:
        copies = [
            copy for copy in copies if local.extends(copy.state) or not fork.extends(copy.state)
        ]
    newest = max(copies, key=lambda copy: copy.state.finished)
    for copy in copies:
        if not newest.state.extends(copy.state):
            raise PublishError(
                f"{newest.source} is newer than {copy.source}, but does not hold all its crawls; "
                f"decide with `make pull TAKE={newest.kind}` or `TAKE={copy.kind}`"
            )
    return newest, None


def _fetched(stores: dict[str, Store], folder: Path) -> list[Copy]:
    """The last copies of the stores. The archive stands in for a site that fails.

    Raises PublishError, and NotFoundError where no store has a copy yet.
    """
    copies: list[Copy] = []
    missing: list[NotFoundError] = []
    failed: PublishError | None = None
    for kind, store in stores.items():
        try:
            file = fetch(store, folder)
            copies.append(Copy.read(kind, f"{store.name}/{file.name}", file))
        except NotFoundError as error:
            missing.append(error)
        except PublishError as error:
            if kind == "archive":
                raise  # a newer copy may be there
            failed = error
    if failed and copies:
        print(f"{failed}; going by the archive")
    elif not copies:
        reasons = "; ".join(map(str, [*([failed] if failed else []), *missing]))
        raise (PublishError if failed else NotFoundError)(reasons)
    return copies


@contextmanager
def _folder_beside(database: Path) -> Iterator[Path]:
    """A folder on the same disk; what a killed pull left is removed."""
    prefix = f"{database.name}.pull-"
    for left in database.parent.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=database.parent, prefix=prefix) as folder:
        yield Path(folder)


def _fork(database: Path) -> State | None:
    fork = Path(f"{database}.fork")
    return Copy.read("fork", str(fork), fork).state if fork.exists() else None


def _keep_fork(database: Path, loser: Copy) -> str:
    """Keep what a person decided against as `<db>.fork`; returns how to say so."""
    fork = Path(f"{database}.fork")
    before = _fork(database)
    if before and not before.extends(loser.state):
        raise PublishError(f"{fork} is of an earlier decision; move it away")
    if not before:
        draft = loser.file.parent / f"{fork.name}.draft"
        draft.unlink(missing_ok=True)
        files.copy(loser.file, draft)
        draft.replace(fork)
    return f"; what {loser.source} held is kept as {fork}"


def _replace(database: Path, file: Path) -> None:
    for left in (Path(f"{database}-journal"), Path(f"{database}-wal")):
        # SQLite would take it for the new file's.
        if left.exists():
            raise PublishError(f"{left} is left of a database that is gone; remove it")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = delete")  # a WAL file is not all of it
    with file.open("rb") as content:
        os.fsync(content.fileno())
    file.replace(database)
