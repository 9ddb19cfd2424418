"""The clock's runs, with faked times."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

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


def record_runs(
    monkeypatch: pytest.MonkeyPatch, start: datetime, *moves: datetime
) -> list[datetime]:
    """The hours at which a clock publishes that is started at `start`.

    During each run, time moves to the next of `moves`. The run after the last ends the clock.
    """
    schedulers: list[BackgroundScheduler] = []

    def make(**options: object) -> BackgroundScheduler:
        schedulers.append(BackgroundScheduler(**options))
        return schedulers[0]

    hours: list[datetime] = []
    times = iter(moves)
    with time_machine.travel(start, tick=True) as traveller:

        def publish(_: Path) -> None:
            hours.append(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
            if (move := next(times, None)) is None:
                raise StopError
            traveller.move_to(move)
            schedulers[0].wakeup()  # its timer waits in real time

        monkeypatch.delenv("SITE_URL", raising=False)
        monkeypatch.setattr(module, "BackgroundScheduler", make)
        monkeypatch.setattr(module, "publish", publish)
        signal.signal(signal.SIGALRM, lambda *_: pytest.fail(f"no run after those at {hours}"))
        signal.alarm(60)
        with pytest.raises(StopError):
            clock(Path("missing.db"))  # never public
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


def test_publish_runs_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Makefile").write_text("publish:\n\techo '$(DB)' >argument\n")
    module.publish(Path("my.db"))
    assert (tmp_path / "argument").read_text() == "my.db\n"
