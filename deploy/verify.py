"""Runs what was built, as Vercel would, and looks at all that it answers."""

from __future__ import annotations

import json
import time
from pathlib import Path

from deploy.bundle import (
    BUNDLE,
    ROUTES,
    STATIC,
    STATIC_DATABASE,
    database_routes,
    digest,
    function_config,
    function_files,
    verified_file,
)
from deploy.client import ask
from deploy.function import running
from deploy.pages import heading, visit
from deploy.probe import Freshness
from deploy.stores import HASH, sha256
from deploy.toolchain import PYTHON_VERSION, PublishError
from spojscore_crawler.store.state import state
from web.options import DATABASE, MAX_ROWS

LARGEST = 250_000_000  # bytes of a function, unpacked


def verify(database: Path) -> str:
    """Compare the bundle with the database; returns what was found right.

    The database in the bundle is compared as a file; so what it answers is not compared row by row.
    Raises PublishError or StoreError at the first thing that is not right.
    """
    verified_file(BUNDLE).unlink(missing_ok=True)
    found = [function(BUNDLE), routes(BUNDLE), static_database(BUNDLE)]
    last = state(database)
    with running(BUNDLE) as started:
        if not heading(ask(f"{started.url}/")).startswith(DATABASE):
            # The generated index.py goes on without metadata when it is not readable.
            raise PublishError("the home page lacks its title: metadata.yml did not arrive")
        found.append(f"the first page after {time.monotonic() - started.began:.2f} s")
        shown = Freshness.of(started.url)
        if (shown.crawl, shown.finished) != (last.lineage[-1].id, last.finished):
            raise PublishError(f"what was built shows another crawl than {database}: {shown}")
        found += [f"crawl {shown.crawl}", questions(started.url), pages(started.url, BUNDLE)]
    verified_file(BUNDLE).write_text(f"{digest(BUNDLE)}\n")
    return f"Verified {BUNDLE}: {', '.join(found)}."


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


def routes(bundle: Path) -> str:
    """The CDN serves the files that are there, and asks the function for all else."""
    found = json.loads((bundle / ROUTES).read_text())["routes"]
    first = [*database_routes(), {"handle": "filesystem"}]
    if found[: len(first)] != first or found[-1].get("dest") != "/index.py":
        raise PublishError(f"the routes are {found}")
    return "the routes"


def static_database(bundle: Path) -> str:
    """The file that the CDN will serve is the function's, and has its hash beside it."""
    file = bundle / STATIC_DATABASE
    if file.read_bytes() != function_files(bundle)[file.name].read_bytes():
        raise PublishError(f"/{file.name} is not the database that the function reads")
    if Path(f"{file}{HASH}").read_text().split() != [sha256(file), file.name]:
        raise PublishError(f"/{file.name}{HASH} is not the hash of /{file.name}")
    return f"the hash of /{file.name}"


def questions(site: str) -> str:
    """Every question of metadata.yml answers, under its own title, when nothing is filled in."""
    queries = json.loads(ask(f"{site}/{DATABASE}.json").text)["queries"]
    for query in queries:
        page = ask(f"{site}/{DATABASE}/{query['name']}")
        if heading(page) != query["title"]:
            raise PublishError(f"{page.url} has the title {heading(page)!r}")
    return f"{len(queries)} questions"


def pages(site: str, bundle: Path) -> str:
    """Every page that the site links to is one, and each table, in one call, is small enough."""
    names = json.loads(ask(f"{site}/{DATABASE}.json").text)
    tables = [table["name"] for table in names["tables"] + names["views"]]
    whole = [
        f"/{DATABASE}/{name}.{kind}?_size={MAX_ROWS}"
        for name in tables
        for kind in ("json", "csv")
    ]
    static = [f"/{file.name}" for file in (bundle / STATIC).iterdir()]
    return f"{visit(site, more=whole, without=static)} pages"
