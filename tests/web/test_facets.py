"""Count by: whatever column one names, beside search and filters, as SQL counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.sites import get

FACETS = [
    ("_facet=band", "band", "band"),
    ("_facet=acceptance", "acceptance", "acceptance"),
    ("_facet=votes_down", "votes_down", "votes_down"),
    ("_facet_year=first_seen", "first_seen", "substr(first_seen, 1, 4)"),
    ("_facet_tens=acceptance", "acceptance", "CAST(acceptance / 10 AS INTEGER) * 10"),
    ("_facet_tens=votes_up", "votes_up", "votes_up / 10 * 10"),
]
NARROWED = [
    ("", "1"),
    ("&users__gt=1000", "users > 1000"),
    ("&_q=prime", "lower(code || ' ' || name) LIKE '%prime%'"),
    ("&_q=a&acceptance__gte=50", "lower(code || ' ' || name) LIKE '%a%' AND acceptance >= 50"),
]


def counted(site: str, query: str, name: str) -> list[dict[str, Any]]:
    address = f"{site}/spojscore/problems.json?_size=1&_facet_size=max&{query}"
    results = json.loads(get(address))["facet_results"]
    kept = [found for key, found in results.items() if found["name"] == name]
    return kept[-1]["results"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("facet", "name", "group"), FACETS)
@pytest.mark.parametrize(("narrowed", "where"), NARROWED)
def test_counts_are_those_of_sql(
    facet: str, name: str, group: str, narrowed: str, where: str, site: str, crawled: Path
) -> None:
    sql = f"SELECT {group} AS value, count(*) AS n FROM problems WHERE {where} GROUP BY 1"
    expected = {row["value"]: row["n"] for row in rows(crawled, sql) if row["value"] is not None}
    found = counted(site, facet + narrowed, name)
    assert {row["value"]: row["count"] for row in found} == expected


@pytest.mark.parametrize("facet", ["_facet_year=first_seen", "_facet_tens=acceptance"])
def test_what_was_counted_can_be_chosen_and_left_again(facet: str, site: str) -> None:
    name = facet.partition("=")[2]
    for row in counted(site, facet, name)[:3]:
        chosen = json.loads(get(row["toggle_url"].replace("_facet_size=max&", "")))
        assert chosen["filtered_table_rows_count"] == row["count"]
        [one] = [found for found in counted(site, row["toggle_url"].partition("?")[2], name)
                 if found["selected"]]  # fmt: skip
        assert one["value"] == row["value"]
        left = json.loads(get(one["toggle_url"]))
        assert left["filtered_table_rows_count"] == 3974


def test_the_list_offers_what_may_be_counted(site: str) -> None:
    page = Selector(get(f"{site}/spojscore/problems?_q=prime&users__gt=5"))
    links = page.css("nav.count-by a::attr(href)").getall()
    assert {link.rpartition("&")[2] for link in links} >= {
        "_facet=band", "_facet_year=first_seen", "_facet=concept_difficulty",
        "_facet_tens=liked", "_facet_tens=acceptance",
    }  # fmt: skip
    for link in links:
        assert "_q=prime&users__gt=5" in link
        assert Selector(get(site + link)).css(".facet")
    kept = page.css("form.count-by input::attr(name)").getall()
    assert kept == ["_q", "users__gt"]
    assert "Votes +" in page.css("form.count-by option::text").getall()


def test_later_pages_count_nothing_rather_than_the_rest(site: str) -> None:
    page = json.loads(get(f"{site}/spojscore/problems.json"))
    assert page["facet_results"]
    assert json.loads(get(page["next_url"]))["facet_results"] == {}
    following = Selector(get(f"{site}/spojscore/problems")).css("a.next::attr(href)").get("")
    assert Selector(get(following)).css(".facet").getall() == []


def test_a_count_that_takes_too_long_says_so(site: str) -> None:
    slow = (
        "_where=(WITH+RECURSIVE+c(x)+AS+(SELECT+users+UNION+ALL+SELECT+x%2B1+FROM+c+"
        "LIMIT+500)+SELECT+max(x)+FROM+c)>0&_facet=users&_nocount=1&_size=1&_sort=code"
    )
    page = Selector(get(f"{site}/spojscore/problems?{slow}"))
    assert "Counting took too long" in page.css(".message-error::text").get("")
