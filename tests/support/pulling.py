"""What may be wrong with a published database, and that nothing changes then."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.pull import pull
from deploy.toolchain import PublishError
from spojscore_crawler.store.files import StoreError
from tests.support.commits import A, crawl
from tests.support.published import PAGE, Site


def local(database: Path, day: int, *problems: object) -> bytes:
    crawl(database, day, *problems)  # type: ignore[arg-type]
    return database.read_bytes()


def refused(database: Path, reason: str) -> None:
    """It says why, and changes nothing, whether or not FIRST=1 allows to begin anew."""
    before = database.read_bytes() if database.exists() else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRST", "1")
        with pytest.raises((PublishError, StoreError), match=reason):
            pull(database)
    assert (database.read_bytes() if database.exists() else None) == before


def flip(site: Site) -> None:
    file = site.folder / "spojscore.db"
    content = bytearray(file.read_bytes())
    content[PAGE + 900] ^= 1
    file.write_bytes(content)


def cut(site: Site) -> None:
    site.cut = 10


def fail(site: Site) -> None:
    site.status = 500


def spoil(site: Site) -> None:
    """A published database that is not whole, with the right hash."""
    database = site.folder / "spoilt.db"
    content = bytearray((site.folder / "spojscore.db").read_bytes())
    content[PAGE * 2 : PAGE * 3] = bytes(PAGE)
    database.write_bytes(content)
    site.publish(database)


def grow_hash(site: Site) -> None:
    (site.folder / "spojscore.db.sha256").write_bytes(b"0" * 1001)


def other_history(site: Site) -> None:
    """Newer than the local one, but not grown from it."""
    database = site.folder / "other.db"
    crawl(database, 0, A)
    crawl(database, 3, A)
    site.publish(database)
