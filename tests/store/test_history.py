"""History in the database, in addition to what tests/store/test_model.py asserts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spojscore_crawler.store import commit
from spojscore_crawler.store.difference import difference
from spojscore_crawler.store.movers import first_day
from tests.support.commits import A, B, C, crawl
from tests.support.databases import rows
from tests.support.queries import ask


def events(path: Path) -> list[tuple[int, str, str, str | None]]:
    table = rows(path, "SELECT * FROM events ORDER BY id")
    return [(row["crawl_id"], row["code"], row["kind"], row["detail"]) for row in table]


def test_events(database: Path) -> None:
    crawl(database, 0, A, B)
    assert events(database) == []
    crawl(database, 1, replace(A, name="New"), replace(B, code="NEW"), C)
    crawl(database, 2, replace(A, id=9, name="New"), replace(B, code="NEW", users=21), C)
    crawl(database, 3, replace(A, id=9, name="New"), C)
    crawl(database, 4, replace(A, id=9, name="New"), replace(B, code="NEW", users=21), C)
    assert events(database) == [
        (2, "P1", "renamed", "Name 1"), (2, "NEW", "recoded", "P2"), (2, "P3", "added", None),
        (3, "P1~1", "delisted", None), (3, "P1", "added", None),
        (4, "NEW", "delisted", None), (5, "NEW", "relisted", None),
    ]  # fmt: skip
    assert rows(database, "SELECT * FROM latest_events")[4] == {
        "day": "2026-03-03", "kind": "added", "code": "P3", "name": "Name 3", "detail": None,
        "url": "https://www.spoj.com/problems/P3/",
    }  # fmt: skip


def test_votes_are_stored_but_not_counted_as_change(database: Path) -> None:
    crawl(database, 0, A)
    crawl(database, 1, replace(A, votes_up=5))
    [row] = rows(database)
    assert (row["votes_up"], row["last_changed"]) == (5, "2026-03-02")
    assert rows(database, "SELECT changed FROM crawls WHERE id = 2") == [{"changed": 0}]


def test_past_of_problem_whose_code_is_reused(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, B)
    crawl(database, 2, replace(B, code="P1"))
    assert [(row["code"], row["users"]) for row in ask(database, "on_day", day="2026-03-02")] == [
        ("P1", 20), ("P1~1", 10),
    ]  # fmt: skip
    assert rows(database, "SELECT url FROM problems WHERE code = 'P1~1'") == [{"url": None}]


def test_commit_locks_before_it_reads(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that reads first fails if another process writes in between."""
    crawl(database, 0, A)

    def while_another_writes(*args: Any) -> object:
        locked = pytest.raises(sqlite3.OperationalError, match="locked")
        with closing(sqlite3.connect(database, timeout=0)) as other, locked:
            other.execute("BEGIN IMMEDIATE")
        return difference(*args)

    monkeypatch.setattr(commit, "difference", while_another_writes)
    crawl(database, 1, A, B)
    assert len(rows(database)) == 2


@pytest.mark.parametrize(
    ("span", "latest", "earliest"), [(1, 1, 2), (7, 7, 8), (30, 30, 34), (365, 365, 417)]
)
def test_span_begins_at_most_a_seventh_early(span: int, latest: int, earliest: int) -> None:
    now = 20_000
    assert first_day([now - latest + 1, now], span) is None
    assert first_day([now - earliest, now - latest, now], span) == now - latest
    assert first_day([now - earliest, now], span) == now - earliest
    assert first_day([now - earliest - 1, now], span) is None
    assert first_day([], span) is None


def test_movers(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 20, replace(A, users=60), B)
    crawl(database, 29, replace(A, users=90), B, C)
    crawl(database, 30, replace(A, users=120), B, replace(C, users=31))
    a, b, c = rows(database, "SELECT * FROM movers ORDER BY code")
    spans = ("last", 1, 7, 30, 365)
    # No crawl lies a week before the last, or a day before that.
    assert [a[f"solves_{span}"] for span in spans] == [30, 30, None, 110, None]
    assert a["score_30"] == pytest.approx(80 / 160 - 80 / 50)
    assert [b[f"solves_{span}"] for span in spans] == [0, 0, None, 0, None]
    assert [c[f"solves_{span}"] for span in spans] == [1, 1, None, None, None]
    moved = [(row["code"], row["solves"], row["since"]) for row in ask(database, "moved")]
    assert moved == [("P1", 60, "2026-03-22")]
    assert [(row["code"], row["since"]) for row in ask(database, "moved", n="1")] == [
        ("P1", "2026-03-31"), ("P3", "2026-03-31"),
    ]  # fmt: skip
    crawl(database, 31, A)
    assert [row["code"] for row in rows(database, "SELECT code FROM movers")] == ["P1"]


def test_no_growth_for_problem_unlisted_at_span_start(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 3, B)
    crawl(database, 4, replace(A, users=30), B)
    crawl(database, 10, replace(A, users=31), B)
    solves = [row["solves_7"] for row in rows(database, "SELECT * FROM movers ORDER BY code")]
    assert solves == [None, 0]
    assert ask(database, "moved") == []


def test_queries_about_the_past(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, replace(A, users=12), C)
    assert [(row["day"], row["users"]) for row in ask(database, "series", code="p1 ")] == [
        ("2026-03-03", 12), ("2026-03-02", 10),
    ]  # fmt: skip
    assert [row["code"] for row in ask(database, "series")] == ["P3"]
    assert [(row["code"], row["users"]) for row in ask(database, "on_day")] == [
        ("P3", 30), ("P1", 12),
    ]  # fmt: skip
    assert [(row["code"], row["crawled"]) for row in ask(database, "on_day", day="2026-03-02")] == [
        ("P2", "2026-03-02"), ("P1", "2026-03-02"),
    ]  # fmt: skip
    assert {row["crawled"] for row in ask(database, "on_day", day="2030-01-01")} == {"2026-03-03"}
    assert ask(database, "on_day", day="2026-03-01") == []
    assert ask(database, "on_day", day="rubbish") == []
    assert [(row["kind"], row["code"]) for row in ask(database, "news")] == [
        ("added", "P3"), ("delisted", "P2"),
    ]  # fmt: skip
    assert {row["since"] for row in ask(database, "news")} == {"2026-03-02"}
    assert ask(database, "news", n="0") == []
    assert [(row["solves"], row["since"]) for row in ask(database, "solves", n="1")] == [
        (12, "2026-03-02"),
    ]  # fmt: skip


def test_day_without_crawl_has_no_solves(database: Path) -> None:
    for day in (0, 1, 3):
        crawl(database, day, A)
    assert [row["day"] for row in ask(database, "solves")] == [
        "2026-03-05", "2026-03-03", "2026-03-02",
    ]  # fmt: skip
    assert [row["what"] for row in ask(database, "attempts")] == [
        "1 problem", "1 problem", "1 problem: 1 new",
    ]  # fmt: skip
