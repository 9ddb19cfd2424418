"""A daily publication without systemd or cron: at 00:00 UTC, again at 01:00 and 02:00 if needed."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.schedulers.blocking import BlockingScheduler

from deploy.process import PublishError, end_all, running
from deploy.site import Freshness, site_url
from spojscore_crawler.store.files import StoreError
from spojscore_crawler.store.state import state
from spojscore_crawler.store.times import CLOCK_SKEW


def run(database: Path) -> None:
    """Publish now if today's crawl is not public, then every day, until the process is stopped."""
    scheduler = schedule(database)
    try:
        scheduler.start()
    finally:
        scheduler.shutdown(wait=False)
        end_all()


def schedule(database: Path) -> BlockingScheduler:
    """The jobs: one publication at a time; missed runs are made up for by one."""
    scheduler = BlockingScheduler(timezone=UTC)
    scheduler.add_job(
        publish, "cron", [database], hour="0-2", next_run_time=datetime.now(UTC),
        coalesce=True, max_instances=1, misfire_grace_time=None,
    )  # fmt: skip
    # Timers stand still while the machine sleeps.
    scheduler.add_job(scheduler.wakeup, "interval", minutes=1)
    return scheduler


def publish(database: Path) -> None:
    """Run `make publish` unless today's crawl is public."""
    if not is_public(database, datetime.now(UTC)):
        with running(["make", "publish", f"DB={database}"]) as process:
            process.wait()


def is_public(database: Path, now: datetime) -> bool:
    """Whether the site shows a crawl of today (UTC); without a site, the database."""
    try:
        source = Freshness.of(site_url()) if os.environ.get("SITE_URL") else state(database)
    except (PublishError, StoreError):
        return False
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight <= source.finished <= now + CLOCK_SKEW
