"""`python -m bench.crawl`: CPU and memory of a crawl, compared with a bare Scrapy spider."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from standin.demo import FULL_SPEED, SCRAPY
from standin.problems import problems
from standin.server import StandIn, serving

RUNS = 5
MAX_CPU_RATIO, MAX_MEMORY_MB = 1.2, 100
COMMANDS = {
    "bare spider": ("runspider", str(Path(__file__).with_name("bare_spider.py"))),
    "spojscore": ("crawl", "classical"),
}


def measure(arguments: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run `scrapy` once; returns its CPU time in seconds and its peak memory in MB."""
    command = [str(SCRAPY), *arguments, *FULL_SPEED]
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"error: {' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving(StandIn(problems())) as server:
        environment = {"SPOJ_URL": server.url, "SPOJSCORE_DB": f"{folder}/bench.db"}
        # Alternate, so that other processes slow both down equally.
        runs = [
            [measure(arguments, environment) for arguments in COMMANDS.values()]
            for _ in range(RUNS)
        ]
        pages = sum("start=" in path for path in server.requests) / RUNS
    print(f"{len(problems())} problems, {pages:g} pages each, median of {RUNS} runs")
    cpu_times = []
    for name, measurements in zip(COMMANDS, zip(*runs, strict=True), strict=True):
        cpu, memory = (median(column) for column in zip(*measurements, strict=True))
        cpu_times.append(cpu)
        print(f"{name:12} {cpu:5.2f} s CPU {memory:6.1f} MB peak (limit {MAX_MEMORY_MB})")
    print(f"{cpu_times[1] / cpu_times[0]:.2f} times the CPU time (limit {MAX_CPU_RATIO})")


if __name__ == "__main__":
    main()
