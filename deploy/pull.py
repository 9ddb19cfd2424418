"""Replaces the local database with the published one if that is newer."""

import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.build import sha256
from deploy.process import PublishError
from deploy.site import MAX_PAGE_BYTES, NotFoundError, fetch, site_url
from spojscore_crawler.store import files
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.schema import upgrade
from spojscore_crawler.store.state import State, read_state
from spojscore_crawler.store.times import CLOCK_SKEW
from web.options import DATABASE

MAX_DATABASE_BYTES = 200_000_000  # Vercel limits a function to 250 MB; its packages take 50 MB
# Prefixes of crawls' sources other than SPOJ, such as the host of a stand-in on this machine.
SYNTHETIC_SOURCES = ("demo", "simulated", "localhost", "127.", "::1")


def pull(database: Path) -> str:
    """Replace `database` with the site's if that extends it."""
    files.check_writable(database)
    # Beside the database, because a file can only be replaced by one on the same disk.
    with files.lock(database), TemporaryDirectory(".db.pull", dir=database.parent) as folder:
        local_state = read_database(database) if database.exists() else None
        outcome = f"{database} is unchanged" if local_state else f"the crawl creates {database}"
        is_first = os.environ.get("FIRST") == "1"
        if not os.environ.get("SITE_URL") and (local_state or is_first):
            return f"Skipped: SITE_URL is not set; {outcome}."
        file, url = Path(folder, f"{DATABASE}.db"), f"{site_url()}/{DATABASE}.db"
        try:
            file.write_bytes(fetch(url, MAX_DATABASE_BYTES))
        except NotFoundError as error:
            if is_first:
                return f"{error}; {outcome}."
            raise PublishError(f"{error}; set FIRST=1 if nothing has been published yet") from error
        remote_state = _read_download(file, url)
        if local_state and local_state.extends(remote_state):
            return f"Kept {database}: {url} has no newer crawl."
        if local_state and not remote_state.extends(local_state):
            raise PublishError(
                f"{url} and {database} hold different crawls. To continue with the site's: "
                f"`mv {database} {database}.old && make pull`. To replace the site's with yours: "
                "`make crawl check archive build verify deploy probe`"
            )
        for leftover in (Path(f"{database}-journal"), Path(f"{database}-wal")):
            if leftover.exists():  # SQLite would apply it to the new file
                raise PublishError(f"{leftover} belongs to another database file; remove it")
        file.replace(database)
    return f"Pulled {database} from {url}: last crawled on {remote_state.started:%Y-%m-%d}."


def read_database(file: Path) -> State:
    """Upgrade a database and read its state. Raises StoreError or PublishError."""
    if message := upgrade(file):
        print(message)
    state = read_state(file)
    if state.finished > datetime.now(UTC) + CLOCK_SKEW:
        raise PublishError(f"{file}: its last crawl is in the future; set this machine's clock")
    for source in state.sources:
        if source.lower().startswith(SYNTHETIC_SOURCES):
            reason = f"{file} holds a crawl of {source!r}, which must not be published"
            raise PublishError(f"{reason}; use another database (DB=)")
    return state


def _read_download(file: Path, url: str) -> State:
    """Compare a downloaded database with the hash at its URL, then read it."""
    digest, *name = fetch(f"{url}.sha256", MAX_PAGE_BYTES).decode(errors="replace").split() or [""]
    if name != [f"{DATABASE}.db"]:
        raise PublishError(f"{url}.sha256 holds no hash: SITE_URL is not a spojscore site")
    if digest != sha256(file):
        raise PublishError(f"{url} does not match its hash; if it is being deployed, try again")
    try:
        return read_database(file)
    except (PublishError, StoreError) as error:
        raise PublishError(str(error).replace(str(file), url)) from error
