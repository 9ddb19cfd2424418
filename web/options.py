"""How Datasette is run, here and where it is published."""

DATABASE = "spojscore"  # Datasette takes a database's name from its file's
LIST = "problems"

MOST_ROWS = 5_000  # of one answer: the whole list, in one call
PAGE_ROWS = 200  # of a page; all of them come as CSV
SQL_SECONDS = 1  # of a visitor's query
FACET_SECONDS = 0.2  # of what a visitor's query is counted by
OWN_SECONDS = 5  # of the site's own queries, which take a hundredth where no machine is overloaded

# The file itself: it changes once a day, and a copy that is still right is not sent again.
DATABASE_TYPE = "application/vnd.sqlite3"
HASH_TYPE = "text/plain; charset=utf-8"
DATABASE_HEADERS = {"Cache-Control": "public, max-age=600"}

# Whose pages may ask: all of it is public and read-only.
ORIGINS = "*"

SETTINGS = {
    "max_returned_rows": str(MOST_ROWS),
    "sql_time_limit_ms": str(1_000 * OWN_SECONDS),
    "facet_time_limit_ms": str(1_000 * OWN_SECONDS),
    # Streams would be cut off by the size limit of Vercel's functions.
    "allow_csv_stream": "off",
    # As many as there are topics, and some.
    "default_facet_size": "40",
    # Facets are chosen in metadata.yml; suggesting others takes half of a page's time.
    "suggest_facets": "off",
}

# Options that `datasette serve` and `datasette publish` share.
OPTIONS = (
    "--metadata=metadata.yml",
    "--template-dir=web/templates",
    "--plugins-dir=web/plugins",
    "--static=static:web/static",
    *(word for name, value in SETTINGS.items() for word in ("--setting", name, value)),
)
