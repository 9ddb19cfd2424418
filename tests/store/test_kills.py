"""A crawl that is killed, one that meets another, and disks that can't be written to."""

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from standin.problems import problems
from tests.support.crawling import Crawl, Served, at_page, started_crawl
from tests.support.databases import rows
from tests.support.processes import free_port, started
from tests.support.sites import get

LIST = "/problems/classical/sort=0,start="
CHANGED = [replace(entry, users=entry.users + 1) for entry in problems(120)]


@pytest.mark.parametrize(
    ("kill", "number"),
    [(signal.SIGTERM, 1), (signal.SIGINT, 3), (signal.SIGKILL, 1), (signal.SIGKILL, 3)],
)
def test_a_crawl_killed_while_it_reads(
    kill: signal.Signals, number: int, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(CHANGED)
    with started_crawl(server.url, database) as process:
        at_page(server, number, lambda: process.send_signal(kill))
        _, log = process.communicate(timeout=60)
    assert database.read_bytes() == before
    report = json.loads(Path(f"{database}.crawl.json").read_bytes())
    if kill is signal.SIGKILL:
        assert process.returncode == -kill
        assert report["outcome"] == "running"
        assert Crawl(server.url, database).status == 0
        assert [row["users"] for row in rows(database)] == [entry.users for entry in CHANGED]
    else:
        assert process.returncode == 1
        assert log.splitlines()[-1] == f"error: the crawl was interrupted; {database} is unchanged"
        assert report["reason"] == "the crawl was interrupted"


def test_a_crawl_interrupted_while_it_waits(standin: Served, database: Path, before: bytes) -> None:
    server = standin(CHANGED, "50:status-500")
    with started_crawl(server.url, database, "RETRY_BACKOFF=50") as process:
        assert process.stderr
        for line in process.stderr:
            if "Waiting 50.0 s before" in line:
                process.send_signal(signal.SIGTERM)
                break
        _, log = process.communicate(timeout=10)
    assert process.returncode == 1
    assert log.splitlines()[-1] == f"error: the crawl was interrupted; {database} is unchanged"
    assert database.read_bytes() == before


@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_crawl_killed_in_its_commit(
    kill: signal.Signals, standin: Served, database: Path, before: bytes
) -> None:
    """A reader holds the commit up, so that the kill falls into it."""
    server = standin(CHANGED)
    with closing(sqlite3.connect(database)) as reader:
        cursor = reader.execute("SELECT code FROM problems")
        cursor.fetchone()
        with started_crawl(server.url, database) as process:
            until_it_commits(process, database)
            process.send_signal(kill)
            if kill is signal.SIGKILL:
                process.wait()
            cursor.close()
            process.communicate(timeout=60)
    if kill is signal.SIGKILL:
        assert process.returncode == -kill
        assert rows(database) == rows_of(before, database)
        assert Crawl(server.url, database).status == 0
    else:
        assert process.returncode == 0
    assert [row["users"] for row in rows(database)] == [entry.users for entry in CHANGED]


def until_it_commits(process: subprocess.Popen[str], database: Path) -> None:
    journal = Path(f"{database}-journal")
    while not journal.exists():
        assert process.poll() is None


@pytest.mark.parametrize("delay", [0.03, 0.06])
def test_a_late_interrupt_undoes_no_commit(
    delay: float, standin: Served, database: Path, before: bytes
) -> None:
    assert before
    with started_crawl(standin(CHANGED).url, database) as process:
        assert process.stderr
        for line in process.stderr:
            if "Closing spider" in line:
                break
        with suppress(subprocess.TimeoutExpired):
            process.wait(delay)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.startswith("120 problems (0 new, 120 changed")


def rows_of(content: bytes, database: Path) -> list[dict[str, object]]:
    copy = database.with_name("copy.db")
    copy.write_bytes(content)
    return rows(copy)


def test_a_second_crawl_is_refused(standin: Served, database: Path, before: bytes) -> None:
    """By whatever name it calls the database."""
    server = standin(CHANGED)
    alias = database.with_name("alias.db")
    alias.symlink_to(database)
    second = list[Crawl]()
    at_page(server, 2, lambda: second.append(Crawl(server.url, alias)))
    with started_crawl(server.url, database, "DOWNLOAD_TIMEOUT=30") as process:
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.startswith("120 problems")
    [refused] = second
    assert refused.status == 1
    assert refused.error == (
        f"error: {alias}: another process is writing to it, `make check` tells which; "
        f"{alias} is unchanged"
    )
    assert refused.output == ""
    assert not Path(f"{alias}.crawl.json").exists()
    assert before != database.read_bytes()


def test_a_crawl_while_the_site_answers(standin: Served, database: Path, before: bytes) -> None:
    assert before
    site = f"http://127.0.0.1:{free_port()}"
    asked = f"{site}/spojscore.json?_shape=array&sql=select+sum(users)+as+users+from+problems"
    server = standin(CHANGED)
    answers: list[int] = []
    over = Event()

    def visit() -> None:
        while not over.wait(0.02):  # an unread log of requests would stop the server
            answers.append(json.loads(get(asked))[0]["users"])

    serve = (sys.executable, "-m", "web.serve", database, "--port", site.rpartition(":")[2])
    with started(*serve, until="Uvicorn running"):
        visitor = Thread(target=visit, daemon=True)
        visitor.start()
        crawl = Crawl(server.url, database)
        over.set()
        visitor.join()
        answers.append(json.loads(get(asked))[0]["users"])
    assert crawl.status == 0, crawl.log
    then = sum(entry.users for entry in problems(120))
    assert set(answers) == {then, then + 120}
    assert answers == sorted(answers)


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_full_disk(standin: Served, database: Path, before: bytes) -> None:
    crawl = Crawl(standin(CHANGED).url, database, preexec_fn=small_files)
    assert crawl.failed(f"{database}: disk I/O error (is the disk full?)", before)


def test_a_full_disk_at_the_first_crawl(standin: Served, database: Path) -> None:
    crawl = Crawl(standin(120).url, database, preexec_fn=small_files)
    assert crawl.failed(f"{database}: disk I/O error (is the disk full?)", None)


@pytest.mark.skipif(not shutil.which("setpriv"), reason="no setpriv (util-linux) here")
def test_a_folder_that_cannot_be_written_to(
    standin: Served, tmp_path: Path, small_list: bytes
) -> None:
    server = standin(120)
    folder = tmp_path / "read-only"
    folder.mkdir()
    database = folder / "spojscore.db"
    database.write_bytes(small_list)
    folder.chmod(0o555)
    # Root may write everywhere, unless it gives that up.
    prefix = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
    crawl = Crawl(server.url, database, prefix=prefix if os.geteuid() == 0 else [])
    assert crawl.status == 1
    assert crawl.error == (
        f"error: {database}: the folder {folder} is not writable; {database} is unchanged"
    )
    assert server.requests == []
    assert [file.name for file in folder.iterdir()] == ["spojscore.db"]
    assert database.read_bytes() == small_list


def test_a_summary_that_cannot_be_shown_undoes_no_commit(standin: Served, database: Path) -> None:
    with Path("/dev/full").open("w") as full:
        crawl = Crawl(standin(60).url, database, stdout=full)
    assert crawl.status == 0
    assert len(rows(database)) == 60


def test_a_summary_that_nobody_reads_undoes_no_commit(standin: Served, database: Path) -> None:
    crawl = Crawl(standin(60).url, database, preexec_fn=lambda: os.close(1))
    assert crawl.status == 0
    assert len(rows(database)) == 60


def test_a_report_that_cannot_be_written_undoes_no_commit(standin: Served, database: Path) -> None:
    Path(f"{database}.crawl.json").mkdir()
    crawl = Crawl(standin(60).url, database)
    assert crawl.status == 0
    assert "The report could not be written: " in crawl.log
    assert len(rows(database)) == 60
    assert not Path(f"{database}.crawl.json.new").exists()
