"""The published database becomes the local one if it is newer, or nothing changes."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.process import PublishError
from deploy.site import NotFoundError, download, site_url
from spojscore_crawler.store import files
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.schema import bring_forward
from spojscore_crawler.store.state import State, state
from spojscore_crawler.store.times import CLOCK_SKEW, minute
from web.options import DATABASE

MAX_DATABASE_BYTES = 200_000_000  # Vercel takes functions of 250 MB; packages need 50
MAX_HASH_BYTES = 1_000
TRIES = 2  # a deployment between the requests for file and hash makes them differ
SYNTHETIC_SOURCES = ("demo", "simulated")


def pull(database: Path) -> str:
    """Replace `database` by the site's if that extends it; returns what was done.

    Raises PublishError or StoreError and leaves `database` as it was if that is not safe.
    """
    first = os.environ.get("FIRST") == "1"
    files.check_writable(database)
    with files.lock(database), _folder_beside(database) as folder:
        local = read_database(database, str(database)) if database.exists() else None
        start = f"continuing with {database}" if local else f"the first crawl creates {database}"
        if not os.environ.get("SITE_URL"):
            if not (local or first):
                raise PublishError(
                    f"SITE_URL is not set and there is no {database}; "
                    "set FIRST=1 if nothing has been published yet"
                )
            return f"SITE_URL is not set: {start}."
        url = f"{site_url()}/{DATABASE}.db"
        try:
            file = _fetch(url, folder)
        except NotFoundError as error:
            if not first:
                raise PublishError(
                    f"{error}; set FIRST=1 if nothing has been published yet"
                ) from error
            return f"{error}: {start}."
        published = read_database(file, url)
        if local and local.extends(published):
            return f"Kept {database}: {url} has no newer crawl."
        if local and not published.extends(local):
            raise PublishError(
                f"{url} and {database} hold different crawls. To continue with the site's: "
                f"`mv {database} {database}.old && make pull`. To publish yours over it: "
                "`make crawl check archive build verify deploy probe`"
            )
        for left in (Path(f"{database}-journal"), Path(f"{database}-wal")):
            if left.exists():  # SQLite would apply it to the new file
                raise PublishError(f"{left} belongs to another database file; remove it")
        replace_durably(file, database)
    return (
        f"Pulled {database} from {url}: {len(published.lineage)} crawls, "
        f"the last of {published.started:%Y-%m-%d}."
    )


def read_database(file: Path, name: str) -> State:
    """Upgrade a database that is to be published, and read its state. `name` is for messages.

    Raises PublishError unless it is whole, real and not from the future.
    """
    try:
        if sentence := bring_forward(file):
            print(sentence.replace(str(file), name))
        found = state(file)
    except StoreError as error:
        raise PublishError(str(error).replace(str(file), name)) from error
    if found.finished > datetime.now(UTC) + CLOCK_SKEW:
        raise PublishError(
            f"{name}: its last crawl finished at {minute(found.finished)}, in the future by this "
            "machine's clock; set the clock"
        )
    if synthetic := sorted(found.sources.intersection(SYNTHETIC_SOURCES)):
        raise PublishError(
            f"{name} holds crawls of the source {synthetic[0]!r}, which must not be published; "
            "use a database of your own crawls (DB=)"
        )
    return found


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def replace_durably(draft: Path, target: Path) -> None:
    """Rename `draft` to `target` once its content is on the disk."""
    with draft.open("rb") as content:
        os.fsync(content.fileno())
    draft.replace(target)


def _fetch(url: str, folder: Path) -> Path:
    """Download the database and compare it with its hash. Raises PublishError, NotFoundError."""
    file, hash_file = folder / "site.db", folder / "hash"
    for _ in range(TRIES):
        download(url, file, MAX_DATABASE_BYTES)
        try:
            download(f"{url}.sha256", hash_file, MAX_HASH_BYTES)
        except NotFoundError as error:
            raise PublishError(str(error)) from error  # the site exists
        if hash_file.read_bytes().split()[:1] == [sha256(file).encode()]:
            return file
    raise PublishError(f"{url} does not match its hash, {url}.sha256")


@contextmanager
def _folder_beside(database: Path) -> Iterator[Path]:
    """A temporary folder on the same disk. Removes those of killed pulls."""
    prefix = f"{database.name}.pull-"
    for leftover in database.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover)
    with TemporaryDirectory(dir=database.parent, prefix=prefix) as folder:
        yield Path(folder)
