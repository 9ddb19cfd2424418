"""The ladder's rules, each on a list of its own. test_facts.py has the ladder of the real list."""

import pytest

from spojscore_crawler.store.ladder import Candidate, LadderRow, build_ladder, rung


def problem(code: str, liked: float | None, *families: str, users: int = 60_000) -> Candidate:
    return Candidate(code, users, liked, frozenset(families))


def codes(*candidates: Candidate) -> list[str]:
    return [step.code for step in build_ladder(candidates)]


@pytest.mark.parametrize(
    ("users", "expected"),
    [(900_000, 1), (21_788, 1), (21_787, 2), (1_225, 10), (1_224, 11), (50, 20), (49, None)],
)
def test_rung_of_users(users: int, expected: int | None) -> None:
    assert rung(users) == expected


def test_each_rung_has_the_five_best_liked_by_solvers() -> None:
    members = [problem(f"P{n}", 90 - n, users=60_000 + n) for n in range(7)]
    assert build_ladder(members) == [
        LadderRow(1, position, code)
        for position, code in enumerate(["P4", "P3", "P2", "P1", "P0"], 1)
    ]


def test_at_most_two_of_a_family() -> None:
    graphs = [problem(f"G{n}", 90 - n, "Graphs") for n in range(4)]
    two_families = problem("BOTH", 50, "Strings", "Graphs")
    strings = [problem(f"S{n}", 40 - n, "Strings") for n in range(2)]
    lower_rung = problem("LOWER", 10, "Graphs", users=100)
    assert codes(*graphs, two_families, *strings, lower_rung) == ["G0", "G1", "S0", "S1", "LOWER"]
    assert len(codes(*(problem(f"U{n}", 80) for n in range(5)))) == 5


def test_test_and_problems_without_votes_are_excluded() -> None:
    assert codes(problem("TEST", 99), problem("NOVOTES", None), problem("OK", 0.0)) == ["OK"]


def test_ties_do_not_depend_on_the_order() -> None:
    candidates = [problem(f"T{n}", 80, users=60_000 + n % 2) for n in range(8)]
    assert codes(*candidates) == codes(*reversed(candidates)) == ["T1", "T3", "T5", "T7", "T0"]
