"""The crawls that a database records, and whether it is sound."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple, Self

from spojscore_crawler.store.files import StoreError, open_database
from spojscore_crawler.store.schema import check_schema, migrations

# Columns that a problem need not have in SPOJ's list.
OPTIONAL_COLUMNS = ("acceptance", "votes_up", "concept_difficulty")
TOTALS_SQL = "SELECT count(*), CAST(total(users) AS INTEGER) FROM problems WHERE delisted IS NULL"


class CrawlRow(NamedTuple):
    """A committed crawl. `source` says where its pages came from.

    `overridden` is what a person accepted with GATE=accept.
    """

    id: int
    started: str
    finished: str
    source: str | None
    problems: int
    users: int
    overridden: str | None


@dataclass(frozen=True, slots=True)
class State:
    """A sound database: its lineage, all crawls from the first to the last.

    `started` and `finished` are those of the last crawl, in UTC.
    """

    started: datetime
    finished: datetime
    lineage: tuple[CrawlRow, ...]

    @property
    def sources(self) -> set[str]:
        return {crawl.source or "" for crawl in self.lineage}

    def extends(self, other: Self) -> bool:
        """Whether this database's crawls begin with all of the other's."""
        return self.lineage[: len(other.lineage)] == other.lineage


@dataclass(frozen=True, slots=True)
class LastList:
    """The last committed list, which the next crawl is compared with.

    `problems` is the number of its problems, `users` the sum of their users, `names` their names by
    id, and `value_counts` how many of them have a value in each of OPTIONAL_COLUMNS. `started` is
    when its crawl started, in UTC.
    """

    problems: int
    users: int
    started: datetime
    names: Mapping[int, str]
    value_counts: Mapping[str, int]


def read_state(path: Path) -> State:
    """Read the state of a database. Raises StoreError unless it is sound and up to date."""
    with open_database(path) as db:
        check_schema(path, db)
        if migrations.pending(db):
            raise StoreError(f"{path}: needs an upgrade; run `make check`")
        [[damage]] = db.execute("PRAGMA quick_check(1)")
        if damage != "ok":
            raise StoreError(f"{path}: damaged: {damage.splitlines()[-1]}")
        crawls = db.execute(f"SELECT {', '.join(CrawlRow._fields)} FROM crawls ORDER BY id")
        lineage = tuple(CrawlRow(*row) for row in crawls)
        if not lineage:
            raise StoreError(f"{path}: has no crawl; run `make crawl`")
        last_crawl = lineage[-1]
        problems, users = db.execute(TOTALS_SQL).fetchone()
        if (problems, users) != (last_crawl.problems, last_crawl.users):
            raise StoreError(
                f"{path}: lists {problems} problems and {users} users, but its last crawl found "
                f"{last_crawl.problems} and {last_crawl.users}; restore a copy or crawl again"
            )
        return State(_parse_utc(last_crawl.started), _parse_utc(last_crawl.finished), lineage)


def last_list(path: Path, day: date) -> LastList | None:
    """The list that a crawl of `day` is compared with, None before the first crawl.

    Raises StoreError if it is not a spojscore database, or if its last crawl is from a later day.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    with open_database(path) as db:
        check_schema(path, db)
        [[started_text]] = db.execute("SELECT max(started) FROM crawls")
        problems, users = db.execute(TOTALS_SQL).fetchone()
        names = dict(db.execute("SELECT id, name FROM problems WHERE delisted IS NULL"))
        count_columns = ", ".join(f"count({column})" for column in OPTIONAL_COLUMNS)
        [counts] = db.execute(f"SELECT {count_columns} FROM problems WHERE delisted IS NULL")
    if started_text is None:
        return None
    if (started := _parse_utc(started_text)).date() > day:
        raise StoreError(
            f"{path}: its last crawl was on {started.date()}, but this machine's clock says {day}; "
            "set the clock; if it was wrong then, restore a copy from before that crawl"
        )
    value_counts = dict(zip(OPTIONAL_COLUMNS, counts, strict=True))
    return LastList(problems, users, started, names, value_counts)


def _parse_utc(moment: object) -> datetime:
    return datetime.fromisoformat(str(moment)).astimezone(UTC)
