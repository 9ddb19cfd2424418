"""Pages of the list that a person saved from his browser: a folder of them, or a HAR file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spojscore_crawler import har


class SavedPagesError(Exception):
    """There are no pages to read. Says why."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One reading of a page: what to call it in an error, its bytes, where from and when (UTC).

    `start` is what the browser asked for; None when only the page itself tells.
    """

    name: str
    body: bytes
    source: str
    read: datetime
    start: int | None = None


def saved_pages(place: Path, site: str) -> list[SavedPage]:
    """Every *.html in a folder, by its file's date, or every page of `site`'s list in a HAR file.

    Raises SavedPagesError.
    """
    try:
        if place.suffix == ".har":
            return [
                SavedPage(page.url, page.body, "browser", page.started, page.start)
                for page in har.pages(place.read_bytes(), site)
            ]
        if not place.is_dir():
            raise SavedPagesError(f"pages={place}: there is no such folder, and no such .har file")
        pages = [
            SavedPage(str(file), file.read_bytes(), "saved pages", _date(file))
            for file in sorted(place.glob("*.html"))
        ]
    except har.HarError as error:
        raise SavedPagesError(f"{place}: {error}") from error
    except OSError as error:
        raise SavedPagesError(f"pages={place}: {error.strerror}") from error
    if not pages:
        raise SavedPagesError(f"pages={place}: there is no *.html in this folder")
    return pages


def _date(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
