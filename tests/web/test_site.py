"""Queries, and pages without a test file of their own."""

import json
import struct
from csv import DictReader
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from parsel import Selector

from standin.problems import problems
from tests.support.databases import rows
from tests.support.queries import METADATA, QUERIES, ask
from tests.support.sites import get, refusal


def query(site: str, path: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = json.loads(get(f"{site}/spojscore/{path}"))
    return results


@pytest.mark.parametrize("name", METADATA)
def test_query_as_page_json_and_csv(name: str, grown_site: str, grown: Path) -> None:
    expected = ask(grown, name)
    assert query(grown_site, f"{name}.json?_shape=array") == expected
    lines = list(DictReader(get(f"{grown_site}/spojscore/{name}.csv").splitlines()))
    if not any("\n" in str(row) or "\\x0b" in str(row) for row in expected):
        assert len(lines) == len(expected)
    page = Selector(get(f"{grown_site}/spojscore/{name}"))
    assert page.css("h1::text").get() == METADATA[name]["title"]
    assert len(page.css("main table tbody tr")) == min(len(expected), 200)


def test_explore_links_every_grouped_query(site: str) -> None:
    links = Selector(get(f"{site}/spojscore")).css("a::attr(href)").getall()
    assert {link.removeprefix("/spojscore/") for link in links} >= set(QUERIES)


def test_queries_agree_with_the_list(site: str, crawled: Path) -> None:
    listed = rows(crawled)
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


def test_most_and_least_liked(site: str, crawled: Path) -> None:
    voted = {
        row["code"]: (row["votes_up"] or 0, row["votes_down"] or 0)
        for row in rows(crawled)
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
def test_find_redirects_to_problem_or_list(text: str, path: str, grown_site: str) -> None:
    with urlopen(f"{grown_site}/find?q={text}") as response:
        assert response.url == grown_site + path
    with urlopen(f"{grown_site}/problems") as response:
        assert response.url == f"{grown_site}/spojscore/problems"


def test_shared_pages_have_url_and_image(grown_site: str) -> None:
    page = Selector(get(f"{grown_site}/spojscore/problems/STEADY?range=month"))
    address = f"{grown_site}/spojscore/problems/STEADY"
    meta = {
        one.attrib.get("property") or one.attrib.get("name"): one.attrib["content"]
        for one in page.css("meta[content]")
    }
    assert page.css("link[rel=canonical]::attr(href)").get() == meta["og:url"] == address
    assert meta["og:title"] == page.css("title::text").get()
    assert meta["og:description"] == meta["description"]
    icon = page.css("link[rel=apple-touch-icon]::attr(href)").get()
    for picture, size in ((meta["og:image"], (1200, 630)), (f"{grown_site}{icon}", (180, 180))):
        with urlopen(picture) as response:
            assert struct.unpack(">II", response.read()[16:24]) == size
    assert "canonical" not in refusal(f"{grown_site}/nosuchpage", 404)


@pytest.mark.parametrize(
    ("path", "name", "count"),
    [
        pytest.param("problems", "problems", 3974, id="table"),
        pytest.param("bands", "bands", 5, id="query"),
    ],
)
def test_csv_download(path: str, name: str, count: int, site: str) -> None:
    page = Selector(get(f"{site}/spojscore/{path}"))
    link = page.xpath("//main//a[contains(., 'CSV')]/@href").get("")
    with urlopen(f"{site}{link}") as response:
        assert len(response.read().decode().splitlines()) == count + 1
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'


def test_json_and_csv_keep_every_digit(site: str, crawled: Path) -> None:
    [prime] = [row for row in rows(crawled) if row["code"] == "PRIME1"]
    assert query(site, "problems.json?code=PRIME1&_shape=array") == [prime]
    real = {"id": 2, "name": "Prime Generator", "users": 83055, "acceptance": 16.3}
    assert real.items() <= prime.items()
    [line] = DictReader(get(f"{site}/spojscore/problems.csv?code=PRIME1").splitlines())
    assert line["score"] == repr(80 / 83095)


def test_small_pages(site: str) -> None:
    links = Selector(get(f"{site}/about")).css("a::attr(href)").getall()
    whole = "/spojscore/problems.json?_size=max&_shape=array"
    assert {"/spojscore/problems.csv?_size=max&_dl=1", whole, "/spojscore.db", "/api"} <= set(links)
    assert get(f"{site}/robots.txt").splitlines() == ["User-agent: *", "Disallow: /*?"]
    assert "/-/freshness.json" in refusal(f"{site}/-/freshness.svg", 410)
