"""`python -m deploy.verify DB`: run what was built and compare its answers with the database."""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from deploy.bundle import (
    BUNDLE,
    OUTPUT,
    STATIC,
    STATIC_DATABASE,
    digest,
    function_config,
    function_files,
    verified_file,
)
from deploy.function import running
from deploy.pages import visit
from deploy.site import Site
from deploy.toolchain import PYTHON_VERSION, PublishError, run_step
from spojscore_crawler.store.files import connect
from web.options import DATABASE, SETTINGS

SAMPLE = 5  # rows that are compared cell by cell, from the least to the most solved
MOST_ROWS = int(SETTINGS["max_returned_rows"])
LISTED = {"_delisted": 1}  # with the problems that left the list
LARGEST = 250_000_000  # bytes of a function, unpacked


def verify(database: Path, bundle: Path = BUNDLE) -> list[str]:
    """Compare the bundle with `database`; returns what was found right, a phrase each.

    Raises PublishError at the first thing that is not.
    """
    verified_file(bundle).unlink(missing_ok=True)
    found = [function(bundle), routes(bundle), static_database(bundle)]
    try:
        with closing(connect(database)) as connection, running(bundle) as started:
            site = Site(started.url)
            site.ask("/")
            found.append(f"the first page after {time.monotonic() - started.began:.2f} s")
            found += [*compare(connection, site), visited(site, bundle)]
    except sqlite3.Error as error:
        raise PublishError(f"{database}: {error}") from error
    verified_file(bundle).write_text(f"{digest(bundle)}\n")
    return found


def compare(connection: sqlite3.Connection, site: Site) -> list[str]:
    """Compare the answers of `site` with the database. Raises and returns as above."""
    connection.row_factory = sqlite3.Row
    return [check() for check in Checks(connection, site).all()]


