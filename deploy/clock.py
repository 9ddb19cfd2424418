"""Publishes daily at 00:00 UTC, where there is no systemd; what failed again at 01:00 and 02:00."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from deploy.probe import Freshness
from deploy.publish import FAILURES, publish
from spojscore_crawler.store.state import state
from spojscore_crawler.store.times import CLOCK_SKEW

LAST_HOUR = 2
WAKE = 60.0  # seconds; a longer sleep would not notice that the machine slept


def run(database: Path) -> None:
    """Publish now, where today's crawl is not public yet, and whenever it is time."""
    tried = datetime.min.replace(tzinfo=UTC)
    while True:
        now = datetime.now(UTC)
        hour = now.replace(minute=0, second=0, microsecond=0)
        if tried < hour.replace(hour=min(hour.hour, LAST_HOUR)):
            tried = now
            try:
                if not is_public(database, hour.replace(hour=0), now):
                    publish(database)
            except FAILURES as error:
                print(f"{now:%Y-%m-%d %H:%M} UTC: {error}", flush=True)
        time.sleep(WAKE)


def is_public(database: Path, midnight: datetime, now: datetime) -> bool:
    """Whether a crawl since midnight is on the site, or here where there is no site."""
    try:
        site = os.environ.get("SITE_URL", "").rstrip("/")
        last = (Freshness.of(site) if site else state(database)).finished
    except FAILURES:
        return False  # it is not known
    return midnight <= last <= now + CLOCK_SKEW  # one from the future had a wrong clock
