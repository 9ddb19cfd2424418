"""What the database keeps of the past, written by the code that commits a crawl."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bench.ten_years import simulate
from spojscore_crawler.items import Problem
from tests.support.commits import A, B, C, crawl, history
from tests.support.databases import rows
from tests.support.queries import ask


def events(path: Path) -> list[tuple[int, str, str, str | None]]:
    found = rows(path, "SELECT * FROM events ORDER BY id")
    return [(row["crawl_id"], row["code"], row["kind"], row["detail"]) for row in found]


def test_a_row_for_each_day_on_which_users_changed(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, A, B)
    crawl(database, 5, replace(A, users=12), replace(B, name="Other"))
    assert history(database) == [(1, 0, 10), (1, 5, 12), (2, 0, 20)]


def test_a_problem_that_leaves_and_returns(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, A)
    crawl(database, 2, A)
    crawl(database, 3, A, B)
    assert history(database) == [(1, 0, 10), (2, 0, 20), (2, 1, None), (2, 3, 20)]
    assert events(database) == [(2, "P2", "delisted", None), (4, "P2", "relisted", None)]


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ([[replace(A, users=11)], [replace(A, users=13)]], [(1, 0, 10), (1, 1, 13)]),
        ([[replace(A, users=11)], [A]], [(1, 0, 10)]),
        ([[B], [A]], [(1, 0, 10)]),
        ([[A, B], [A]], [(1, 0, 10)]),
        ([[A, B], [A], [A, B]], [(1, 0, 10), (2, 1, 20)]),
    ],
)
def test_the_last_crawl_of_a_day_wins(
    lists: list[list[Problem]], expected: list[tuple[int, int, int]], database: Path
) -> None:
    crawl(database, 0, A)
    for listed in lists:
        crawl(database, 1, *listed)
    assert [row for row in history(database) if row[2] is not None or row[0] == 1] == expected


def test_what_happens_to_a_list(database: Path) -> None:
    crawl(database, 0, A, B)
    assert events(database) == []
    crawl(database, 1, replace(A, name="New"), replace(B, code="NEW"), C)
    crawl(database, 2, replace(A, id=9, name="New"), replace(B, code="NEW", users=21), C)
    assert events(database) == [
        (2, "P1", "renamed", "Name 1"), (2, "NEW", "recoded", "P2"), (2, "P3", "added", None),
        (3, "P1", "added", None), (3, "P1~1", "delisted", None),
    ]  # fmt: skip
    assert history(database) == [
        (1, 0, 10), (1, 2, None), (2, 0, 20), (2, 2, 21), (3, 1, 30), (9, 2, 10),
    ]  # fmt: skip
    assert rows(database, "SELECT * FROM latest_events")[2] == {
        "day": "2026-03-03", "kind": "added", "code": "P3", "name": "Name 3", "detail": None,
        "url": "https://www.spoj.com/problems/P3/",
    }  # fmt: skip


def test_a_problem_whose_code_another_takes_keeps_its_past(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, B)
    crawl(database, 2, replace(B, code="P1"))
    assert [(row["code"], row["users"]) for row in ask(database, "on_day", day="2026-03-02")] == [
        ("P1", 20), ("P1~1", 10),
    ]  # fmt: skip
    crawl(database, 3, A, B)
    assert rows(database, "SELECT code, id, delisted FROM problems ORDER BY id") == [
        {"code": "P1", "id": 1, "delisted": None}, {"code": "P2", "id": 2, "delisted": None},
    ]  # fmt: skip


def test_a_problem_that_was_not_listed_when_a_span_began_has_no_growth_over_it(
    database: Path,
) -> None:
    crawl(database, 0, A, B)
    crawl(database, 3, B)
    crawl(database, 4, replace(A, users=30), B)
    crawl(database, 10, replace(A, users=31), B)
    assert [row["solves_7"] for row in rows(database, "SELECT * FROM movers ORDER BY code")] == [
        None, 0,
    ]  # fmt: skip
    assert ask(database, "moved") == []


def test_a_missed_day_can_be_told_from_one_without_change(database: Path) -> None:
    for day in (0, 1, 3):
        crawl(database, day, A)
    assert [row["day"] for row in ask(database, "solves")] == [
        "2026-03-05", "2026-03-03", "2026-03-02",
    ]  # fmt: skip


def test_movers_by_the_crawl_at_the_beginning_of_each_span(database: Path) -> None:
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


@pytest.mark.parametrize(
    ("gap", "solves"), [(6, None), (7, 5), (8, 5), (9, None), (86, None), (87, None)]
)
def test_growth_over_another_span_is_not_called_a_weeks(
    gap: int, solves: int | None, database: Path
) -> None:
    crawl(database, 0, A)
    crawl(database, gap, replace(A, users=15))
    [row] = rows(database, "SELECT solves_7, solves_last FROM movers")
    assert row == {"solves_7": solves, "solves_last": 5}


def test_movers_are_those_of_the_last_crawl(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 1, replace(A, users=15))
    assert [row["code"] for row in rows(database, "SELECT code FROM movers")] == ["P1"]


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
        ("delisted", "P2"), ("added", "P3"),
    ]  # fmt: skip
    assert {row["since"] for row in ask(database, "news")} == {"2026-03-02"}
    assert ask(database, "news", n="0") == []
    assert [(row["solves"], row["since"]) for row in ask(database, "solves", n="1")] == [
        (12, "2026-03-02"),
    ]  # fmt: skip


def test_every_day_of_a_simulated_list_can_be_told_from_its_history(database: Path) -> None:
    lists = list(simulate(database, days=150, count=120))
    assert rows(database, "SELECT DISTINCT source FROM crawls") == [{"source": "simulated"}]
    assert "PRIME1" in lists[0]
    kinds = {row["kind"] for row in rows(database, "SELECT kind FROM events")}
    assert kinds == {"added", "renamed", "delisted", "relisted"}
    for number, listed in enumerate(lists):
        day = (date(2026, 1, 1) + timedelta(days=number)).isoformat()
        assert {row["code"]: row["users"] for row in ask(database, "on_day", day=day)} == listed
