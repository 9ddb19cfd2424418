"""Stock Datasette walks through `problems` without losing a row, however it is sorted."""

import asyncio
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest
from datasette.app import Datasette

from spojscore_crawler.items import Problem
from tests.support.commits import crawl
from tests.support.databases import change

COUNT = 240
PAGE_SIZE = 100


@pytest.fixture(scope="module")
def tied_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with many ties in every column. Read-only."""
    database = tmp_path_factory.mktemp("paging") / "spojscore.db"
    random = Random(1)
    # Codes and ids in different orders.
    codes = random.sample(range(COUNT), COUNT)
    problems = [
        Problem(id=id_, code=f"P{code}", name=random.choice("abc"), users=random.choice([0, 5, 90]))
        for id_, code in enumerate(codes, start=1)
    ]
    for problem in problems:
        problem.acceptance = random.choice([None, 30.0, 50.0])
        problem.votes_up, problem.votes_down = random.choices([None, 1, 3], k=2)
        problem.concept_difficulty = random.choice([None, 2])
    crawl(database, 0, *problems)
    change(database, "UPDATE problems SET year = nullif(2000 + id % 5, 2000)")
    change(database, "UPDATE problems SET added = year || '-01-01', families = '[\"Trees\"]'")
    return database


@pytest.mark.parametrize(
    "condition", ["users__gte=0", "id__gt=70", "users__gte=5", "band=a: 1 or more", "year__gt=2001"]
)
def test_walks_visit_each_row_once(condition: str, tied_database: Path) -> None:
    async def faulty_walks() -> list[str]:
        datasette = Datasette([tied_database], settings={"suggest_facets": False})
        await datasette.invoke_startup()
        table = f"/spojscore/problems.json?_nocount=1&{condition}"
        expected = sorted(await walk(datasette, f"{table}&_size=1000"))
        assert len(set(expected)) == len(expected) > PAGE_SIZE
        columns = await datasette.get_database("spojscore").table_columns("problems")
        walks = [
            f"{table}&_size={PAGE_SIZE}&{order}={column}"
            for order in ("_sort", "_sort_desc")
            for column in columns
        ]
        return [url for url in walks if sorted(await walk(datasette, url)) != expected]

    assert asyncio.run(faulty_walks()) == []


async def walk(datasette: Datasette, url: str) -> list[str]:
    """The codes on all pages from `url` on."""
    codes: list[str] = []
    page: str | None = url
    while page:
        response = (await datasette.client.get(page)).json()
        codes += [row[0] for row in response["rows"]]
        page = response["next"] and f"{url}&_next={quote(response['next'])}"
    return codes
