"""History in the database, in addition to what tests/store/test_model.py asserts."""

from dataclasses import replace
from pathlib import Path

import pytest

from spojscore_crawler.store.movers import first_day
from tests.support.commits import A, B, C, crawl
from tests.support.databases import rows
from tests.support.queries import run_query


def test_events(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, replace(A, name="New"), replace(B, code="NEW"), C)
    crawl(database, 2, replace(A, id=9, name="New"), replace(B, code="NEW", users=21), C)
    crawl(database, 3, replace(A, id=9, name="New"), C)
    crawl(database, 4, replace(A, id=9, name="New"), replace(B, code="NEW", users=21), C)
    events = rows(database, "SELECT crawl_id, code, kind, detail FROM events ORDER BY id")
    assert [tuple(event.values()) for event in events] == [
        (2, "P1", "renamed", "Name 1"), (2, "NEW", "recoded", "P2"), (2, "P3", "added", None),
        (3, "P1~1", "delisted", None), (3, "P1", "added", None),
        (4, "NEW", "delisted", None), (5, "NEW", "relisted", None),
    ]  # fmt: skip
    assert rows(database, "SELECT url, delisted FROM problems WHERE code = 'P1~1'") == [
        {"url": None, "delisted": "2026-03-04"}
    ]
    # The problem that has the code P1 now is not the one that was renamed.
    changes = [run_query(database, "changes", code=code) for code in ("P1", "P1~1")]
    kinds = [[row["kind"] for row in table] for table in changes]
    assert kinds == [["added"], ["delisted", "renamed"]]
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


@pytest.mark.parametrize(
    ("span", "latest", "earliest"), [(1, 1, 2), (7, 7, 8), (30, 30, 34), (365, 365, 417)]
)
def test_span_begins_at_most_a_seventh_early(span: int, latest: int, earliest: int) -> None:
    now = 20_000
    assert first_day([now - latest + 1, now], span) is None
    assert first_day([now - earliest, now - latest, now], span) == now - latest
    assert first_day([now - earliest, now], span) == now - earliest
    assert first_day([now - earliest - 1, now], span) is None


def test_movers(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 20, replace(A, users=60), B)
    crawl(database, 29, replace(A, users=90), C)
    for day in (30, 30.5):  # "last" means the last crawl of an earlier day
        crawl(database, day, replace(A, users=120), B, replace(C, users=31))
    a, b, c = rows(database, "SELECT * FROM movers ORDER BY code")
    spans = ("last", 1, 7, 30, 365)
    # There is no crawl a week before the last, nor a day before that.
    assert [a[f"solves_{span}"] for span in spans] == [30, 30, None, 110, None]
    assert a["score_30"] == pytest.approx(80 / 160 - 80 / 50)
    # A problem that was not listed when a span began has no growth over it.
    assert [b[f"solves_{span}"] for span in spans] == [None, None, None, 0, None]
    assert [c[f"solves_{span}"] for span in spans] == [1, 1, None, None, None]
    moves = [(row["code"], row["solves"], row["since"]) for row in run_query(database, "moved")]
    assert moves == [("P1", 60, "2026-03-22")]
    assert [row["code"] for row in run_query(database, "moved", n="1")] == ["P1", "P3"]
    crawl(database, 31, A)
    assert [row["code"] for row in rows(database, "SELECT code FROM movers")] == ["P1"]


@pytest.mark.parametrize(
    ("query", "parameters", "expected"),
    [
        ("series", {"code": "p1 "}, "P1 12, P1 10"),
        ("series", {}, "P3 30"),
        ("on_day", {}, "P3 30 2026-03-03, P1 12 2026-03-03"),
        ("on_day", {"day": "2026-03-02"}, "P2 20 2026-03-02, P1 10 2026-03-02"),
        ("on_day", {"day": "2026-03-01"}, ""),
        ("on_day", {"day": "rubbish"}, ""),
        ("news", {}, "added P3 2026-03-02, delisted P2 2026-03-02"),
        ("news", {"n": "0"}, ""),
        ("solves", {"n": "1"}, "12 2026-03-02"),
    ],
)
def test_queries(query: str, parameters: dict[str, str], expected: str, database: Path) -> None:
    columns = ("solves", "kind", "code", "users", "crawled", "since")
    crawl(database, 0, A, B)
    crawl(database, 1, replace(A, users=12), C)
    results = [
        " ".join(str(row[name]) for name in columns if name in row)
        for row in run_query(database, query, **parameters)
    ]
    assert ", ".join(results) == expected


def test_day_without_crawl_has_no_solves(database: Path) -> None:
    for day in (0, 1, 3):
        crawl(database, day, A)
    assert [row["day"] for row in run_query(database, "solves")] == [
        "2026-03-05", "2026-03-03", "2026-03-02",
    ]  # fmt: skip
    assert run_query(database, "attempts")[-1]["what"] == "1 problem: 1 new"
