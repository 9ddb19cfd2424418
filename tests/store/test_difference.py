"""What changes from one list to the next."""

from typing import Any

from spojscore_crawler.store.difference import Changes, difference

DAY = "2026-03-02"
BEFORE = {
    1: {"id": 1, "code": "A", "name": "One", "users": 1, "first_seen": "x", "last_changed": "x",
        "delisted": None},
    2: {"id": 2, "code": "B", "name": "Two", "users": 2, "first_seen": "x", "last_changed": "x",
        "delisted": "y"},
}  # fmt: skip


def row(id_: int, code: str, **changes: Any) -> dict[str, Any]:
    known = {n: v for n, v in BEFORE.get(id_, {}).items() if n in ("name", "users")}
    return {"name": "New", "users": 0} | known | {"id": id_, "code": code} | changes


def test_the_same_list_again_writes_nothing() -> None:
    step = difference(BEFORE, [row(1, "A")], DAY)
    assert (step.rows, step.vacated, step.users, step.events) == ([], [], {}, [])
    assert step.changes == Changes()


def test_votes_are_written_but_are_no_change() -> None:
    before = {1: BEFORE[1] | {"votes_up": 1}}
    step = difference(before, [row(1, "A", votes_up=2)], DAY)
    assert step.rows == [before[1] | {"votes_up": 2}]
    assert step.changes == Changes()


def test_codes_that_are_swapped_make_room_first() -> None:
    before = {1: BEFORE[1], 2: BEFORE[2] | {"delisted": None}}
    step = difference(before, [row(1, "B"), row(2, "A")], DAY)
    assert sorted(step.vacated) == ["A", "B"]
    assert [(r["id"], r["code"], r["last_changed"]) for r in step.rows] == [
        (1, "B", DAY), (2, "A", DAY),
    ]  # fmt: skip
    assert step.changes == Changes(changed=2)


def test_a_gone_problem_whose_code_another_takes() -> None:
    step = difference(BEFORE, [row(1, "A"), row(3, "B")], DAY)
    assert step.vacated == ["B"]
    assert [(r["id"], r["code"], r["delisted"]) for r in step.rows] == [
        (3, "B", None), (2, "B~2", "y"),
    ]  # fmt: skip
    assert step.users == {3: 0}
    assert [(e["code"], e["kind"]) for e in step.events] == [("B", "added")]


def test_a_problem_that_returns() -> None:
    step = difference(BEFORE, [row(2, "B", users=5)], DAY)
    assert step.changes == Changes(changed=1, gone=1, returned=1)
    assert step.users == {2: 5, 1: None}
    assert [(e["code"], e["kind"]) for e in step.events] == [("B", "relisted"), ("A", "delisted")]


def test_a_first_list_is_no_news() -> None:
    step = difference({}, [row(1, "A")], DAY)
    assert step.events == []
    assert step.changes == Changes(new=1)
