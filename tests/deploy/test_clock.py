"""The clock's runs, with faked times."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from apscheduler.schedulers.background import BackgroundScheduler

from deploy import clock as module
from deploy.clock import clock, is_public
from tests.support.commits import MONDAY, A, crawl
from tests.support.published import Site

JUST_BEFORE = timedelta(seconds=0.2)


class StopError(Exception):
    """Ends the clock's loop."""


def at(day: int, hour: int = 0) -> datetime:
    """A time, `day` days after Monday."""
    midnight = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC)
    return midnight + timedelta(days=day, hours=hour)


def runs(monkeypatch: pytest.MonkeyPatch, start: datetime, *moves: datetime) -> list[datetime]:
    """The hours at which a clock publishes that is started at `start`.

    During each run, time moves to the next of `moves`. The run after the last ends the clock.
    """
    schedulers: list[BackgroundScheduler] = []

    def make(**options: object) -> BackgroundScheduler:
        schedulers.append(BackgroundScheduler(**options))
        return schedulers[0]

    hours: list[datetime] = []
    left = iter(moves)
    with time_machine.travel(start, tick=True) as traveller:

        def publish(_: Path) -> None:
            hours.append(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
            move = next(left, None)
            if move is None:
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
    assert runs(monkeypatch, start, at(0) - JUST_BEFORE / 2, *moves) == [at(-1, 23), at(0), *hours]


def test_missed_runs_are_caught_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, after the machine slept, and after a run of some hours."""
    moves = [at(3, 9), at(4) - JUST_BEFORE, at(4, 4), at(5) - JUST_BEFORE]
    assert runs(monkeypatch, at(0, 12), *moves) == [at(0, 12), at(3, 9), at(4), at(4, 4), at(5)]


@pytest.mark.parametrize(
    ("crawled", "public"),
    [
        pytest.param(0, True, id="today"),
        pytest.param(-1, False, id="yesterday"),
        pytest.param(0.9, False, id="future"),
        pytest.param(None, False, id="never"),
    ],
)
def test_todays_crawl_is_public(
    crawled: float | None, public: bool, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)
    if crawled is not None:
        crawl(database, crawled, A)
    assert is_public(database, at(0, 12)) is public


def test_site_decides_what_is_public(
    site: Site, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl(database, 0, A)
    assert not is_public(database, at(0, 12))  # the site does not answer
    old = tmp_path / "old.db"
    crawl(old, -1, A)
    site.publish(old)
    assert not is_public(database, at(0, 12))
    site.publish(database)
    monkeypatch.setenv("SITE_URL", f"{site.url}/")
    assert is_public(Path("missing.db"), at(0, 12))


def test_publish_runs_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Makefile").write_text("publish:\n\techo '$(DB)' >published\n")
    module.publish(Path("my.db"))
    assert (tmp_path / "published").read_text() == "my.db\n"
