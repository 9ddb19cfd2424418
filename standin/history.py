"""`python -m standin.history DB`: a new database that begins with SPOJ's lists of days past."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from standin.problems import DAYS, about, source
from standin.server import StandIn, serving

SCRAPY = Path(sys.executable).with_name("scrapy")
FULL_SPEED = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "LOG_LEVEL=WARNING")


def crawl(database: Path, named: str | None = None) -> None:
    """Crawl the list of each of DAYS into `database`, each by the command that crawls SPOJ.

    `named` is what the crawls have as their source; None for where in data/ each list is.
    Raises CalledProcessError.
    """
    for day in DAYS:
        print(f"Crawling {about(day)}:", flush=True)
        settings = (*FULL_SPEED, "-s", f"SOURCE={named or source(day)}")
        with serving(StandIn.of_day(day)) as server:
            environment = os.environ | {"SPOJ_URL": server.url, "SPOJSCORE_DB": str(database)}
            words = [str(SCRAPY), "crawl", "classical", "-a", f"day={day}", *settings]
            subprocess.run(words, env=environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m standin.history", description=__doc__)
    parser.add_argument("database", type=Path)
    database = parser.parse_args().database
    if database.exists():
        sys.exit(f"error: {database} is there already, and its history stays; name a new file")
    try:
        crawl(database)
    except subprocess.CalledProcessError as error:
        database.unlink(missing_ok=True)  # a part of a history is none
        sys.exit(error.returncode)


if __name__ == "__main__":
    main()
