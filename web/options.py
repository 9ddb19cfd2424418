"""Datasette's options, locally and in the published function."""

import tomllib
from pathlib import Path

# In the bundle, pyproject.toml is in web/: in the top folder, Vercel would install from it.
PYPROJECT = next(filter(Path.exists, (p / "pyproject.toml" for p in Path(__file__).parents)))
VERSION: str = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]

DATABASE = "spojscore"  # Datasette names a database after its file
LIST = "problems"

MAX_ROWS = 5_000  # of JSON and CSV: enough for the complete list
MAX_PAGE_ROWS = 200
MAX_FACETS = 4
MAX_URL_BYTES = 2_500  # a page repeats its query string in many links
MAX_RESPONSE_BYTES = 4_000_000  # Vercel limits a function's response to 4.5 MB
SQL_SECONDS = 1

SETTINGS = {
    "max_returned_rows": str(MAX_ROWS),
    "sql_time_limit_ms": str(1_000 * SQL_SECONDS),
    "facet_time_limit_ms": "200",
    # So that a slow page does not block others.
    "num_sql_threads": "6",
    # Vercel's functions cut off long streams.
    "allow_csv_stream": "off",
    "default_facet_size": "40",  # more than there are topics
    # Suggesting facets takes half of a page's response time. metadata.yml lists them instead.
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
