"""`python -m deploy.clock DB`: publish daily at 00:00 UTC, for hosts without systemd and cron.

A run that failed is tried again at 01:00 and 02:00; one that was missed, at once.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
from datetime import UTC, datetime, time
from pathlib import Path

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from deploy.probe import finished, freshness
from deploy.site import Site
from deploy.toolchain import PublishError, run_step, site_url
from spojscore_crawler.check import CLOCK_SKEW

TRIGGER = CronTrigger(hour="0-2", minute=0, timezone=UTC)
# The scheduler sleeps until the next run, by a clock that stands still while the machine does.
WAKE = 60  # seconds

logger = logging.getLogger("deploy.clock")


def due(database: Path, now: datetime) -> bool:
    """Whether nothing was published since the last 00:00 UTC."""
    last = last_crawl(database)
    # A crawl from the future had a wrong clock, and tells nothing.
    return last is None or not datetime.combine(now.date(), time(), UTC) <= last <= now + CLOCK_SKEW


def last_crawl(database: Path) -> datetime | None:
    """When the last crawl was finished: the site's, or the local one where there is no site yet.

    None where there is none, or where the site does not tell: what is here may not be there. The
    scheduler's own memory would not outlive this process.
    """
    try:
        if os.environ.get("SITE_URL"):
            return freshness(Site(site_url())).finished
        return finished(database)
    except PublishError as error:
        logger.warning("%s", error)
        return None


def publish_if_due(database: Path) -> None:
    if not due(database, datetime.now(UTC)):
        logger.info("nothing to do: today's crawl is published")
        return
    logger.info("publishing")
    status = subprocess.run(["make", "publish", f"DB={database}"], check=False).returncode
    logger.info("the publication ended well" if status == 0 else "the publication failed")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.clock", description=__doc__)
    parser.add_argument("database", type=Path)
    database = parser.parse_args().database
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BlockingScheduler(timezone=UTC)
    scheduler.add_job(
        publish_if_due, TRIGGER, [database],
        next_run_time=datetime.now(UTC), coalesce=True, misfire_grace_time=None,
    )  # fmt: skip
    scheduler.add_job(logger.debug, "interval", ["awake"], seconds=WAKE)
    run_step(scheduler.start)


if __name__ == "__main__":
    main()
