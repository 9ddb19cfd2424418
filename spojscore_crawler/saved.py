"""Pages of the list that a person saved from his browser. Pure: it only reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class SavedPagesError(Exception):
    """There are no pages to read. Says why."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The bytes of one page, and what to call it in an error."""

    name: str
    body: bytes


def saved_pages(folder: Path) -> list[SavedPage]:
    """Every *.html in the folder. Raises SavedPagesError."""
    if not folder.is_dir():
        raise SavedPagesError(f"pages={folder}: there is no such folder")
    files = sorted(folder.glob("*.html"))
    if not files:
        raise SavedPagesError(f"pages={folder}: there is no *.html in this folder")
    try:
        return [SavedPage(str(file), file.read_bytes()) for file in files]
    except OSError as error:
        raise SavedPagesError(str(error)) from error
