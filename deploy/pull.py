"""Replaces the local database with the published one if that is newer."""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.build import sha256
from deploy.process import PublishError
from deploy.site import NotFoundError, download, site_url
from spojscore_crawler.store import files
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.schema import upgrade
from spojscore_crawler.store.state import State, read_state
from spojscore_crawler.store.times import CLOCK_SKEW
from web.options import DATABASE

MAX_DATABASE_BYTES = 200_000_000  # Vercel takes functions of 250 MB; packages need 50
SYNTHETIC_SOURCES = ("demo", "simulated")


def pull(database: Path) -> str:
    """Replace `database` with the site's if that extends it."""
    files.check_writable(database)
    with files.lock(database), _folder_beside(database) as folder:
        local = read_database(database) if database.exists() else None
        start = f"continuing with {database}" if local else f"the first crawl creates {database}"
        first = os.environ.get("FIRST") == "1"
        if not os.environ.get("SITE_URL") and (local or first):
            return f"SITE_URL is not set: {start}."
        url = f"{site_url()}/{DATABASE}.db"
        file = folder / f"{DATABASE}.db"
        try:
            _fetch(url, file)
        except NotFoundError as error:
            if first:
                return f"{error}: {start}."
            raise PublishError(f"{error}; set FIRST=1 if nothing was published yet") from error
        try:
            published = read_database(file)
        except (PublishError, StoreError) as error:
            raise PublishError(str(error).replace(str(file), url)) from error
        if local and local.extends(published):
            return f"Kept {database}: {url} has no newer crawl."
        if local and not published.extends(local):
            raise PublishError(
                f"{url} and {database} hold different crawls. To continue with the site's: "
                f"`mv {database} {database}.old && make pull`. To publish yours over it: "
                "`make crawl check archive build verify deploy probe`"
            )
        for leftover in (Path(f"{database}-journal"), Path(f"{database}-wal")):
            if leftover.exists():  # SQLite would apply it to the new file
                raise PublishError(f"{leftover} belongs to another database file; remove it")
        replace_durably(file, database)
    return f"Pulled {database} from {url}: last crawled on {published.started:%Y-%m-%d}."


def read_database(file: Path) -> State:
    """Upgrade a database and read its state. Raises StoreError, or PublishError if synthetic."""
    if message := upgrade(file):
        print(message)
    state = read_state(file)
    if state.finished > datetime.now(UTC) + CLOCK_SKEW:
        raise PublishError(f"{file}: its last crawl is in the future; set this machine's clock")
    for source in state.sources:
        if source.startswith(SYNTHETIC_SOURCES):
            reason = f"holds a crawl of the source {source!r}, which must not be published"
            raise PublishError(f"{file} {reason}; use another database (DB=)")
    return state


def replace_durably(draft: Path, target: Path) -> None:
    """Rename `draft` to `target` once its content is on the disk."""
    with draft.open("rb") as content:
        os.fsync(content.fileno())
    draft.replace(target)


def _fetch(url: str, file: Path) -> None:
    """Download the database and compare it with its hash."""
    with file.open("wb") as target:
        download(url, target, MAX_DATABASE_BYTES)
    try:
        download(f"{url}.sha256", hash_text := io.BytesIO(), 1_000)
    except NotFoundError as error:
        raise PublishError(str(error)) from error  # only the hash is missing
    if hash_text.getvalue().split()[:1] != [sha256(file).encode()]:
        raise PublishError(f"{url} does not match its hash; if it is being deployed, try again")


@contextmanager
def _folder_beside(database: Path) -> Iterator[Path]:
    """A temporary folder on the same disk. Removes those that killed pulls left."""
    prefix = f"{database.name}.pull-"
    for leftover in database.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover)
    with TemporaryDirectory(dir=database.parent, prefix=prefix) as folder:
        yield Path(folder)
