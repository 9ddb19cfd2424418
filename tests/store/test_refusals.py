"""Crawls that brought nothing are told with the next one that does."""

from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest

from spojscore_crawler.store.report import REMEMBERED, Refusal, Report, refusals, report_file
from standin.problems import problems
from tests.support.commits import A, crawl
from tests.support.crawling import Crawl, Served
from tests.support.databases import change, rows

EARLY, LATE = "2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00"


@pytest.mark.usefixtures("before")
def test_a_refused_crawl_is_kept_by_the_next_commit(standin: Served, database: Path) -> None:
    # Crawls here can share a second, and one that started with the last commit is taken for it.
    change(database, f"UPDATE crawls SET started = '{EARLY}'")
    refused = Crawl(standin(problems(60)).url, database).report
    assert refused["outcome"] == "refused"
    committed = Crawl(standin(120).url, database)
    assert committed.report["refusals"] == []
    assert rows(database, "SELECT * FROM refusals") == [
        {
            "id": 1,
            "started": refused["started"],
            "outcome": "refused",
            "reason": refused["reason"],
        }
    ]


report = partial(Report, process=1)


def test_what_a_report_leaves_to_the_next(database: Path) -> None:
    assert refusals(database) == []
    report(started=EARLY).write(database)  # and no more: it was killed
    killed = Refusal(EARLY, "killed", None)
    assert refusals(database) == [killed]
    report(started=LATE, outcome="failed", reason="no answer", refusals=[killed]).write(database)
    assert refusals(database) == [killed, Refusal(LATE, "failed", "no answer")]
    report(started=LATE, outcome="refused", refusals=[killed] * REMEMBERED).write(database)
    assert refusals(database) == [*[killed] * (REMEMBERED - 1), Refusal(LATE, "refused", None)]
    report(started=LATE, outcome="committed", refusals=[killed]).write(database)
    assert refusals(database) == []
    report_file(database).write_text('{"started": 1, "outcome": "failed", "reason": 1}')
    assert refusals(database) == []


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("/home/me/spojscore.db: disk I/O error", "spojscore.db: disk I/O error"),
        ("pages=/home/me/pages: there is no", "pages=pages: there is no"),
        ("pages=/home/me/my pages: there is", "pages=my pages: there is"),
        ("Is a directory: '/home/me/my pages/a.html'", "Is a directory: 'a.html'"),
        ("not read (/home/me/a.html)", "not read (a.html)"),
        ("https://www.spoj.com/problems/x: a bot", "https://www.spoj.com/problems/x: a bot"),
    ],
)
def test_folders_of_the_machine_are_not_told(reason: str, told: str, database: Path) -> None:
    report(started=EARLY, outcome="failed", reason=reason).write(database)
    assert refusals(database) == [Refusal(EARLY, "failed", told)]


def test_a_commit_killed_before_it_could_report_is_no_refusal(database: Path) -> None:
    first = crawl(database, 0, A)
    said_nothing = Refusal(first.started.isoformat(timespec="seconds"), "killed", None)
    later = Refusal("2026-03-02T20:00:00+00:00", "failed", "no answer")
    crawl(database, 1, A, refusals=[said_nothing, later])
    assert rows(database, "SELECT * FROM refusals") == [{"id": 1, **asdict(later)}]
