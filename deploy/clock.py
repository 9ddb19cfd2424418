"""Publishes daily at 00:00 UTC without systemd or cron; retries failures at 01:00 and 02:00."""

from datetime import UTC, datetime
from pathlib import Path
from queue import Queue

from apscheduler.schedulers.background import BackgroundScheduler

from deploy.process import PublishError, running
from deploy.site import Freshness, site_url


def clock(database: Path) -> None:
    """Publish now if today's crawl is not public, then daily, until the process is stopped."""
    # The scheduler's thread only fills the queue: one publication runs at a time, in this thread.
    triggers: Queue[None] = Queue()
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(
        triggers.put, "cron", [None], hour="0-2",
        next_run_time=datetime.now(UTC), coalesce=True, misfire_grace_time=None,
    )  # fmt: skip
    # The scheduler's timer stops while the machine sleeps.
    scheduler.add_job(scheduler.wakeup, "interval", minutes=1)
    scheduler.start()
    while True:
        triggers.get()
        if not is_public(datetime.now(UTC)):
            with running(["make", "publish", f"DB={database}"]) as process:
                process.wait()


def is_public(now: datetime) -> bool:
    """Whether the site shows a crawl of today (UTC)."""
    try:
        return Freshness.fetch(site_url()).finished.date() == now.date()
    except PublishError:
        return False
