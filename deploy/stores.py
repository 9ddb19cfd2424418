"""Where copies of the database are kept: the public site, a folder, a release on GitHub.

Each copy has its hash beside it, FILE.sha256, as sha256sum writes and checks it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from deploy.client import NotFoundError, download
from deploy.toolchain import PublishError, output
from spojscore_crawler.store.state import State
from web.options import DATABASE

PREFIX = f"{DATABASE}-"
NAME = re.compile(PREFIX + r"\d{4}-\d\d-\d\dT\d{6}Z\.db")
HASH = ".sha256"
GITHUB = "github:"
RELEASE = "archive"
NO_RELEASE = "release not found"  # in gh's words
# Vercel takes functions of 250 MB, of which packages need 46.
LARGEST = 200_000_000  # bytes of a database
LARGEST_HASH = 1_000  # bytes of the hash beside it
# What a database must not hold that is shown to the public: sources of crawls.
MADE_UP = ("demo", "simulated")
# A deployment between the requests for a file and its hash makes them differ.
TRIES = 2


class Store(Protocol):
    """A place for copies. Whatever fails raises PublishError or OSError."""

    @property
    def name(self) -> str:
        """Where it is."""

    def last(self) -> str:
        """The file name of the last copy. Raises NotFoundError where there is none yet."""

    def get(self, file: str, folder: Path) -> None: ...


@dataclass(frozen=True)
class Site:
    """The public site: it has one copy, which a deployment puts there."""

    name: str

    def last(self) -> str:
        return f"{DATABASE}.db"

    def get(self, file: str, folder: Path) -> None:
        with Path(folder, file).open("wb") as target:
            download(f"{self.name}/{file}", target, largest(file))


@dataclass(frozen=True)
class Archive(ABC):
    """Copies named by the time of their last crawl (UTC)."""

    name: str

    def last(self) -> str:
        copies = self.copies()
        if not copies:
            raise NotFoundError(f"there is no copy in ARCHIVE, {self.name}")
        return max(copies.items())[1]

    def copies(self) -> dict[datetime, str]:
        """The names of the copies, each of which has its hash beside it, oldest first.

        Raises PublishError where a file is too large to be one.
        """
        sizes = self.sizes()
        found = {}
        for name in filter(NAME.fullmatch, sorted(sizes)):
            with suppress(KeyError, ValueError):  # without a hash, or of no such time: none of ours
                if sizes[name] > largest(name) or sizes[f"{name}{HASH}"] > largest(HASH):
                    raise PublishError(f"{self.name}/{name} is too large")
                found[datetime.fromisoformat(name[len(PREFIX) : -len(".db")])] = name
        return found

    @abstractmethod
    def sizes(self) -> dict[str, int]:
        """The files that are there, each with its size in bytes."""

    @abstractmethod
    def get(self, file: str, folder: Path) -> None: ...
    @abstractmethod
    def put(self, file: Path) -> None: ...
    @abstractmethod
    def remove(self, file: str) -> None: ...


class Folder(Archive):
    def sizes(self) -> dict[str, int]:
        return {file.name: file.stat().st_size for file in Path(self.name).iterdir()}

    def get(self, file: str, folder: Path) -> None:
        shutil.copyfile(Path(self.name, file), folder / file)

    def put(self, file: Path) -> None:
        draft = Path(self.name, f"{file.name}.part")
        try:
            with file.open("rb") as source, draft.open("wb") as target:
                shutil.copyfileobj(source, target)
                os.fsync(target.fileno())
            draft.replace(draft.with_name(file.name))
        finally:
            draft.unlink(missing_ok=True)

    def remove(self, file: str) -> None:
        Path(self.name, file).unlink()


class Release(Archive):
    """The assets of a release on GitHub, by GitHub's own command `gh`."""

    def sizes(self) -> dict[str, int]:
        what = ("--json=assets", r'--jq=.assets[] | "\(.size) \(.name)"')
        try:
            lines = self._gh("view", RELEASE, *what).splitlines()
        except PublishError as error:
            if NO_RELEASE in str(error):
                return {}
            raise
        return {name: int(size) for size, name in (line.split(" ", 1) for line in lines)}

    def get(self, file: str, folder: Path) -> None:
        self._gh("download", RELEASE, f"--pattern={file}", f"--dir={folder}", "--clobber")

    def put(self, file: Path) -> None:
        upload = ("upload", RELEASE, str(file), "--clobber")
        try:
            self._gh(*upload)
        except PublishError as error:
            if NO_RELEASE not in str(error):
                raise
            notes = "--notes=Copies of the published database."
            self._gh("create", RELEASE, "--prerelease", "--title=Archive", notes)
            self._gh(*upload)

    def remove(self, file: str) -> None:
        self._gh("delete-asset", RELEASE, file, "--yes")

    def _gh(self, *words: str) -> str:
        repository = self.name.removeprefix(GITHUB)
        return output(["gh", "release", *words, f"--repo={repository}"])


def archive_at(place: str) -> Archive:
    """The store that ARCHIVE names. Raises PublishError when there is no such folder."""
    if place.startswith(GITHUB):
        return Release(place)
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise PublishError(f"ARCHIVE is {place}, but there is no such folder; make it")
    return Folder(str(folder))


def fetch(store: Store, folder: Path) -> Path:
    """Fetch the store's last copy into `folder`.

    Raises NotFoundError where there is none yet, PublishError unless the copy is what the hash
    beside it says.
    """
    name = store.last()
    for _ in range(TRIES):
        store.get(name, folder)
        try:
            store.get(f"{name}{HASH}", folder)
        except NotFoundError as error:
            raise PublishError(str(error)) from error  # something is there
        file = folder / name
        if Path(f"{file}{HASH}").read_bytes().split()[:1] == [sha256(file).encode()]:
            return file
    raise PublishError(f"{store.name}/{name} is not what the hash beside it says")


def largest(file: str) -> int:
    """How many bytes a file of that name may have."""
    return LARGEST_HASH if file.endswith(HASH) else LARGEST


def write_hash(file: Path) -> Path:
    """Write the hash of `file` beside it; returns where."""
    target = Path(f"{file}{HASH}")
    target.write_text(f"{sha256(file)}  {file.name}\n")
    return target


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def refuse_made_up(found: State, file: str) -> None:
    """Raise PublishError when a crawl in it read a list that was made up."""
    if made_up := sorted(source for source in found.sources if source.startswith(MADE_UP)):
        raise PublishError(f"{file} is not real: a crawl in it is of the source {made_up[0]!r}")
