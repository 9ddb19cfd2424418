"""What tests share: the stand-in on a port of its own, and the real command as a subprocess."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread, Timer
from typing import Any, NoReturn
from urllib.request import urlopen

import pytest
from parsel import Selector
from playwright.sync_api import Browser, Page, sync_playwright

from standin.faults import Fault
from standin.problems import Entry, problems
from standin.server import StandIn, serving

ROOT = Path(__file__).parent.parent
SCRAPY = Path(sys.executable).parent / "scrapy"
FULL_SPEED = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=0", "RETRY_BACKOFF=0", "MIN_PROBLEMS=1")

# A shell's background jobs ignore it, and what tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# `make test` must not show in the makes that tests run.
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(name, None)


def started_crawl(
    url: str, database: Path, *settings: str, **options: Any
) -> subprocess.Popen[str]:
    """`scrapy crawl classical` at full speed, as a process.

    `options` are Popen's, but for `arguments`, more words of the command, `prefix`, those
    before it, and `env`, what to add to the environment.
    """
    words = [word for setting in (*FULL_SPEED, *settings) for word in ("-s", setting)]
    words += options.pop("arguments", [])
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*options.pop("prefix", []), SCRAPY, "crawl", "classical", *words],
        cwd=ROOT,
        env=os.environ | {"SPOJ_URL": url, "SPOJSCORE_DB": str(database)} | options.pop("env", {}),
        text=True,
        **pipes | options,
    )


class Crawl:
    """One run of `scrapy crawl classical`: its exit status, output, log and last line.

    `peak_memory` is in bytes.
    """

    def __init__(self, url: str, database: Path, *settings: str, **options: Any) -> None:
        self.database = database
        self.failed_page = Path(f"{database}.failed.html")
        with TemporaryFile("w+") as output, TemporaryFile("w+") as log:
            files = {"stdout": output, "stderr": log}
            process = started_crawl(url, database, *settings, **files | options)
            limit = Timer(60, process.kill)
            limit.start()
            # Unlike Popen's own, it tells the memory too.
            _, status, usage = os.wait4(process.pid, 0)
            limit.cancel()
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.peak_memory = usage.ru_maxrss * 1024
            output.seek(0)
            log.seek(0)
            self.output, self.log = output.read(), log.read()
        self.error = self.log.strip().splitlines()[-1]

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(Path(f"{self.database}.crawl.json").read_bytes())
        return report

    def failed(self, reason: str, before: bytes | None) -> bool:
        """Whether it told the reason, reported it, and left the database as it was before."""
        assert self.error == f"error: {reason}; {self.database} is as it was"
        assert self.status == 1
        assert self.output == ""
        assert self.peak_memory < 200_000_000
        assert self.report["outcome"] in ("refused", "failed")
        assert self.report["reason"] == reason
        assert (self.database.read_bytes() if self.database.exists() else None) == before
        assert not Path(f"{self.database}-journal").exists()
        return True


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


def at_page(server: StandIn, number: int, action: Callable[[], object]) -> None:
    """Have `action` done when the stand-in is asked for its `number`th page of the list."""
    numbers = count(1)
    server.on_page = lambda: action() if next(numbers) == number else None


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


PAGE = 4096  # bytes of one of SQLite's


class Site(ThreadingHTTPServer):
    """Serves a folder, and how fresh the database in it is.

    `cut` bytes of a database are kept back, `status` answered instead.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.cut = 0
        self.status = 0
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.on_get: Callable[[str], object] = lambda _: None

    def publish(self, database: Path) -> None:
        content = database.read_bytes()
        (self.folder / "spojscore.db").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        (self.folder / "spojscore.db.sha256").write_text(f"{digest}  spojscore.db\n")

    def freshness(self) -> bytes:
        last = "SELECT * FROM crawls ORDER BY id DESC LIMIT 1"
        [crawl] = rows(self.folder / "spojscore.db", last)
        age = self.now() - datetime.fromisoformat(crawl["finished"])
        told = {
            "crawl": crawl["id"],
            "finished": crawl["finished"],
            "age_hours": age / timedelta(hours=1),
            "problems": crawl["problems"],
            "stale": age > timedelta(hours=36),
        }
        return json.dumps(told).encode()


