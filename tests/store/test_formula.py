"""The formula stands in store/points.py and, for the past, in the newest view."""

import subprocess
import sys
from pathlib import Path

import pytest

from spojscore_crawler.store.points import points
from tests.support.commits import A, B, C, crawl
from tests.support.databases import change, rows
from tests.support.projects import copy_of_the_project

# What CONTRIBUTING.md says, for a formula that gives half the points.
MIGRATION = """
@migrations()
def halve_the_points(db: Database) -> None:
    db.execute("UPDATE problems SET score = 40.0 / (40 + users), "
               "points_if_solved = 40.0 / (41 + users), band = 'a: 0.5 or more'")
    db.execute("DROP VIEW problem_history")
    db.create_view(
        "problem_history",
        "SELECT code, date(day * 86400, 'unixepoch') AS day, history.users, "
        "40.0 / (40 + history.users) AS score, 40.0 / (41 + history.users) AS points_if_solved, "
        "problem_id, day AS day_number FROM history JOIN problems ON id = problem_id",
    )


NAMES ="""
ASKED = """
from pathlib import Path
from sys import argv
from spojscore_crawler.store.schema import bring_forward
from spojscore_crawler.store.state import state
bring_forward(Path(argv[1]))
print(state(Path(argv[1])).problems)
"""


@pytest.fixture
def moved(database: Path) -> Path:
    """A database of two days, in which the users of the three problems grew."""
    crawl(database, 0, A, B, C)
    change(database, "UPDATE problems SET users = users - 5, score = 80.0 / (35 + users)")
    change(database, "UPDATE history SET users = users - 5")
    change(database, "UPDATE crawls SET users = users - 15")
    crawl(database, 1, A, B, C)
    return database


def test_the_past_is_worth_what_the_formula_gives(moved: Path) -> None:
    past = rows(moved, "SELECT * FROM problem_history")
    assert len(past) == 6
    for row in past:
        assert row["score"] == points(row["users"])
        assert row["points_if_solved"] == points(row["users"] + 1)


def test_the_formula_is_changed_in_two_places(moved: Path, tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path)
    store = project / "spojscore_crawler" / "store"
    formula = (store / "points.py").read_text()
    assert formula.count("80 / (40 +") == 2  # one of them for people
    formula = formula.replace("return 80 / (40", "return 40 / (40").replace('"80.0 /', '"40.0 /')
    (store / "points.py").write_text(formula)
    schema = (store / "schema.py").read_text()
    (store / "schema.py").write_text(schema.replace("\nNAMES =", MIGRATION, 1))
    words = [sys.executable, "-c", ASKED, str(moved)]
    asked = subprocess.run(words, cwd=project, capture_output=True, text=True, check=True)
    assert asked.stdout == "3\n"
    for row in rows(moved, "SELECT * FROM problem_history"):
        assert row["score"] == points(row["users"]) / 2
    solves = rows(moved, "SELECT score_1 FROM movers ORDER BY code")
    assert [row["score_1"] for row in solves] == pytest.approx(
        [(points(10 * n) - points(10 * n - 5)) / 2 for n in (1, 2, 3)]
    )
