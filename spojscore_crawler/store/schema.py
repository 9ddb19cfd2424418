"""The database's tables and views, and the migrations that bring an older file to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlite_utils import Database, Migrations

from spojscore_crawler.store import tags
from spojscore_crawler.store.files import StoreError, lock, opened
from spojscore_crawler.store.movers import write_movers
from spojscore_crawler.store.points import liked

# Only ever append, and never change one: a file's `user_version` says how many of these it has
# been through, and its schema must be theirs to the letter. So they hold literals.
migrations = Migrations("spojscore")


@migrations()
def create_problems(db: Database) -> None:
    table = db.table("problems")
    if table.exists():
        return  # in files from before versions were counted
    columns = {
        "code": str,
        "name": str,
        "users": int,
        "score": float,
        "band": str,
        "points_if_solved": float,
        "acceptance": float,
        "votes_up": int,
        "votes_down": int,
        "concept_difficulty": int,
        "implementation_difficulty": int,
        "url": str,
        "id": int,
        "first_seen": str,
        "last_changed": str,
        "delisted": str,
    }
    table.create(columns, pk="code", not_null=("id",))
    table.create_index(["id"], unique=True)
    table.enable_fts(["code", "name"], tokenize="trigram", create_triggers=True)


@migrations()
def create_crawls(db: Database) -> None:
    columns = {
        "id": int,
        "day": str,
        "started": str,
        "finished": str,
        "pages": int,
        "problems": int,
        "users": int,
        "solves": int,
        "added": int,
        "changed": int,
        "delisted": int,
        "overridden": str,
    }
    db.table("crawls").create(columns, pk="id")


@migrations()
def update_search_index_less(db: Database) -> None:
    """The search index is written when code or name change, not with every solve."""
    trigger = "problems_au"
    [made] = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", [trigger]).fetchone()
    changed = "WHEN old.code IS NOT new.code OR old.name IS NOT new.name BEGIN"
    db.execute(f"DROP TRIGGER [{trigger}]")
    db.execute(made.replace("BEGIN", changed, 1))


@migrations()
def create_history(db: Database) -> None:
    """It begins with what little the problems themselves record of their past."""
    # No foreign key: Datasette would take problem_id for a code. No index but the key: size.
    db.execute(
        "CREATE TABLE history (problem_id INTEGER, day INTEGER, users INTEGER, "
        "PRIMARY KEY (problem_id, day)) WITHOUT ROWID"
    )
    for day, users in (("last_changed", "users"), ("delisted", "NULL")):
        db.execute(
            f"INSERT OR REPLACE INTO history SELECT id, CAST(julianday({day}) - "
            f"julianday('1970-01-01') AS INTEGER), {users} FROM problems WHERE {day} IS NOT NULL"
        )
    columns = {"id": int, "crawl_id": int, "day": str, "code": str, "kind": str, "detail": str}
    db.table("events").create(columns, pk="id", foreign_keys=[("crawl_id", "crawls", "id")])


@migrations()
def create_views(db: Database) -> None:
    db.create_view(
        "problem_history",
        "SELECT code, date(day * 86400, 'unixepoch') AS day, history.users, "
        "80.0 / (40 + history.users) AS score, 80.0 / (41 + history.users) AS points_if_solved "
        "FROM history JOIN problems ON id = problem_id",
    )
    db.create_view(
        "latest_events",
        "SELECT events.day, kind, events.code, name, detail, url FROM events "
        "LEFT JOIN problems ON problems.code = events.code ORDER BY events.id DESC",
    )
    today = "CAST(julianday(max(day)) - julianday('1970-01-01') AS INTEGER)"
    before = ", ".join(
        "(SELECT users FROM history WHERE problem_id = problems.id AND day <= today - "
        f"{days} AND users IS NOT NULL ORDER BY day DESC LIMIT 1) AS users_{days}"
        for days in (1, 7, 30, 365)
    )
    moved = ", ".join(
        f"users - users_{days} AS solves_{days}, score - 80.0 / (40 + users_{days}) AS score_{days}"
        for days in (1, 7, 30, 365)
    )
    db.create_view(
        "movers",
        f"SELECT code, name, users, score, {moved} FROM (SELECT problems.*, {before} "
        f"FROM problems, (SELECT {today} AS today FROM crawls) WHERE delisted IS NULL)",
    )


@migrations()
def create_refusals(db: Database) -> None:
    columns = {"id": int, "started": str, "outcome": str, "reason": str}
    db.table("refusals").create(columns, pk="id")


@migrations()
def add_source(db: Database) -> None:
    """Of the crawls before, it is not known."""
    db.table("crawls").add_column("source", str)


@migrations()
def make_movers_a_table(db: Database) -> None:
    """Written by each commit, because a view would look for the past at each request."""
    db.execute("DROP VIEW movers")
    spans = ("last", 1, 7, 30, 365)
    columns: dict[str, type] = {"code": str, "name": str, "users": int, "score": float}
    for span in spans:
        columns |= {f"solves_{span}": int, f"score_{span}": float}
    db.table("movers").create(columns, pk="code")


@migrations()
def add_liked(db: Database) -> None:
    db.execute("ALTER TABLE problems ADD COLUMN liked REAL")
    db.conn.create_function("liked", 2, liked)
    db.execute("UPDATE problems SET liked = liked(votes_up, votes_down)")


@migrations()
def drop_search_index(db: Database) -> None:
    """The site searches without it, and it was nearly half of a new file."""
    db.table("problems").disable_fts()


@migrations()
def create_tags(db: Database) -> None:
    """They begin with those that come with the project."""
    db.execute(
        "CREATE TABLE tags (code TEXT, tag TEXT, day TEXT, PRIMARY KEY (code, tag)) WITHOUT ROWID"
    )
    db.execute("ALTER TABLE problems ADD COLUMN topics TEXT NOT NULL DEFAULT '[]'")
    tags.write(db, tags.read(tags.FIRST))


@migrations()
def find_history_by_number(db: Database) -> None:
    """What a problem was worth on a day is found by the key of the table `history`."""
    db.execute("DROP VIEW problem_history")
    db.create_view(
        "problem_history",
        "SELECT code, date(day * 86400, 'unixepoch') AS day, history.users, "
        "80.0 / (40 + history.users) AS score, 80.0 / (41 + history.users) AS points_if_solved, "
        "problem_id, day AS day_number FROM history JOIN problems ON id = problem_id",
    )


NAMES = tuple(migration.name for migration in migrations.pending(Database(memory=True)))
VERSION = len(NAMES)


def version(db: Database) -> int:
    """How many migrations the file has been through."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: Database) -> None:
    """Give the database the newest schema, within the transaction that is open."""
    migrations.ensure_migrations_table(db)
    if not migrations.applied(db):  # a file from before this table, or a new one
        db.table(migrations.migrations_table).insert_all(
            {"migration_set": migrations.name, "name": name, "applied_at": None}
            for name in NAMES[: version(db)]
        )
    migrations.apply(db)
    db.execute(f"PRAGMA user_version = {VERSION}")


