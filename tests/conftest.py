"""What crawls and databases share; what a site or a browser needs is in the folders' own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("tests.support")

from standin.problems import Entry, problems  # noqa: E402
from standin.server import StandIn, serving  # noqa: E402
from tests.support.crawling import Crawl, Served  # noqa: E402
from tests.support.faults import Fault, FaultyStandIn  # noqa: E402
from tests.support.themes import THEMES  # noqa: E402

# A shell's background jobs ignore it, and what tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# `make test` must not show in the makes that tests run.
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(name, None)


@pytest.fixture
def standin() -> Iterator[Served]:
    """Starts stand-ins: standin(problems or their number, "START:KIND", …, theme=)."""
    with ExitStack() as servers:

        def start(
            listed: list[Entry] | int, *faults: str, theme: str = "modern", **options: Any
        ) -> FaultyStandIn:
            entries = problems(listed) if isinstance(listed, int) else listed
            options |= {"page": THEMES[theme], "faults": map(Fault.parse, faults)}
            return servers.enter_context(serving(FaultyStandIn(entries, **options)))

        yield start


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "spojscore.db"


@pytest.fixture(scope="session")
def small_list(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database that a crawl of the stand-in's first 120 problems made."""
    database = tmp_path_factory.mktemp("small") / "small.db"
    with serving(StandIn(problems(120))) as server:
        crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    return database.read_bytes()


@pytest.fixture
def before(database: Path, small_list: bytes) -> bytes:
    """The bytes of `database`, which the last crawl left there."""
    database.write_bytes(small_list)
    return small_list
