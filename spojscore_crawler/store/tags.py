"""SPOJ's own tags of problems, and the topics that come of them."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlite_utils import Database

from spojscore_crawler.store.files import StoreError, lock, open_database

DATA = Path(__file__).parents[2] / "data"
# What a new database begins with.
FIRST = DATA / "tags-2022-08-07.csv"
TOPICS = DATA / "topics.csv"

MIN_LINKS_RATIO = 0.9  # of the links that the database has
COLUMNS = ["code", "tags"]
CODE = re.compile(r"[A-Z0-9_]{2,16}")
TAG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class TagsError(Exception):
    """The file of tags cannot be used. Says why."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Which code has which tag, as SPOJ had them on `day`."""

    day: date
    links: frozenset[tuple[str, str]]

    @property
    def without_topic(self) -> list[str]:
        """The tags that data/topics.csv lacks."""
        return sorted({tag for _, tag in self.links} - topics().keys())


@dataclass(frozen=True, slots=True)
class Renewal:
    """How many links there were, which day they were read, and how many codes no problem has."""

    before: int
    day_before: str | None
    unknown: int


def read(file: Path) -> Tags:
    """Read a CSV file of code and tags, with blanks between the tags.

    The day stands in the file's name, or else it is the one on which the file was last written.
    Raises TagsError.
    """
    try:
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
        text = file.read_text(encoding="utf-8-sig")  # as spreadsheets save it
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is not UTF-8"
        raise TagsError(f"{file}: {reason}") from error
    return Tags(_day(file, written), frozenset(_links(file, text)))


def _day(file: Path, written: date) -> date:
    named = DAY.search(file.name)
    try:
        day = date.fromisoformat(named[0]) if named else written
    except ValueError as error:
        raise TagsError(f"{file}: there is no day like the one in its name") from error
    if day > datetime.now(UTC).date():
        raise TagsError(f"{file}: {day} is in the future")
    return day


def _links(file: Path, text: str) -> Iterator[tuple[str, str]]:
    rows = csv.reader(text.splitlines())
    if next(rows, None) != COLUMNS:
        raise TagsError(f"{file}: its first line is not {','.join(COLUMNS)}")
    seen = set()
    for row in rows:
        if len(row) != len(COLUMNS) or not CODE.fullmatch(row[0]):
            raise TagsError(f"{file}, line {rows.line_num}: this is no code and its tags")
        code, tags = row
        if code in seen:
            raise TagsError(f"{file}, line {rows.line_num}: {code} stands in an earlier line too")
        seen.add(code)
        for tag in tags.split():
            if not TAG.fullmatch(tag):
                raise TagsError(f"{file}, line {rows.line_num}: {tag!r} is no tag")
            yield code, tag


def topics() -> dict[str, str]:
    """The topic of each tag, by data/topics.csv; empty where a tag stands for none."""
    with TOPICS.open(encoding="utf-8", newline="") as file:
        return {row["slug"]: row["topic"] for row in csv.DictReader(file)}


def write(db: Database, tags: Tags) -> None:
    """Put the tags in the place of those that are there, within the transaction that is open."""
    db.execute("DELETE FROM tags")
    day = tags.day.isoformat()
    rows = [(code, tag, day) for code, tag in sorted(tags.links)]
    db.conn.executemany("INSERT INTO tags VALUES (?, ?, ?)", rows)
    derive(db)


def derive(db: Database) -> None:
    """Give each problem the topics of its tags; only rows that differ are written."""
    topic = topics()
    found = defaultdict(set)
    for code, tag in db.execute("SELECT code, tag FROM tags"):
        if topic.get(tag):
            found[code].add(topic[tag])
    rows = [
        (text, code)
        for code, old in db.execute("SELECT code, topics FROM problems")
        if (text := json.dumps(sorted(found.get(code, ())))) != old
    ]
    db.conn.executemany("UPDATE problems SET topics = ? WHERE code = ?", rows)


def renew(path: Path, tags: Tags) -> Renewal:
    """Put the tags in the place of those in the database, in one transaction, under the lock.

    Codes that no problem has are kept: a problem may come later. Raises StoreError, and leaves
    everything as it was, when there are far fewer links than before.
    """
    with lock(path), open_database(path) as db:
        db.begin()
        before, day_before = db.execute("SELECT count(*), max(day) FROM tags").fetchone()
        if len(tags.links) < MIN_LINKS_RATIO * before:
            raise StoreError(
                f"{path}: there are {len(tags.links)} links from a problem to a tag, fewer than "
                f"{MIN_LINKS_RATIO:.0%} of the {before} that it has"
            )
        write(db, tags)
        [[unknown]] = db.execute(
            "SELECT count(DISTINCT code) FROM tags WHERE code NOT IN (SELECT code FROM problems)"
        )
        db.commit()
    return Renewal(before, day_before, unknown)
