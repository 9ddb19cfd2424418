"""Facets of the list agree with SQL. For topics, see test_topics.py."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import rows
from tests.support.sites import get_json, get_page

LIST = "/spojscore/problems"


def counts(site: str, query: str, name: str) -> dict[Any, int]:
    address = f"{site}{LIST}.json?_size=1&_facet_size=max&{query}"
    results = get_json(address)["facet_results"].values()
    [facet] = [facet for facet in results if facet["name"] == name]
    return {result["value"]: result["count"] for result in facet["results"]}


@pytest.mark.parametrize("name", ["band", "year", "votes_down"])
@pytest.mark.parametrize(
    ("query", "where"),
    [
        pytest.param("", "1", id="all"),
        pytest.param("&users__gt=1000", "users > 1000", id="filter"),
        pytest.param("&_q=prime", "lower(code || ' ' || name) LIKE '%prime%'", id="search"),
    ],
)
def test_counts(name: str, query: str, where: str, site: str, full_database: Path) -> None:
    sql = f"SELECT {name} AS value, count(*) AS n FROM problems WHERE {where} GROUP BY 1"
    expected = {
        row["value"]: row["n"] for row in rows(full_database, sql) if row["value"] is not None
    }
    assert expected
    argument = "" if name == "band" else f"_facet={name}"
    assert counts(site, argument + query, name) == expected


def test_list_offers_facets_and_keeps_filters(site: str) -> None:
    page = get_page(f"{site}{LIST}?_q=prime&users__gt=5")
    links = page.css("a::attr(href)").re(r"^/spojscore/problems\?.*_facet.*")
    assert {link.rpartition("&")[2] for link in links} >= {"_facet=year", "_facet_array=topics"}
    assert all("_q=prime&users__gt=5" in link for link in links)
