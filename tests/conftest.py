"""Fixtures for crawls and databases; those for sites and browsers are in tests/web/conftest.py."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["tests.support.browsing"]
pytest.register_assert_rewrite("tests.support")

from standin.problems import Entry, problems  # noqa: E402
from standin.server import StandIn, serving  # noqa: E402
from tests.support.crawling import Crawl, Factory  # noqa: E402
from tests.support.faults import Fault, FaultyStandIn  # noqa: E402
from tests.support.themes import THEMES  # noqa: E402

# Background jobs of a shell ignore SIGINT, and processes started by tests would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Hide `make test` from the make processes that tests run.
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Override pytest-playwright's: each browser context has its own."""


@pytest.fixture
def standin() -> Iterator[Factory]:
    """Starts stand-ins: standin(problems or their number, "PAGE:KIND", …, theme=)."""
    with ExitStack() as servers:

        def start(
            entries: list[Entry] | int, *faults: str, theme: str = "modern", **options: Any
        ) -> FaultyStandIn:
            listing = problems(entries) if isinstance(entries, int) else entries
            options |= {"render_page": THEMES[theme], "faults": map(Fault.parse, faults)}
            return servers.enter_context(serving(FaultyStandIn(listing, **options)))

        yield start


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "spojscore.db"


@pytest.fixture(scope="session")
def small_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database from a crawl of the stand-in's first 120 problems."""
    database = tmp_path_factory.mktemp("small") / "small.db"
    with serving(StandIn(problems(120))) as server:
        crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    return database.read_bytes()


@pytest.fixture
def snapshot(database: Path, small_database: bytes) -> bytes:
    """Fill `database` with a small list. Returns its bytes."""
    database.write_bytes(small_database)
    return small_database
