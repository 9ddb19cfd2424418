"""Facts that SPOJ's list lacks, from CSV files: tags, dates and articles."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from spojscore_crawler.store import topics
from spojscore_crawler.store.files import StoreError, check_writable, lock, transaction
from spojscore_crawler.store.ladder import write_ladder
from spojscore_crawler.store.topics import DATA, article_url

MIN_ROWS_RATIO = 0.9  # of the rows that a file replaces
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_day(text: str) -> bool:
    """Whether `text` is a day, written YYYY-MM-DD, that is not in the future."""
    try:
        return bool(DAY.fullmatch(text)) and date.fromisoformat(text) <= datetime.now(UTC).date()
    except ValueError:
        return False


# The columns of all files, each with the rule for its values.
COLUMNS: dict[str, Callable[[str], object]] = {
    "code": re.compile(r"[A-Z0-9_]{2,16}").fullmatch,
    "tags": re.compile(r"[a-z0-9]+([ -]+[a-z0-9]+)*").fullmatch,
    "added": is_day,
    "article": re.compile(r"\w+/[\w-]+").fullmatch,
    "title": re.compile(r"\S.*").fullmatch,
}


class Facts(NamedTuple):
    """The lines of a CSV file, without its header, as of `day`."""

    lines: list[list[str]]
    day: str


def write_tags(db: Database, facts: Facts) -> None:
    db.execute("DELETE FROM tags")
    rows = ((code, tag, facts.day) for code, tags in facts.lines for tag in {*tags.split()})
    db.conn.executemany("INSERT INTO tags (code, tag, day) VALUES (?, ?, ?)", rows)


def write_dates(db: Database, facts: Facts) -> None:
    statement = "UPDATE problems SET added = ?2, year = substr(?2, 1, 4) WHERE code = ?1"
    db.conn.executemany(statement, facts.lines)


def write_articles(db: Database, facts: Facts) -> None:
    db.execute("DELETE FROM articles")
    rows = ((code, article_url(article), title) for code, article, title in facts.lines)
    db.conn.executemany("INSERT INTO articles (code, url, title) VALUES (?, ?, ?)", rows)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. All columns but the last are the key of a line.

    `default_file` comes with the project, `noun` names its rows, `count_sql` counts those stored.
    """

    noun: str
    columns: tuple[str, ...]
    default_file: Path
    count_sql: str
    write: Callable[[Database, Facts], None]


KINDS = {
    "tags": Kind(
        "tags", ("code", "tags"), DATA / "tags-2022-08-07.csv",
        "SELECT count(*) FROM tags", write_tags,
    ),
    "added": Kind(
        "dates", ("code", "added"), DATA / "added-2016-10-19.csv",
        "SELECT count(added) FROM problems", write_dates,
    ),
    "articles": Kind(
        "articles", ("code", "article", "title"), DATA / "articles-2026-07-18.csv",
        "SELECT count(*) FROM articles", write_articles,
    ),
}  # fmt: skip


def read_facts(kind: Kind, file: Path) -> Facts:
    """Read a CSV file. Raises StoreError.

    The day comes from the file's name, or else from its modification time.
    """
    try:
        modified_on = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        text = file.read_text(encoding="utf-8-sig")  # spreadsheets write a BOM
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise StoreError(f"{file}: {reason}") from error
    match = DAY.search(file.name)
    return Facts(_parse(kind, file, text), match[0] if match else f"{modified_on:%Y-%m-%d}")


@cache
def read_bundled_file(name: str) -> Facts:
    """Read the file of a kind that comes with the project."""
    return read_facts(KINDS[name], KINDS[name].default_file)


def _parse(kind: Kind, file: Path, text: str) -> list[list[str]]:
    reader = csv.reader(text.splitlines())
    if tuple(next(reader, ())) != kind.columns:
        raise StoreError(f"{file}: the first line must be {','.join(kind.columns)}")
    lines: dict[tuple[str, ...], list[str]] = {}
    for line in reader:
        place = f"{file}, line {reader.line_num}"
        if len(line) != len(kind.columns):
            raise StoreError(f"{place}: {len(line)} values instead of {len(kind.columns)}")
        for column, value in zip(kind.columns, line, strict=True):
            if not COLUMNS[column](value):
                raise StoreError(f"{place}: {value!r} is not a valid value for column {column}")
        key = tuple(line[:-1])
        if key in lines:
            raise StoreError(f"{place}: {' '.join(key)} is also in an earlier line")
        lines[key] = line
    return list(lines.values())


def update_problems(db: Database) -> None:
    """Set the dates, topics and families of problems. Keeps the dates that they already have."""
    undated_codes = {code for [code] in db.execute("SELECT code FROM problems WHERE added IS NULL")}
    lines, day = read_bundled_file("added")
    write_dates(db, Facts([line for line in lines if line[0] in undated_codes], day))
    topics.write_topics(db)


def replace(path: Path, name: str, file: Path) -> str:
    """Store a newer file of the kind `name` in the database. Returns a message.

    Keeps tags and articles of unknown codes, because SPOJ may list the problem later. Raises
    StoreError and changes nothing if fewer than MIN_ROWS_RATIO of the rows would remain.
    """
    kind = KINDS[name]
    facts = read_facts(kind, file)
    if not is_day(facts.day):
        raise StoreError(f"{file}: {facts.day} is not a day, or it is in the future")
    check_writable(path)
    with lock(path), transaction(path) as db:
        [[old_count]] = db.execute(kind.count_sql)
        kind.write(db, facts)
        [[new_count]] = db.execute(kind.count_sql)
        if new_count < MIN_ROWS_RATIO * old_count:
            raise StoreError(
                f"{file}: {new_count} {kind.noun} are fewer than {MIN_ROWS_RATIO:.0%} "
                f"of the {old_count} in {path}; check that the file is complete"
            )
        update_problems(db)
        write_ladder(db)
        codes = {code for [code] in db.execute("SELECT code FROM problems")}
        sources = db.execute("SELECT tag FROM tags UNION SELECT url FROM articles").fetchall()
    unknown_count = len({line[0] for line in facts.lines} - codes)
    message = f"{path}: {new_count} {kind.noun} ({old_count} before), as of {facts.day}"
    if facts.day not in file.name:
        message += " (the file's modification date: its name has none)"
    message += f"\n{unknown_count} codes in the file are not in the database"
    if unmapped_sources := {source for [source] in sources} - topics.read_topics().keys():
        message += (
            f"\nnot in topics.csv or article-topics.csv: {' '.join(sorted(unmapped_sources))}"
        )
    return message
