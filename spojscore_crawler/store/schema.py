"""The schema of the database, and the migrations that upgrade a file to it."""

from pathlib import Path

from sqlite_utils import Database, Migrations

from spojscore_crawler.store import facts
from spojscore_crawler.store.files import StoreError, open_database, transaction
from spojscore_crawler.store.movers import SPANS
from spojscore_crawler.store.points import points_sql

# After the first publication, only append: a file records the names of its migrations.
migrations = Migrations("spojscore")

# `problems` and `movers` are WITHOUT ROWID, and no index serves a filter on `problems`: otherwise
# Datasette's sorted pages lose rows among ties (tests/store/test_paging.py). Hence the partial
# index: a query by id uses it only with the condition `code <> ''`.
# problem_id is not a foreign key, because Datasette would take it for a code.
SCHEMA = (
    """
    CREATE TABLE problems (
        code TEXT PRIMARY KEY,
        name TEXT,
        users INTEGER,
        score REAL,
        band TEXT,
        points_if_solved REAL,
        per_submission REAL,
        acceptance REAL,
        votes_up INTEGER,
        votes_down INTEGER,
        liked REAL,
        concept_difficulty INTEGER,
        implementation_difficulty INTEGER,
        topics TEXT NOT NULL DEFAULT '[]',
        families TEXT NOT NULL DEFAULT '[]',
        added TEXT,
        year INTEGER,
        url TEXT,
        id INTEGER NOT NULL,
        first_seen TEXT,
        last_changed TEXT,
        delisted TEXT
    ) WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX problems_by_id ON problems (id) WHERE code <> ''",
    """
    CREATE TABLE history (
        problem_id INTEGER, day INTEGER, users INTEGER, PRIMARY KEY (problem_id, day)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE crawls (
        id INTEGER PRIMARY KEY, day TEXT, started TEXT, finished TEXT, source TEXT,
        pages INTEGER, problems INTEGER, users INTEGER, solves INTEGER,
        added INTEGER, changed INTEGER, delisted INTEGER, overridden TEXT
    )
    """,
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY, crawl_id INTEGER REFERENCES crawls (id),
        day TEXT, problem_id INTEGER, code TEXT, kind TEXT, detail TEXT
    )
    """,
    f"""
    CREATE TABLE movers (
        code TEXT PRIMARY KEY, name TEXT, users INTEGER, score REAL,
        {", ".join(f"solves_{span} INTEGER, score_{span} REAL" for span in ("last", *SPANS))}
    ) WITHOUT ROWID
    """,
    "CREATE TABLE tags (code TEXT, tag TEXT, day TEXT, PRIMARY KEY (code, tag)) WITHOUT ROWID",
    "CREATE TABLE families (topic TEXT PRIMARY KEY, family TEXT) WITHOUT ROWID",
    """
    CREATE TABLE articles (
        code TEXT, url TEXT, title TEXT, topic TEXT, PRIMARY KEY (code, url)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE ladder (
        rung INTEGER, position INTEGER, code TEXT, PRIMARY KEY (rung, position)
    ) WITHOUT ROWID
    """,
    f"""
    CREATE VIEW problem_history AS
    SELECT code, date(day * 86400, 'unixepoch') AS day, history.users,
           {points_sql("history.users")} AS score,
           {points_sql("history.users + 1")} AS points_if_solved,
           problem_id, day AS day_number
    FROM history JOIN problems ON id = problem_id AND code <> ''
    """,
    """
    CREATE VIEW latest_events AS
    SELECT events.day, kind, problems.code, name, detail, url
    FROM events JOIN problems ON problems.id = problem_id AND problems.code <> ''
    ORDER BY events.id DESC
    """,
)


@migrations()
def create(db: Database) -> None:
    """Create the schema of version 1.0, with the tags and articles of data/."""
    for statement in SCHEMA:
        db.execute(statement)
    facts.write_tags(db, facts.read_bundled_file("tags"))
    facts.write_articles(db, facts.read_bundled_file("articles"))


def upgrade(path: Path) -> str | None:
    """Apply the migrations that the database lacks, in one transaction.

    Returns a message that names them, or None if the database is up to date. Raises StoreError.
    """
    with open_database(path) as db:
        check_schema(path, db)
        names = [migration.name for migration in migrations.pending(db)]
    if not names:
        return None
    with transaction(path) as db:
        migrations.apply(db)
    return f"{path}: upgraded ({', '.join(names)})"


def check_schema(path: Path, db: Database) -> None:
    """Raise StoreError if this code can neither read nor upgrade the database."""
    applied_names = {migration.name for migration in migrations.applied(db)}
    known_names = {migration.name for migration in migrations.pending(Database(memory=True))}
    if create.__name__ not in applied_names:
        raise StoreError(
            f"{path}: not a spojscore 1.0 database, and earlier ones cannot be upgraded; "
            "use another file, or start over with `make history`"
        )
    if newer_names := applied_names - known_names:
        raise StoreError(
            f"{path}: created by a newer version of spojscore "
            f"(migrations {', '.join(sorted(newer_names))}); update this installation"
        )
