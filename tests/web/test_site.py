"""Queries, and pages without a test file of their own."""

import struct
from csv import DictReader
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from standin.problems import problems
from tests.support.databases import rows
from tests.support.queries import METADATA, ask
from tests.support.sites import get, get_json, get_page


def query(site: str, path: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = get_json(f"{site}/spojscore/{path}")
    return results


@pytest.mark.parametrize("name", METADATA)
def test_query_as_page_json_and_csv(name: str, history_site: str, history_database: Path) -> None:
    expected = ask(history_database, name)
    assert query(history_site, f"{name}.json?_shape=array") == expected
    lines = list(DictReader(get(f"{history_site}/spojscore/{name}.csv").splitlines()))
    if not any("\n" in str(row) or "\\x0b" in str(row) for row in expected):
        assert len(lines) == len(expected)
    page = get_page(f"{history_site}/spojscore/{name}")
    assert page.css("h1::text").get() == METADATA[name]["title"]
    assert len(page.css("main table tbody tr")) == min(len(expected), 200)


def test_explore_links_every_grouped_query(site: str) -> None:
    links = get_page(f"{site}/spojscore").css("a::attr(href)").getall()
    assert {link.removeprefix("/spojscore/") for link in links} >= {
        name for name, query in METADATA.items() if "group" in query
    }


def test_queries_agree_with_the_list(site: str, full_database: Path) -> None:
    listed = rows(full_database)
    value = {row["code"]: row["per_submission"] for row in listed if row["per_submission"]}
    best = sorted(value, key=lambda code: (-value[code], code))[:100]
    results = query(site, "effort.json?_shape=array")
    assert [row["code"] for row in results] == best
    assert [row["points_per_try"] for row in results] == [value[code] for code in best]
    few = query(site, "worth_now.json?_shape=array&min_users=1000&min_liked=95")
    assert few
    assert all(row["users"] >= 1000 and row["liked"] >= 95 for row in few)
    easier = query(site, "easier.json?_shape=array&min_acceptance=50&min_users=100")
    assert len(easier) == 100
    assert all(row["acceptance"] >= 50 and row["users"] >= 100 for row in easier)
    unsolved = {row["code"] for row in query(site, "unsolved.json?_shape=array")}
    assert unsolved == {entry.code for entry in problems() if entry.users == 0} != set()
    bands = query(site, "bands.json?_shape=array")
    assert sum(row["problems"] for row in bands) == 3974
    assert sum(row["solves"] for row in bands) == sum(entry.users for entry in problems())


def test_points_of_codes_add_up(site: str) -> None:
    by_users = sorted(problems(), key=lambda entry: (-entry.users, entry.code))
    worth = query(site, "worth.json?_shape=array&codes=prime1,+AGGRCOW;NOSUCH")
    users = {entry.code: entry.users for entry in by_users}
    assert [row["code"] for row in worth] == ["AGGRCOW", "PRIME1"]
    both = sum(80 / (40 + users[code]) for code in ("AGGRCOW", "PRIME1"))
    assert worth[-1]["points_so_far"] == pytest.approx(both)
    most = query(site, "most_solved.json?_shape=array&n=500")
    assert [row["code"] for row in most] == [entry.code for entry in by_users[:500]]
    total = sum(80 / (40 + entry.users) for entry in by_users[:500])
    assert most[-1]["points_so_far"] == pytest.approx(total)


def test_most_and_least_liked(site: str, full_database: Path) -> None:
    voted = {
        row["code"]: (row["votes_up"] or 0, row["votes_down"] or 0)
        for row in rows(full_database)
        if row["votes_up"] or row["votes_down"]
    }
    average = sum(up for up, _ in voted.values()) / sum(map(sum, voted.values()))
    approval = {
        code: round(100 * (up + 10 * average) / (up + down + 10), 1)
        for code, (up, down) in voted.items()
    }
    for name, best in (("liked", max), ("disliked", min)):
        results = query(site, f"{name}.json?_shape=array")
        assert [row["careful_approval"] for row in results] == [
            approval[row["code"]] for row in results
        ]
        assert results[0]["careful_approval"] == best(approval.values())


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("steady", "/spojscore/problems/STEADY", id="code"),
        pytest.param("+XSVG+", "/spojscore/problems/XSVG", id="blanks"),
        pytest.param("steady+climb", "/spojscore/problems?_q=steady+climb", id="name"),
        pytest.param("", "/spojscore/problems", id="empty"),
    ],
)
def test_find_redirects_to_problem_or_list(text: str, path: str, history_site: str) -> None:
    with urlopen(f"{history_site}/find?q={text}") as response:
        assert response.url == history_site + path
    with urlopen(f"{history_site}/problems") as response:
        assert response.url == f"{history_site}/spojscore/problems"


def test_shared_pages_have_url_and_image(history_site: str) -> None:
    page = get_page(f"{history_site}/spojscore/problems/STEADY?range=month")
    address = f"{history_site}/spojscore/problems/STEADY"
    meta = {
        one.attrib.get("property") or one.attrib.get("name"): one.attrib["content"]
        for one in page.css("meta[content]")
    }
    assert page.css("link[rel=canonical]::attr(href)").get() == meta["og:url"] == address
    assert meta["og:title"] == page.css("title::text").get()
    assert meta["og:description"] == meta["description"]
    icon = page.css("link[rel=apple-touch-icon]::attr(href)").get()
    for picture, size in ((meta["og:image"], (1200, 630)), (f"{history_site}{icon}", (180, 180))):
        with urlopen(picture) as response:
            assert struct.unpack(">II", response.read()[16:24]) == size
    assert "canonical" not in get(f"{history_site}/nosuchpage", 404)


def test_small_pages(site: str) -> None:
    links = get_page(f"{site}/about").css("a::attr(href)").getall()
    whole = "/spojscore/problems.json?_size=max&_shape=array"
    assert {"/spojscore/problems.csv?_size=max&_dl=1", whole, "/spojscore.db", "/api"} <= set(links)
    assert get(f"{site}/robots.txt").splitlines() == ["User-agent: *", "Disallow: /*?"]
    assert "/-/freshness.json" in get(f"{site}/-/freshness.svg", 410)
