"""What a crawl shows on a pseudo-terminal."""

import os
import pty
import termios
from pathlib import Path

from tests.support.crawling import Factory, start_crawl


def crawl_on_terminal(url: str, database: Path) -> tuple[int, list[str]]:
    """Crawl on a terminal of 30 by 100; returns the exit status and the lines shown."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (30, 100))
    process = start_crawl(url, database, "RETRY_TIMES=0", stdout=slave, stderr=slave)
    os.close(slave)
    output = b""
    while True:
        try:
            output += os.read(master, 65536)
        except OSError:  # the terminal's other end is closed
            break
    os.close(master)
    lines = output.decode().replace("\r", "\n").split("\n")
    return process.wait(), [line for line in lines if line.strip()]


def test_progress_bar_and_summary(standin: Factory, database: Path) -> None:
    status, lines = crawl_on_terminal(standin(120).url, database)
    assert status == 0
    assert all(line.startswith("SPOJ:") for line in lines[:-1])
    assert "| 3/3 [" in lines[-2]
    assert lines[-1].startswith("120 problems (120 new, 0 changed, ")


def test_error_without_traceback(database: Path) -> None:
    url = "http://127.0.0.1:9"
    status, lines = crawl_on_terminal(url, database)
    assert status == 1
    assert "Traceback" not in "".join(lines)
    assert lines[-1] == (
        f"error: {url}/problems/classical/sort=0,start=0: the connection was refused; "
        f"{database} is unchanged"
    )