def bring_forward(path: Path) -> str | None:
    """Bring an older database to the newest schema, under the lock, in one transaction.

    Returns a sentence that says so, None when there was nothing to do. Raises StoreError when the
    file is of a newer version, or not a database of spojscore.
    """
    with opened(path) as db:
        check_ours(path, db)
        older = version(db)
        if older == VERSION and db[migrations.migrations_table].exists():
            return None
    with lock(path), opened(path) as db:
        db.begin()
        check_ours(path, db)  # another process may have been faster
        migrate(db)
        write_movers(db)
        db.commit()
    return f"{path}: brought from schema {older} to {VERSION}"


def check_ours(path: Path, db: Database) -> None:
    """Raise StoreError unless the schema is, to the letter, that of the file's version.

    Nothing in the file is run for that: it may hold a view that never ends.
    A file that older code made has no table of migrations.
    """
    found = version(db)
    if found > VERSION:
        raise StoreError(
            f"{path}: its schema has version {found}, made by a newer spojscore; this one knows "
            f"{VERSION}: update it"
        )
    wrong = {name for _, name, _ in parts(db) - expected(found)}
    wrong |= {name for _, name, _ in expected(found) - parts(db)} - {migrations.migrations_table}
    if wrong:
        raise StoreError(
            f"{path}: this is not a database of spojscore: not its {', '.join(sorted(wrong))}"
        )


def parts(db: Database) -> set[tuple[str, str, str | None]]:
    """Type, table and SQL of each part of the schema; SQLite's own indexes have no SQL.

    What ANALYZE leaves does not count.
    """
    return set(
        db.execute(
            "SELECT type, tbl_name, sql FROM sqlite_master WHERE tbl_name NOT GLOB 'sqlite_stat*'"
        )
    )


@cache
def expected(version: int) -> set[tuple[str, str, str | None]]:
    """The parts of a database of that version."""
    db = Database(memory=True)
    stop = NAMES[max(version, 1)] if version < VERSION else None
    migrations.apply(db, stop_before=stop)
    return parts(db)
