"""Runs of `deploy clock`, with a fake clock."""

import signal
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
import time_machine
from apscheduler.schedulers.background import BackgroundScheduler
from pytest_httpserver import HTTPServer

from deploy import clock as module
from deploy.clock import clock, is_public
from tests.support.commits import MONDAY, A, crawl
from tests.support.public_site import publish

MARGIN = timedelta(seconds=0.2)


class StopError(Exception):
    """Ends the clock's loop."""


def time_at(day: int, hour: int = 0) -> datetime:
    """A time, `day` days after Monday."""
    midnight = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC)
    return midnight + timedelta(days=day, hours=hour)


def test_clock_publishes_at_midnight_and_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """It also publishes at the start, and once after a run that took hours or days."""
    days_and_hours = ((0, 12), (1, 0), (1, 1), (1, 2), (3, 9), (4, 0), (4, 4), (5, 0))
    hours = [time_at(day, hour) for day, hour in days_and_hours]
    # During each run, time moves to the next run or just before it.
    times = [hour if hour.hour > 2 else hour - MARGIN for hour in hours[1:]]
    schedulers: list[BackgroundScheduler] = []
    runs: list[datetime] = []

    def make_scheduler(**options: object) -> BackgroundScheduler:
        schedulers.append(BackgroundScheduler(**options))
        return schedulers[0]

    def publish(command: list[str]) -> AbstractContextManager[Mock]:
        assert command == ["make", "publish", "DB=my.db"]
        runs.append(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
        if len(runs) == len(hours):
            raise StopError
        traveller.move_to(times[len(runs) - 1])
        schedulers[0].wakeup()  # its timer waits in real time
        return nullcontext(Mock())

    monkeypatch.delenv("SITE_URL", raising=False)  # never public
    monkeypatch.setattr(module, "BackgroundScheduler", make_scheduler)
    monkeypatch.setattr(module, "running", publish)
    signal.alarm(60)  # kills a test that would hang
    with time_machine.travel(hours[0], tick=True) as traveller, pytest.raises(StopError):
        clock(Path("my.db"))
    signal.alarm(0)
    schedulers[0].shutdown()
    assert runs == hours


@pytest.mark.parametrize(
    ("day", "public"),
    [
        pytest.param(0, True, id="today"),
        pytest.param(-1, False, id="yesterday"),
        pytest.param(-28, False, id="same-day-of-last-month"),
        pytest.param(None, False, id="site-down"),
    ],
)
def test_todays_crawl_is_public(
    day: int | None, public: bool, site: HTTPServer, database: Path
) -> None:
    if day is not None:
        crawl(database, day, A)
        publish(site, database)
    assert is_public(time_at(0, 12)) is public
