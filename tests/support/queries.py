"""Runs the site's queries without a site."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tests.support.projects import ROOT
from web import run_sql

SITE = yaml.safe_load((ROOT / "metadata.yml").read_text())
QUERIES = SITE["databases"]["spojscore"]["queries"]


def run_query(path: Path, query: str, **parameters: str) -> list[dict[str, Any]]:
    """Return the rows of a query; missing parameters are blank."""
    sql = QUERIES[query]["sql"]
    parameters = dict.fromkeys(QUERIES[query].get("params", ()), "") | parameters
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        run_sql.add_functions(connection)
        return [dict(row) for row in connection.execute(sql, parameters)]
