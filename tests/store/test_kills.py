"""Killed crawls, concurrent crawls, and disks that cannot be written."""

import os
import resource
import signal
import sqlite3
import subprocess
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest

from standin.problems import problems
from tests.support.crawling import Crawl, Factory, run_at_page, start_crawl
from tests.support.databases import rows

CHANGED = [replace(entry, users=entry.users + 1) for entry in problems(120)]
USERS = [entry.users for entry in CHANGED]


def users(database: Path) -> list[int]:
    return [row["users"] for row in rows(database)]


def assert_interrupted(process: subprocess.Popen[str], log: str, database: Path) -> None:
    assert process.returncode == 1
    assert log.splitlines()[-1] == f"error: the crawl was interrupted; {database} is unchanged"


@pytest.mark.parametrize(
    ("kill", "number"),
    [
        pytest.param(signal.SIGTERM, 1, id="TERM"),
        pytest.param(signal.SIGINT, 3, id="INT"),
        pytest.param(signal.SIGKILL, 3, id="KILL"),
    ],
)
def test_crawl_killed_while_it_reads(
    kill: signal.Signals, number: int, standin: Factory, database: Path, before: bytes
) -> None:
    server = standin(CHANGED)
    with start_crawl(server.url, database) as process:
        run_at_page(server, number, lambda: process.send_signal(kill))
        _, log = process.communicate(timeout=60)
    assert database.read_bytes() == before
    if kill is not signal.SIGKILL:
        assert_interrupted(process, log, database)
        return
    assert process.returncode == -kill
    assert Crawl(server.url, database).status == 0  # the lock is free again
    assert users(database) == USERS


def test_crawl_interrupted_while_it_waits(standin: Factory, database: Path, before: bytes) -> None:
    server = standin(CHANGED, "50:status-500")
    with start_crawl(server.url, database, "RETRY_BACKOFF=50") as process:
        wait_for_line(process, "Waiting 50.0 s before")
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=10)
    assert_interrupted(process, log, database)
    assert database.read_bytes() == before


def wait_for_line(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr
    assert any(text in line for line in process.stderr)


@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL])
def test_crawl_killed_in_its_commit(
    kill: signal.Signals, standin: Factory, database: Path, before: bytes
) -> None:
    """A reader delays the commit until the signal arrives."""
    server = standin(CHANGED)
    journal = Path(f"{database}-journal")
    content = users(database)
    assert before
    with closing(sqlite3.connect(database)) as reader:
        cursor = reader.execute("SELECT code FROM problems")
        cursor.fetchone()
        with start_crawl(server.url, database) as process:
            while not journal.exists():
                assert process.poll() is None
                sleep(0.01)
            process.send_signal(kill)
            if kill is signal.SIGKILL:
                process.wait()
            cursor.close()
            process.communicate(timeout=60)
    if kill is signal.SIGKILL:
        assert process.returncode == -kill
        assert users(database) == content
        assert Crawl(server.url, database).status == 0
    else:
        assert process.returncode == 0
    assert users(database) == USERS


@pytest.mark.parametrize("delay", [0.03, 0.06])
def test_late_interrupt_keeps_commit(
    delay: float, standin: Factory, database: Path, before: bytes
) -> None:
    assert before
    with start_crawl(standin(CHANGED).url, database) as process:
        wait_for_line(process, "Closing spider")
        with suppress(subprocess.TimeoutExpired):
            process.wait(delay)
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "120 problems (0 new, 120 changed" in log


def test_second_crawl_is_refused(standin: Factory, database: Path, before: bytes) -> None:
    """Also if it reaches the database by another path."""
    server = standin(CHANGED)
    alias = database.with_name("alias.db")
    alias.symlink_to(database)
    second = list[Crawl]()
    run_at_page(server, 2, lambda: second.append(Crawl(server.url, alias)))
    with start_crawl(server.url, database, "DOWNLOAD_TIMEOUT=30") as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
    [refused] = second
    assert refused.status == 1
    assert refused.last_line.startswith(f"error: {alias}: locked by another process")
    assert before != database.read_bytes()


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_full_disk(standin: Factory, database: Path, small_list: bytes) -> None:
    full = f"{database}: disk I/O error (is the disk full?)"
    for content in (None, small_list):
        if content:
            database.write_bytes(content)
        crawl = Crawl(standin(CHANGED).url, database, setup=small_files)
        crawl.assert_failed(full, content)


def deny_access() -> None:
    """Even root has no access."""
    os.access = lambda *_: False


def test_folder_that_is_not_writable(standin: Factory, database: Path, before: bytes) -> None:
    server = standin(120)
    crawl = Crawl(server.url, database, setup=deny_access)
    crawl.assert_failed(f"{database}: the folder {database.parent} is not writable", before)
    assert server.requests == []
    assert not Path(f"{database}.lock").exists()
