"""The database's tables and views, and how an older database gets them."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

COLUMNS: dict[str, type] = {
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

# A day as history counts it, from a day as all else writes it.
DAY_NUMBER = "CAST(julianday({}) - julianday('1970-01-01') AS INTEGER)"
# What movers looks back to, in days.
SPANS = (1, 7, 30, 365)


def version(db: Database) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def parts(db: Database) -> set[tuple[str, str]]:
    """Type and name of each table, view and trigger."""
    kinds = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view', 'trigger')"
    return {(kind, name) for kind, name in db.execute(kinds)}


def newest() -> Database:
    """An empty database of the newest version, in memory."""
    db = Database(memory=True)
    migrate(db)
    return db


def migrate(db: Database) -> None:
    """Give the database the newest schema, within the transaction that is open."""
    for migration in MIGRATIONS[version(db) :]:
        migration(db)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _create_problems(db: Database) -> None:
    table = db.table("problems")
    if table.exists():
        return  # in databases from before versions were counted
    table.create(COLUMNS, pk="code", not_null=("id",))
    table.create_index(["id"], unique=True)
    table.enable_fts(["code", "name"], tokenize="trigram", create_triggers=True)


def _create_crawls(db: Database) -> None:
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


def _search_less(db: Database) -> None:
    """A search index that is written when code or name change, not with every solve."""
    trigger = "problems_au"
    [made] = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", [trigger]).fetchone()
    changed = "WHEN old.code IS NOT new.code OR old.name IS NOT new.name BEGIN"
    db.execute(f"DROP TRIGGER [{trigger}]")
    db.execute(made.replace("BEGIN", changed, 1))


def _create_history(db: Database) -> None:
    """With the little that the problems themselves tell of their past."""
    # No foreign key: Datasette would take problem_id for a code. No index but the key: size.
    db.execute(
        "CREATE TABLE history (problem_id INTEGER, day INTEGER, users INTEGER, "
        "PRIMARY KEY (problem_id, day)) WITHOUT ROWID"
    )
    for day, users in (("last_changed", "users"), ("delisted", "NULL")):
        db.execute(
            f"INSERT OR REPLACE INTO history SELECT id, {DAY_NUMBER.format(day)}, {users} "
            f"FROM problems WHERE {day} IS NOT NULL"
        )
    columns = {"id": int, "crawl_id": int, "day": str, "code": str, "kind": str, "detail": str}
    db.table("events").create(columns, pk="id", foreign_keys=[("crawl_id", "crawls", "id")])


def _create_views(db: Database) -> None:
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
    today = DAY_NUMBER.format("max(day)")
    before = ", ".join(
        "(SELECT users FROM history WHERE problem_id = problems.id AND day <= today - "
        f"{days} AND users IS NOT NULL ORDER BY day DESC LIMIT 1) AS users_{days}"
        for days in SPANS
    )
    moved = ", ".join(
        f"users - users_{days} AS solves_{days}, score - 80.0 / (40 + users_{days}) AS score_{days}"
        for days in SPANS
    )
    db.create_view(
        "movers",
        f"SELECT code, name, users, score, {moved} FROM (SELECT problems.*, {before} "
        f"FROM problems, (SELECT {today} AS today FROM crawls) WHERE delisted IS NULL)",
    )


def _create_refusals(db: Database) -> None:
    columns = {"id": int, "started": str, "outcome": str, "reason": str}
    db.table("refusals").create(columns, pk="id")


# Each leads from the version that is its place here to the next; only ever append.
MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    _create_problems,
    _create_crawls,
    _search_less,
    _create_history,
    _create_views,
    _create_refusals,
)
