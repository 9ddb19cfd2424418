"""`python -m deploy.archive DB`: keep a second copy of DB in ARCHIVE.

ARCHIVE is a folder, or github:OWNER/REPO for the assets of that repository's release `archive`.
Copies are named by the time of their last crawl (UTC): none is ever replaced, so that a copy that
breaks off harms no other. Of each of the last 30 days the last one is kept, and one of each month.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from deploy.build import copy_database
from deploy.hashes import write_hash
from deploy.toolchain import PublishError, run_step
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import state as state_of

NAME = re.compile(r"spojscore-(\d{4}-\d\d-\d\dT\d{6}Z)\.db")
DAYS = timedelta(days=30)
# At once; else a crawl with a wrong clock could empty the archive.
MOST_REMOVED = 3
GITHUB = "github:"
RELEASE = "archive"
NO_RELEASE = "release not found"  # as gh says it


class Archive(Protocol):
    """A place for files. Whatever fails raises PublishError."""

    def names(self) -> list[str]: ...
    def put(self, file: Path) -> None: ...
    def get(self, name: str, folder: Path) -> None: ...
    def remove(self, name: str) -> None: ...


@dataclass(frozen=True)
class Folder:
    path: Path

    def names(self) -> list[str]:
        return [file.name for file in self.path.iterdir()]

    def put(self, file: Path) -> None:
        draft = self.path / f"{file.name}.part"
        try:
            with file.open("rb") as source, draft.open("wb") as target:
                shutil.copyfileobj(source, target)
                os.fsync(target.fileno())
            draft.replace(self.path / file.name)
        finally:
            draft.unlink(missing_ok=True)

    def get(self, name: str, folder: Path) -> None:
        shutil.copyfile(self.path / name, folder / name)

    def remove(self, name: str) -> None:
        (self.path / name).unlink()


@dataclass(frozen=True)
class Release:
    """The assets of a release on GitHub, by GitHub's own command `gh`."""

    repository: str

    def names(self) -> list[str]:
        try:
            told = self._gh("view", RELEASE, "--json=assets", "--jq=.assets[].name")
        except PublishError as error:
            if NO_RELEASE in str(error):
                return []
            raise
        return told.split()

    def put(self, file: Path) -> None:
        try:
            self._gh("upload", RELEASE, str(file), "--clobber")
        except PublishError as error:
            if NO_RELEASE not in str(error):
                raise
            notes = "--notes=Copies of the published database."
            self._gh("create", RELEASE, "--prerelease", "--title=Archive", notes)
            self._gh("upload", RELEASE, str(file), "--clobber")

    def get(self, name: str, folder: Path) -> None:
        self._gh("download", RELEASE, f"--pattern={name}", f"--dir={folder}", "--clobber")

    def remove(self, name: str) -> None:
        self._gh("delete-asset", RELEASE, name, "--yes")

    def _gh(self, *words: str) -> str:
        command = ["gh", "release", *words, f"--repo={self.repository}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise PublishError("ARCHIVE on GitHub needs the command gh") from error
        if done.returncode:
            reason = (done.stderr.strip() or "no word").splitlines()[-1]
            raise PublishError(f"gh release {words[0]}: {reason}")
        return done.stdout


def archive_at(place: str) -> Archive:
    """What ARCHIVE names. Raises PublishError when there is no such folder."""
    if place.startswith(GITHUB):
        return Release(place.removeprefix(GITHUB))
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise PublishError(f"ARCHIVE is {place}, but there is no such folder; make it")
    return Folder(folder)


def copies(archive: Archive) -> dict[datetime, str]:
    """The names of the copies, each of which has its hash beside it, by time, oldest first."""
    names = set(archive.names())
    found = {}
    for copy in filter(None, map(NAME.fullmatch, sorted(names))):
        with suppress(ValueError):  # no such time: it is none of ours
            if f"{copy[0]}.sha256" in names:
                found[datetime.fromisoformat(copy[1])] = copy[0]
    return found


def outdated(moments: Iterable[datetime], last: datetime) -> list[datetime]:
    """Whose copies may go, oldest first.

    The last one of each of the 30 days up to `last` stays, and that of each month's first day.
    """
    moments = sorted(moments)
    of_days = {moment.date(): moment for moment in moments}
    of_months = {(day.year, day.month): day for day in reversed(of_days)}
    kept = {
        moment
        for day, moment in of_days.items()
        if day > last.date() - DAYS or day in of_months.values()
    }
    return [moment for moment in moments if moment not in kept]


def keep(path: Path, archive: Archive) -> str:
    """Put a copy of the database at `path` into the archive; returns what was done.

    Raises PublishError; the copies that were there stay then.
    """
    try:
        state = state_of(path)
    except StoreError as error:
        raise PublishError(str(error)) from error
    with tempfile.TemporaryDirectory(prefix="spojscore-") as folder:
        copy = Path(folder, f"spojscore-{state.started:%Y-%m-%dT%H%M%SZ}.db")
        if copy.name not in copies(archive).values():
            copy_database(path, copy)
            for file in (copy, write_hash(copy)):
                archive.put(file)
    kept = copies(archive)
    old = outdated(kept, state.started)[:MOST_REMOVED]
    for moment in old:
        # The hash first: what has none is no copy.
        for name in (f"{kept[moment]}.sha256", kept[moment]):
            archive.remove(name)
    return f"{copy.name}; {len(kept) - len(old)} copies, {len(old)} outdated ones removed"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.archive", description=__doc__)
    parser.add_argument("database", type=Path)
    path = parser.parse_args().database
    place = os.environ.get("ARCHIVE", "")
    if place:
        run_step(lambda: print(f"Archived in {place}: {keep(path, archive_at(place))}."))
    else:
        print("ARCHIVE is not set: no second copy is kept.")


if __name__ == "__main__":
    main()
