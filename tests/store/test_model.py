"""After any sequence of lists, the database holds the last one and the history of all."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from spojscore_crawler.items import Problem
from spojscore_crawler.store.state import read_state
from tests.support.commits import MONDAY, crawl
from tests.support.databases import rows
from tests.support.queries import run_query


class Row(NamedTuple):
    """A problem in a list."""

    code: str
    users: int
    name: str


CODES = [f"C{n}" for n in range(6)]
ROWS = st.builds(Row, st.sampled_from(CODES), st.integers(0, 5), st.sampled_from(["a", "b"]))
LISTS = st.dictionaries(st.integers(1, 6), ROWS, min_size=1).filter(
    lambda problems: len({row.code for row in problems.values()}) == len(problems)
)
LISTED_SQL = "SELECT id, code, users, name FROM problems WHERE delisted IS NULL ORDER BY id"
# Rows of history that repeat the previous row are redundant.
REPEATED_ROWS_SQL = """
SELECT * FROM (SELECT *, lag(users, 1, 'none') OVER (PARTITION BY problem_id ORDER BY day) AS before
FROM history) WHERE users IS before
"""


class Store(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Path(self.folder.name, "spojscore.db")
        self.day = self.time = 0.0
        self.lists: list[dict[int, Row]] = []
        self.last_list_by_day: dict[float, dict[int, Row]] = {}

    @initialize(problems=LISTS)
    def commit_first_list(self, problems: dict[int, Row]) -> None:
        self.commit(problems, 0)

    @rule(problems=LISTS, days=st.sampled_from([0, 1, 9]))
    def commit(self, problems: dict[int, Row], days: int) -> None:
        """Commit a list, `days` after the last one."""
        self.time = self.time + 0.01 if days == 0 else 0.0
        self.day += days
        items = [Problem(id=id_, **row._asdict()) for id_, row in sorted(problems.items())]
        crawl(self.database, self.day + self.time, *items)
        self.lists.append(problems)
        self.last_list_by_day[self.day] = problems

    @rule()
    def commit_list_before_last(self) -> None:
        """Commit it on the same day, so that the day may end as it began."""
        self.commit(self.lists[-2:][0], 0)

    @rule()
    def commit_last_list(self) -> None:
        content = rows(self.database), rows(self.database, "SELECT * FROM history")
        self.commit(self.lists[-1], 0)
        assert (rows(self.database), rows(self.database, "SELECT * FROM history")) == content

    @invariant()
    def holds_last_list(self) -> None:
        if self.lists:
            last_rows = [
                (id_, row.code, row.users, row.name) for id_, row in self.lists[-1].items()
            ]
            stored_rows = [tuple(row.values()) for row in rows(self.database, LISTED_SQL)]
            assert stored_rows == sorted(last_rows)
            assert len(read_state(self.database).lineage) == len(self.lists)

    def teardown(self) -> None:
        """The query on_day returns the last list of each day."""
        assert rows(self.database, REPEATED_ROWS_SQL) == []
        ids = {row["code"]: row["id"] for row in rows(self.database)}
        for day, problems in self.last_list_by_day.items():
            past_rows = run_query(self.database, "on_day", day=f"{MONDAY + timedelta(days=day)}")
            assert {ids[row["code"]]: row["users"] for row in past_rows} == {
                id_: row.users for id_, row in problems.items()
            }
        self.folder.cleanup()


TestStore = Store.TestCase
TestStore.settings = settings(
    max_examples=20, stateful_step_count=7, deadline=None, derandomize="CI" in os.environ
)
