"""`python -m bench.crawl`: what our crawl costs beside a bare Scrapy spider of the same pages."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from standin.demo import FULL_SPEED
from standin.problems import problems
from standin.server import StandIn, serving

RUNS = 5
PAGES = 80
SCRAPY = str(Path(sys.executable).with_name("scrapy"))
BARE = (SCRAPY, "runspider", str(Path(__file__).with_name("bare_spider.py")))
OURS = (SCRAPY, "crawl", "classical")


def measure(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run the command once; returns its CPU time in seconds and its peak memory in MB."""
    process = subprocess.Popen(
        [*command, *FULL_SPEED], env=os.environ | environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: {' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving(StandIn(problems())) as server:
        print(f"{PAGES} pages, {len(server.problems)} problems, median of {RUNS} runs")
        (bare_cpu, bare_memory), (cpu, memory) = (
            compare(name, command, server, folder)
            for name, command in (("bare spider", BARE), ("spojscore", OURS))
        )
    print(f"{'ratio':12} {cpu / bare_cpu:5.2f}       {memory / bare_memory:6.2f}")


def compare(name: str, command: Sequence[str], server: StandIn, folder: str) -> tuple[float, float]:
    """Measure the command RUNS times; prints and returns the medians, CPU seconds and MB."""
    server.requests.clear()
    environment = {"SPOJ_URL": server.url, "SPOJSCORE_DB": str(Path(folder, "bench.db"))}
    runs = [measure(command, environment) for _ in range(RUNS)]
    if sum("start=" in path for path in server.requests) < RUNS * PAGES:
        sys.exit(f"error: {name} asked for fewer than {PAGES} pages")
    cpu, memory = (median(column) for column in zip(*runs, strict=True))
    print(f"{name:12} {cpu:5.2f} s CPU {memory:6.1f} MB peak")
    return cpu, memory


if __name__ == "__main__":
    main()
