"""Commits a whole crawl to the database, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from spojscore_crawler.store import facts
from spojscore_crawler.store.difference import Changes, Difference, Record, compare_lists
from spojscore_crawler.store.files import transaction
from spojscore_crawler.store.ladder import write_ladder
from spojscore_crawler.store.movers import write_movers
from spojscore_crawler.store.points import like_percentage
from spojscore_crawler.store.schema import check_schema, migrations
from spojscore_crawler.store.times import day_number

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# These fill what depends on other rows or on data/, at the end of each commit, in this order.
DERIVATIONS: tuple[Callable[[Database], None], ...] = (
    facts.update_problems,
    write_ladder,
    write_movers,
)


@dataclass(frozen=True, slots=True)
class Crawl:
    """A row of the table `crawls`, without its counts. Times in UTC.

    `source` says where the pages came from, `overridden` what a person accepted with GATE=accept.
    """

    started: datetime
    finished: datetime
    pages: int
    source: str
    overridden: str | None = None

    @property
    def day(self) -> date:
        return self.started.date()


def commit(path: Path, problems: Sequence[DataclassInstance], crawl: Crawl) -> Changes:
    """Store the list `problems`, as read by `crawl`, in the database at `path`.

    Stores each field of a problem that is a column. Writes only rows that differ; marks problems
    that left the list as delisted. Raises StoreError and changes nothing if it fails.
    """
    with transaction(path) as db:
        if db.table_names():
            check_schema(path, db)
        migrations.apply(db)
        old_rows = db["problems"].rows_where(order_by="id")
        diff = compare_lists(old_rows, _build_records(db, problems), crawl.day.isoformat())
        _write_problems(db, diff)
        _write_history(db, diff.users, crawl.day)
        _write_crawl(db, len(problems), crawl, diff)
        for derive in DERIVATIONS:
            derive(db)
    return diff.changes


def _build_records(db: Database, problems: Iterable[DataclassInstance]) -> Iterable[Record]:
    columns = db["problems"].columns_dict
    for problem in problems:
        names = (field.name for field in fields(problem) if field.name in columns)
        record = {name: getattr(problem, name) for name in names}
        record["liked"] = like_percentage(record["votes_up"], record["votes_down"])
        # The address at SPOJ, even if the list was read elsewhere.
        record["url"] = f"https://www.spoj.com/problems/{record['code']}/"
        yield record


def _write_problems(db: Database, diff: Difference) -> None:
    for code in diff.vacated_codes:
        db.table("problems").delete(code)
    db.table("problems").upsert_all(diff.rows, pk="code")


def _write_history(db: Database, users: Mapping[int, int | None], day: date) -> None:
    """Replace the rows of earlier crawls of that day; skip counts that equal the one before."""
    rows = [{"id": id_, "day": day_number(day), "users": count} for id_, count in users.items()]
    db.conn.executemany("DELETE FROM history WHERE problem_id = :id AND day = :day", rows)
    db.conn.executemany(
        "INSERT INTO history SELECT :id, :day, :users WHERE :users IS NOT "
        "(SELECT users FROM history WHERE problem_id = :id ORDER BY day DESC LIMIT 1)",
        rows,
    )


def _write_crawl(db: Database, count: int, crawl: Crawl, diff: Difference) -> None:
    [[users]] = db.execute("SELECT total(users) FROM problems WHERE delisted IS NULL")
    last_crawl = next(db.query("SELECT users FROM crawls ORDER BY id DESC LIMIT 1"), None)
    row = {
        "day": crawl.day.isoformat(),
        "started": crawl.started.isoformat(timespec="seconds"),
        "finished": crawl.finished.isoformat(timespec="seconds"),
        "source": crawl.source,
        "pages": crawl.pages,
        "problems": count,
        "users": int(users),
        "solves": int(users) - last_crawl["users"] if last_crawl else None,
        "added": diff.changes.new,
        "changed": diff.changes.changed,
        "delisted": diff.changes.delisted,
        "overridden": crawl.overridden,
    }
    crawl_id = db.table("crawls").insert(row).last_pk
    db.table("events").insert_all({"crawl_id": crawl_id, **event} for event in diff.events)
