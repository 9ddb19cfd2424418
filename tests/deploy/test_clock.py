"""The clock's runs, with faked times."""

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

JUST_BEFORE = timedelta(seconds=0.2)


class StopError(Exception):
    """Ends the clock's loop."""


def at(day: int, hour: int = 0) -> datetime:
    """A time, `day` days after Monday."""
    midnight = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC)
    return midnight + timedelta(days=day, hours=hour)


def record_runs(patch: pytest.MonkeyPatch, start: datetime, *moves: datetime) -> list[datetime]:
    """The hours at which a clock publishes that is started at `start`.

    During each run, time moves to the next of `moves`. The run after the last ends the clock.
    """
    schedulers: list[BackgroundScheduler] = []
    hours: list[datetime] = []
    times = iter(moves)

    def make(**options: object) -> BackgroundScheduler:
        schedulers.append(BackgroundScheduler(**options))
        return schedulers[0]

    def publish(command: list[str]) -> AbstractContextManager[Mock]:
        assert command == ["make", "publish", "DB=my.db"]
        hours.append(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
        if (move := next(times, None)) is None:
            raise StopError
        traveller.move_to(move)
        schedulers[0].wakeup()  # its timer waits in real time
        return nullcontext(Mock())

    patch.delenv("SITE_URL", raising=False)  # never public
    patch.setattr(module, "BackgroundScheduler", make)
    patch.setattr(module, "running", publish)
    signal.alarm(60)  # kills a test that would hang
    with time_machine.travel(start, tick=True) as traveller, pytest.raises(StopError):
        clock(Path("my.db"))
    signal.alarm(0)
    schedulers[0].shutdown()
    return hours


def test_failed_publication_is_repeated_at_one_and_two(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = [at(0, 1), at(0, 2), at(1), at(1, 1)]
    moves = [hour - JUST_BEFORE for hour in hours]
    start = at(0) - JUST_BEFORE
    assert record_runs(monkeypatch, start, at(0) - JUST_BEFORE / 2, *moves) == [
        at(-1, 23),
        at(0),
        *hours,
    ]


def test_missed_runs_are_caught_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, and after runs that took hours or days."""
    moves = [at(3, 9), at(4) - JUST_BEFORE, at(4, 4), at(5) - JUST_BEFORE]
    assert record_runs(monkeypatch, at(0, 12), *moves) == [
        at(0, 12),
        at(3, 9),
        at(4),
        at(4, 4),
        at(5),
    ]


@pytest.mark.parametrize(
    ("day", "public"),
    [
        pytest.param(0, True, id="today"),
        pytest.param(-1, False, id="yesterday"),
        pytest.param(None, False, id="site-down"),
    ],
)
def test_todays_crawl_is_public(
    day: int | None, public: bool, site: HTTPServer, database: Path
) -> None:
    if day is not None:
        crawl(database, day, A)
        publish(site, database)
    assert is_public(at(0, 12)) is public