class Handler(SimpleHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        if self.server.status:
            self.send_error(self.server.status)
            return
        self.server.on_get(self.path)
        if self.path == "/-/freshness.json":
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + self.server.freshness())
        else:
            super().do_GET()

    def copyfile(self, source, outputfile) -> None:  # type: ignore[no-untyped-def]
        content = source.read()
        outputfile.write(content[: len(content) - (self.server.cut if len(content) > PAGE else 0)])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def public_site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "site"
    folder.mkdir()
    with Site(folder) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def rows(database: Path, sql: str = "SELECT * FROM problems ORDER BY id") -> list[dict[str, Any]]:
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql)]


def missing(reason: str) -> NoReturn:
    """A tool that tests need is not there: CI fails, a developer's machine skips."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def faked_clock(folder: Path) -> tuple[Path, dict[str, str]]:
    """A file that tells the time to a process with that environment."""
    try:
        printed = subprocess.run(
            ["faketime", "-f", "+0", "printenv", "LD_PRELOAD"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    except FileNotFoundError:
        missing("faketime is not installed")
    clock = folder / "clock"
    return clock, {
        "LD_PRELOAD": printed.strip(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str) -> str:
    with urlopen(url, timeout=20) as response:
        return str(response.read().decode())


def words(page: str) -> str:
    """What a page says, with single spaces."""
    said = Selector(page).xpath("//body//text()[not(parent::script)]").getall()
    return " ".join(" ".join(said).split()).replace(" .", ".")


def copy_of_the_project(folder: Path) -> Path:
    """A copy of the project, as it is, that has the environment of this one."""
    copy = folder / "spojscore"
    omitted = (".git", ".venv", "build", "node_modules", "*.db*", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*omitted))
    (copy / ".venv").symlink_to(Path(sys.executable).parent.parent)
    return copy


def make(project: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `make` in a copy of the project."""
    return subprocess.run(
        ["make", *words],
        cwd=project,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def started(
    *command: str | Path, cwd: Path = ROOT, until: str
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run `command` in a process group of its own, from the line that holds `until` on.

    Yields the process and the lines it has printed by then; whatever is left of the group
    in the end is killed.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            if until in line:
                break
        else:
            pytest.fail(f"{command} ended without {until!r}:\n{''.join(lines)}")
        yield process, lines
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the stand-in's whole list. Not to be written to."""
    database = tmp_path_factory.mktemp("crawled") / "whole-list.db"
    with serving(StandIn(problems())) as server:
        crawl = Crawl(server.url, database)
    assert crawl.status == 0, crawl.log
    return database


@contextmanager
def served(database: Path) -> Iterator[tuple[str, int]]:
    """Serve `database` as `make serve` does; yields the address and the process's number."""
    port = free_port()
    serve = (sys.executable, "-m", "web.serve", database, "--port", str(port))
    with started(*serve, until="Uvicorn running") as (process, lines):
        assert process.stdout
        # It would stop at a full pipe.
        Thread(target=lines.extend, args=[process.stdout], daemon=True).start()
        yield f"http://127.0.0.1:{port}", process.pid


@pytest.fixture(scope="session")
def site(crawled: Path) -> Iterator[str]:
    """The address of a Datasette that serves `crawled`."""
    with served(crawled) as (address, _):
        yield address


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with 40 days of history and hostile names, see grown.py. Not to be written to."""
    from tests.grown import make as grow  # noqa: PLC0415  (its helpers import this module)

    database = tmp_path_factory.mktemp("grown") / "grown.db"
    grow(database)
    return database


@pytest.fixture(scope="session")
def grown_site(grown: Path) -> Iterator[str]:
    """The address of a Datasette that serves `grown`."""
    with served(grown) as (address, _):
        yield address


@pytest.fixture(scope="module")  # while it runs, no test can have an event loop of its own
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        missing("Chromium is not installed (Debian's package chromium)")
    flags = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, grown_site: str) -> Iterator[Page]:
    """A browser at `grown_site`, in a window so many pixels wide; see `looking`."""
    from tests.looking import looking  # noqa: PLC0415  (it imports this module)

    with looking(browser, grown_site, request.param) as page:
        yield page
