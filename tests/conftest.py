"""What tests share: the stand-in on a port of its own, and the real command as a subprocess."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from standin.faults import Fault
from standin.problems import Entry, problems
from standin.server import StandIn, serving

ROOT = Path(__file__).parent.parent
SCRAPY = Path(sys.executable).parent / "scrapy"
FULL_SPEED = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "RETRY_BACKOFF=0")


class Crawl:
    """One run of `scrapy crawl classical`: its exit status, output and database."""

    def __init__(self, url: str, database: Path, *settings: str, **environment: str) -> None:
        self.database = database
        self.failed_page = Path(f"{database}.failed.html")
        options = [o for s in (*FULL_SPEED, *settings) for o in ("-s", s)]
        run = subprocess.run(
            [SCRAPY, "crawl", "classical", *options],
            cwd=ROOT,
            env=os.environ | {"SPOJ_URL": url, "SPOJSCORE_DB": str(database)} | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.status, self.output, self.log = run.returncode, run.stdout, run.stderr
        self.error = run.stderr.strip().splitlines()[-1]


Served = Callable[..., StandIn]


@pytest.fixture
def standin() -> Iterator[Served]:
    """Starts stand-ins: standin(problems or their number, "START:KIND", …, theme=)."""
    with ExitStack() as servers:

        def start(listed: list[Entry] | int, *faults: str, **options: Any) -> StandIn:
            entries = problems(listed) if isinstance(listed, int) else listed
            struck = [Fault.parse(text) for text in faults]
            return servers.enter_context(serving(StandIn(entries, faults=struck, **options)))

        yield start


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "spojscore.db"


def rows(database: Path, sql: str = "SELECT * FROM problems ORDER BY id") -> list[dict[str, Any]]:
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]
