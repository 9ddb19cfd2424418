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
    """A kind of file: its columns, and where its rows are stored.

    The first `key` values of a line are unique. `default_file` comes with the project. `rows`
    builds the rows for the `stored_columns` of `table` from a line and the file's day.
    """

    columns: tuple[str, ...]
    key: int
    default_file: Path
    table: str
    stored_columns: str
    rows: Callable[[list[str], str], list[tuple[str, ...]]]

    @property
    def replaces(self) -> bool:
        """Whether a file replaces its table; if not, it updates `problems`."""
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
    """The rows of a file, as of `day`. The first value of each row is a code."""

    kind: Kind
    day: date
    rows: list[tuple[str, ...]]

    @property
    def sources_without_topic(self) -> list[str]:
        """Tags or article addresses that data/ does not list, with or without a topic."""
        names = {row[1] for row in self.rows} if self.kind.replaces else set()
        return sorted(names - topics.read_topics().keys())


def read_facts(name: str, file: Path | None = None) -> Facts:
    """Read a CSV file of the kind `name`, by default the one that comes with the project.

    The day comes from the file's name, or else from its modification time. Raises FactsError.
    """
    kind = KINDS[name]
    file = file or kind.default_file
    try:
        changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
        text = file.read_text(encoding="utf-8-sig")  # spreadsheets begin it with a BOM
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise FactsError(f"{file}: {reason}") from error
    match = DAY.search(file.name)
    day = match[0] if match else changed.isoformat()
    if file != kind.default_file and not is_day(day):
        raise FactsError(f"{file}: {day} is not a day, or it is in the future")
    rows = [row for line in _read_lines(kind, file, text) for row in kind.rows(line, day)]
    return Facts(kind, date.fromisoformat(day), rows)


def _read_lines(kind: Kind, file: Path, text: str) -> Iterator[list[str]]:
    reader = csv.reader(text.splitlines())
    if tuple(next(reader, ())) != kind.columns:
        raise FactsError(f"{file}: the first line must be {','.join(kind.columns)}")
    keys = set()
    for line in reader:
        place = f"{file}, line {reader.line_num}"
        if len(line) != len(kind.columns):
            raise FactsError(f"{place}: {len(line)} values instead of {len(kind.columns)}")
        for column, value in zip(kind.columns, line, strict=True):
            if not COLUMNS[column](value):
                raise FactsError(f"{place}: {value!r} is not valid in the column {column}")
        key = tuple(line[: kind.key])
        if key in keys:
            raise FactsError(f"{place}: {' '.join(key)} is also in an earlier line")
        keys.add(key)
        yield line


def write_facts(db: Database, facts: Facts) -> None:
    """Store the rows that differ, within the open transaction."""
    table, columns = facts.kind.table, facts.kind.stored_columns
    if not facts.kind.replaces:
        statement = "UPDATE problems SET added = ?2, year = ?3 WHERE code = ?1 AND added IS NOT ?2"
    elif set(db.execute(f"SELECT {columns} FROM {table}")) == set(facts.rows):
        return
    else:
        db.execute(f"DELETE FROM {table}")
        statement = f"INSERT INTO {table} ({columns}) VALUES (?, ?, ?)"
    db.conn.executemany(statement, facts.rows)


def write_bundled(db: Database) -> None:
    """Fill the tables of a new database from the files that come with the project."""
    for name, kind in KINDS.items():
        if kind.replaces:
            write_facts(db, read_facts(name))


def derive(db: Database) -> None:
    """Set the dates, topics and families of problems. Writes only rows that differ."""
    undated = {code for [code] in db.execute("SELECT code FROM problems WHERE added IS NULL")}
    if undated:
        dates = read_facts("added")
        rows = [row for row in dates.rows if row[0] in undated]
        write_facts(db, Facts(dates.kind, dates.day, rows))
    topics.derive(db)


@dataclass(frozen=True, slots=True)
class Replacement:
    """The number of rows before, and of new codes that no problem has."""

    rows: int
    unknown: int


def replace(path: Path, facts: Facts) -> Replacement:
    """Store a newer file in the database, in one transaction, under the lock.

    Keeps tags and articles of unknown codes, because a problem may come later. Raises StoreError
    and changes nothing if a table would shrink below MIN_ROWS_RATIO.
    """
    kind = facts.kind
    with lock(path), open_database(path) as db:
        db.begin()
        rows = f"{kind.table} WHERE {kind.stored_columns.split(', ')[1]} IS NOT NULL"
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
    return Replacement(before, len({row[0] for row in facts.rows} - codes))
