"""Facts that SPOJ's list lacks, from CSV files: tags, days of addition and articles."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlite_utils import Database

from spojscore_crawler.store import topics
from spojscore_crawler.store.files import StoreError, lock, open_database
from spojscore_crawler.store.ladder import write_ladder
from spojscore_crawler.store.topics import DATA, article_url

MIN_ROWS_RATIO = 0.9  # of the rows that a file replaces
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class FactsError(Exception):
    """The file cannot be used. The message says why."""


def is_day(text: str) -> bool:
    """Whether `text` is a day, written YYYY-MM-DD, that is not in the future."""
    try:
        return bool(DAY.fullmatch(text)) and date.fromisoformat(text) <= datetime.now(UTC).date()
    except ValueError:
        return False


def matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


# The columns of all files, each with the rule for its values.
COLUMNS: dict[str, Callable[[str], bool]] = {
    "code": matches(r"[A-Z0-9_]{2,16}"),
    "tags": matches(r"[a-z0-9]+([ -]+[a-z0-9]+)*"),
    "added": is_day,
    "article": matches(r"\w+/[\w-]+"),
    "title": matches(r"\S.*"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its columns, and the table and columns that its rows are stored in.

    No two lines share their first `key` values. `rows` makes rows of a line and the file's day.
    """

    columns: tuple[str, ...]
    key: int
    bundled: Path
    table: str
    stored: str
    rows: Callable[[list[str], str], list[tuple[str, ...]]]

    @property
    def replaces(self) -> bool:
        """Whether a file replaces the table, rather than updates problems."""
        return self.table != "problems"


KINDS = {
    "tags": Kind(
        ("code", "tags"), 1, DATA / "tags-2022-08-07.csv", "tags", "code, tag, day",
        lambda line, day: [(line[0], tag, day) for tag in sorted({*line[1].split()})],
    ),
    "added": Kind(
        ("code", "added"), 1, DATA / "added-2016-10-19.csv", "problems", "code, added, year",
        lambda line, _: [(line[0], line[1], line[1][:4])],
    ),
    "articles": Kind(
        ("code", "article", "title"), 2, DATA / "articles-2026-07-18.csv", "articles",
        "code, url, title", lambda line, _: [(line[0], article_url(line[1]), line[2])],
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows of a file of that kind, as of `day`; the first value of each row is a code."""

    kind: Kind
    day: date
    rows: list[tuple[str, ...]]

    @property
    def without_topic(self) -> list[str]:
        """Tags or addresses of articles that no line of data/ gives a topic, or denies one."""
        names = {row[1] for row in self.rows} if self.kind.replaces else set()
        return sorted(names - topics.read_topics().keys())


def read_facts(name: str, file: Path | None = None) -> Facts:
    """Read a CSV file of the kind `name`, by default the one that comes with the project.

    The day is the one in the file's name, or else that of its last change. Raises FactsError.
    """
    kind = KINDS[name]
    file = file or kind.bundled
    try:
        changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
        text = file.read_text(encoding="utf-8-sig")  # as spreadsheets save it
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise FactsError(f"{file}: {reason}") from error
    match = DAY.search(file.name)
    day = match[0] if match else changed.isoformat()
    if file != kind.bundled and not is_day(day):
        raise FactsError(f"{file}: {day} is not a day, or it is in the future")
    rows = [row for line in _lines(kind, file, text) for row in kind.rows(line, day)]
    return Facts(kind, date.fromisoformat(day), rows)


def _lines(kind: Kind, file: Path, text: str) -> Iterator[list[str]]:
    reader = csv.reader(text.splitlines())
    if tuple(next(reader, ())) != kind.columns:
        raise FactsError(f"{file}: its first line is not {','.join(kind.columns)}")
    keys = set()
    for line in reader:
        place = f"{file}, line {reader.line_num}"
        if len(line) != len(kind.columns):
            raise FactsError(f"{place}: {len(line)} values, not {len(kind.columns)}")
        for column, value in zip(kind.columns, line, strict=True):
            if not COLUMNS[column](value):
                raise FactsError(f"{place}: {value!r} cannot be in the column {column}")
        key = tuple(line[: kind.key])
        if key in keys:
            raise FactsError(f"{place}: {' '.join(key)} is in an earlier line, too")
        keys.add(key)
        yield line


def write_facts(db: Database, facts: Facts) -> None:
    """Store the rows where they differ, within the open transaction."""
    table, stored = facts.kind.table, facts.kind.stored
    if not facts.kind.replaces:
        statement = "UPDATE problems SET added = ?2, year = ?3 WHERE code = ?1 AND added IS NOT ?2"
    elif set(db.execute(f"SELECT {stored} FROM {table}")) == set(facts.rows):
        return
    else:
        db.execute(f"DELETE FROM {table}")
        statement = f"INSERT INTO {table} ({stored}) VALUES (?, ?, ?)"
    db.conn.executemany(statement, facts.rows)


def write_bundled(db: Database) -> None:
    """Fill the tables of a new database from the files that come with the project."""
    for name, kind in KINDS.items():
        if kind.replaces:
            write_facts(db, read_facts(name))


def derive(db: Database) -> None:
    """Give problems their dates, topics and families. Only rows that differ are written."""
    undated = {code for [code] in db.execute("SELECT code FROM problems WHERE added IS NULL")}
    if undated:
        dates = read_facts("added")
        rows = [row for row in dates.rows if row[0] in undated]
        write_facts(db, Facts(dates.kind, dates.day, rows))
    topics.derive(db)


@dataclass(frozen=True, slots=True)
class Replaced:
    """How many rows there were before, and how many of the new codes no problem has."""

    rows: int
    unknown: int


def replace(path: Path, facts: Facts) -> Replaced:
    """Store a newer file in the database, in one transaction, under the lock.

    Tags and articles of codes without a problem stay, because a problem may come later. Raises
    StoreError and changes nothing if a table would lose many rows.
    """
    kind = facts.kind
    with lock(path), open_database(path) as db:
        db.begin()
        rows = f"{kind.table} WHERE {kind.stored.split(', ')[1]} IS NOT NULL"
        [[before]] = db.execute(f"SELECT count(*) FROM {rows}")
        if kind.replaces and len(facts.rows) < MIN_ROWS_RATIO * before:
            raise StoreError(
                f"{path}: {len(facts.rows)} {kind.table} are fewer than "
                f"{MIN_ROWS_RATIO:.0%} of the {before} in the database"
            )
        write_facts(db, facts)
        derive(db)
        write_ladder(db)
        codes = {code for [code] in db.execute("SELECT code FROM problems")}
        db.commit()
    return Replaced(before, len({row[0] for row in facts.rows} - codes))