class Checks:
    """Each check asks the database and the site the same, and returns a phrase that tells what."""

    def __init__(self, connection: sqlite3.Connection, site: Site) -> None:
        self.connection, self.site = connection, site

    def all(self) -> list[Callable[[], str]]:
        return [
            self.title, self.count, self.users, self.rows, self.facet, self.search, self.paging,
            self.csv, self.queries,
        ]  # fmt: skip

    def title(self) -> str:
        # The generated index.py goes on without metadata when it can't be read.
        if "<h1>spojscore" not in self.site.text("/"):
            raise PublishError("the home page lacks its title: metadata.yml did not arrive")
        return "the title"

    def count(self) -> str:
        [[here]] = self._ask("SELECT count(*) FROM problems")
        if not here:
            raise PublishError("the database holds no problems")
        there = self.site.json("/problems", **LISTED, _size=0)["filtered_table_rows_count"]
        _same("number of problems", here, there)
        return f"{here} problems"

    def users(self) -> str:
        sql = "SELECT sum(users) AS users FROM problems"
        [[here]] = self._ask(sql)
        [there] = self.site.json("", sql=sql, _shape="arrayfirst")
        _same("sum of users", here, there)
        return f"{here} solves"

    def rows(self) -> str:
        every = self._ask("SELECT * FROM problems ORDER BY users")
        places = {(len(every) - 1) * part // (SAMPLE - 1) for part in range(SAMPLE)}
        for place in sorted(places):
            here = dict(every[place])
            [there] = self.site.json(f"/problems/{here['code']}", _shape="array")
            _same(f"row {here['code']}", here, there)
        return f"{len(places)} rows"

    def facet(self) -> str:
        bands = self._ask("SELECT band, count(*) AS problems FROM problems GROUP BY band")
        here = {row["band"]: row["problems"] for row in bands}
        facet = self.site.json("/problems", **LISTED, _facet="band", _size=0)["facet_results"][
            "band"
        ]
        _same("facet band", here, {band["value"]: band["count"] for band in facet["results"]})
        return f"the facet's {len(here)} bands"

    def search(self) -> str:
        [[code]] = self._ask("SELECT code FROM problems ORDER BY length(code) DESC, code LIMIT 1")
        found = "SELECT code FROM problems WHERE instr(code || ' ' || upper(name), ?) ORDER BY code"
        here = [row["code"] for row in self._ask(found, (code,))]
        there = self.site.json("/problems", **LISTED, _search=code, _shape="array")
        _same(f"search for {code}", here, sorted(row["code"] for row in there))
        return f"a search for {code}"

    def paging(self) -> str:
        [[many]] = self._ask("SELECT count(*) FROM problems")
        codes: list[str] = []
        following: dict[str, str] | None = {}
        while following is not None:
            page = self.site.json(
                "/problems", **LISTED, **following, _sort="first_seen", _col="code", _size=500
            )
            codes += [row[0] for row in page["rows"]]
            following = {"_next": page["next"]} if page["next"] else None
        _same("problems, page by page", many, len(set(codes)))
        return f"all {many} page by page"

    def csv(self) -> str:
        here = [tuple(map(str, row)) for row in self._ask("SELECT code, users FROM problems")]
        lines = self.site.text(f"/{DATABASE}/problems.csv", **LISTED).splitlines()
        there = [(row["code"], row["users"]) for row in csv.DictReader(lines)]
        _same("CSV", sorted(here), sorted(there))
        return f"a CSV of {len(there)} rows"

    def queries(self) -> str:
        queries = self.site.json("")["queries"]
        for query in queries:
            blank = dict.fromkeys(query.get("params", ()), "")
            try:
                here = self._ask(query["sql"], blank)[:MOST_ROWS]
            except sqlite3.Error as error:
                raise PublishError(f"query {query['name']}: {error}") from error
            there = self.site.json(f"/{query['name']}", **blank, _shape="array")
            _same(
                f"query {query['name']}",
                *([rounded(dict(row)) for row in rows] for rows in (here, there)),
            )
        return f"{len(queries)} queries"

    def _ask(
        self, sql: str, parameters: dict[str, str] | tuple[str, ...] = ()
    ) -> list[sqlite3.Row]:
        return self.connection.execute(sql, parameters).fetchall()


def function(bundle: Path) -> str:
    """The function that was built runs on the Python it is tried on, and is not too large."""
    runtime = function_config(bundle)["runtime"]
    if runtime != f"python{PYTHON_VERSION}":
        raise PublishError(f"built for {runtime}, but tried with Python {PYTHON_VERSION}")
    size = sum(file.stat().st_size for file in function_files(bundle).values())
    if size > LARGEST:
        raise PublishError(
            f"the function has {size / 1e6:.0f} MB; Vercel takes {LARGEST / 1e6:.0f}"
        )
    return f"{size / 1e6:.0f} MB for Python {PYTHON_VERSION}"


def visited(site: Site, bundle: Path) -> str:
    """Every page that the site links to is one, and each table, in one call, is small enough."""
    names = site.json("")
    tables = [table["name"] for table in names["tables"] + names["views"]]
    whole = [f"/{DATABASE}/{name}.{kind}?_size=max" for name in tables for kind in ("json", "csv")]
    static = [f"/{file.name}" for file in (bundle / STATIC).iterdir()]
    return f"{visit(site, more=whole, without=static)} pages"


def routes(bundle: Path) -> str:
    """The CDN serves the files that are there, and asks the function for all else."""
    found = json.loads((bundle / OUTPUT / "config.json").read_text())["routes"]
    if found[0] != {"handle": "filesystem"} or found[-1].get("dest") != "/index.py":
        raise PublishError(f"the routes are {found}")
    return "the routes"


def static_database(bundle: Path) -> str:
    """The file that the CDN will serve is the function's, and has the hash published beside it."""
    file = bundle / STATIC_DATABASE
    if file.read_bytes() != (bundle / file.name).read_bytes():
        raise PublishError(f"/{file.name} is not the database that the function reads")
    published = file.with_name(f"{file.name}.sha256").read_text().split()
    _same("hash", [hashlib.sha256(file.read_bytes()).hexdigest(), file.name], published)
    return f"the hash of /{file.name}"


def rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Versions of SQLite differ in the last digits of sums."""
    return {
        name: float(f"{value:.9g}") if isinstance(value, float) else value
        for name, value in row.items()
    }


def _same(what: str, here: object, there: object) -> None:
    if here != there:
        raise PublishError(f"{what}: the database says {here}, what was built says {there}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.verify", description=__doc__)
    parser.add_argument("database", type=Path)
    database = parser.parse_args().database
    run_step(lambda: print(f"Verified {BUNDLE}: {', '.join(verify(database))}."))


if __name__ == "__main__":
    main()
