"""Killed crawls, concurrent crawls, and unwritable disks."""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest
from sqlite_utils import Database

from spojscore_crawler.store.files import StoreError, lock
from standin.problems import problems
from tests.support.commits import A, B, crawl
from tests.support.crawling import Crawl, Factory, start_crawl
from tests.support.databases import rows
from tests.support.projects import ROOT

CHANGED_ENTRIES = [replace(entry, users=entry.users + 1) for entry in problems(120)]
COMMIT_UNDER_LOCK = """
from tests.support.commits import *
from spojscore_crawler.store.files import lock
with lock(path := Path({!r})):
    crawl(path, 1, A, B)
"""


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not condition():
        assert process.poll() is None
        sleep(0.01)


def test_crawl_interrupted_while_it_waits(
    standin: Factory, database: Path, snapshot: bytes
) -> None:
    server = standin(CHANGED_ENTRIES, "50:status-500")
    with start_crawl(server.url, database, "RETRY_BACKOFF=50") as process:
        assert any("Waiting 50.0 s before" in line for line in process.stderr or ())
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=10)
    assert process.returncode == 1
    assert log.splitlines()[-1] == f"error: the crawl was interrupted; {database} is unchanged"
    assert database.read_bytes() == snapshot


def test_killed_commit_is_rolled_back(database: Path) -> None:
    """A reader delays the commit until the process is killed."""
    crawl(database, 0, A)
    with closing(Database(database)) as reader:
        cursor = reader.execute("SELECT * FROM crawls")
        cursor.fetchone()
        command = [sys.executable, "-c", COMMIT_UNDER_LOCK.format(str(database))]
        with subprocess.Popen(command, cwd=ROOT, text=True) as process:
            wait_until(Path(f"{database}-journal").exists, process)
            process.kill()
        cursor.close()
    assert [row["code"] for row in rows(database)] == ["P1"]
    with lock(database):
        crawl(database, 1, A, B)
    assert [row["code"] for row in rows(database)] == ["P1", "P2"]


def test_crawl_holds_lock(standin: Factory, database: Path) -> None:
    """Also for a link to the database."""
    server = standin(60)
    link = database.with_name("link.db")
    link.symlink_to(database)
    messages = set[str]()

    def try_to_lock() -> None:
        with pytest.raises(StoreError) as error:
            lock(link)
        messages.add(str(error.value))

    server.on_page = try_to_lock
    assert Crawl(server.url, database).status == 0
    assert messages == {f"{link}: locked by another process, such as a crawl; try again later"}
    lock(link).release()


def limit_file_size() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_full_disk(standin: Factory, database: Path, snapshot: bytes) -> None:
    result = Crawl(standin(CHANGED_ENTRIES).url, database, setup=limit_file_size)
    result.assert_failed(f"{database}: disk I/O error (is the disk full?)", snapshot)
