"""Publishes daily at 00:00 UTC without systemd or cron; retries failures at 01:00 and 02:00."""

import os
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue

from apscheduler.schedulers.background import BackgroundScheduler

from deploy.process import PublishError, running
from deploy.site import Freshness, site_url
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import read_state
from spojscore_crawler.store.times import CLOCK_SKEW


def clock(database: Path) -> None:
    """Publish now if today's crawl is not public, then daily, until the process is stopped."""
    # The scheduler's thread only fills the queue: one publication runs at a time, in this thread.
    due: Queue[None] = Queue()
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        due.put, "cron", [None], hour="0-2",
        next_run_time=datetime.now(UTC), coalesce=True, misfire_grace_time=None,
    )  # fmt: skip
    # Its timer pauses while the machine sleeps.
    scheduler.add_job(scheduler.wakeup, "interval", minutes=1)
    scheduler.start()
    while True:
        due.get()
        if not is_public(database, datetime.now(UTC)):
            publish(database)


def publish(database: Path) -> None:
    with running(["make", "publish", f"DB={database}"]) as process:
        process.wait()


def is_public(database: Path, now: datetime) -> bool:
    """Whether the site, or the database if there is none, shows a crawl of today (UTC)."""
    try:
        state = Freshness.of(site_url()) if os.environ.get("SITE_URL") else read_state(database)
    except (PublishError, StoreError):
        return False
    return state.finished.date() == now.date() and state.finished <= now + CLOCK_SKEW
