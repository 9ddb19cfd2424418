"""Queries, the home page and pages without a test file of their own."""

import struct
from csv import DictReader
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from parsel import Selector

from standin.problems import problems
from tests.support.commits import A, B, crawl
from tests.support.databases import rows
from tests.support.queries import QUERIES, run_query
from tests.support.sites import fetch, get, get_json, get_page, start_site, words


@pytest.mark.parametrize("name", QUERIES)
def test_query_as_page_json_and_csv(name: str, history_site: str, history_database: Path) -> None:
    expected = run_query(history_database, name)
    path = f"{history_site}/spojscore/{name}"
    assert get_json(f"{path}.json?_shape=array") == expected
    lines = list(DictReader(StringIO(get(f"{path}.csv"))))
    assert len(lines) == len(expected)
    page = get_page(path)
    assert page.css("h1::text").get() == QUERIES[name]["title"]
    assert len(page.css("main table tbody tr")) == min(len(expected), 200)


def test_explore_links_every_grouped_query(site: str) -> None:
    links = get_page(f"{site}/spojscore").css("a::attr(href)").getall()
    assert {link.removeprefix("/spojscore/") for link in links} >= {
        name for name, query in QUERIES.items() if "group" in query
    }


def test_effort_has_most_points_per_submission(full_database: Path) -> None:
    value = {row["code"]: row["per_submission"] or 0 for row in rows(full_database)}
    best_codes = sorted(value, key=lambda code: (-value[code], code))[:100]
    results = run_query(full_database, "effort")
    assert [(row["code"], row["per_submission"]) for row in results] == [
        (code, value[code]) for code in best_codes
    ]


def test_parameters_limit_queries(full_database: Path) -> None:
    worth = run_query(full_database, "worth_now", min_users="1000", min_liked="95")
    assert worth
    assert all(row["users"] >= 1000 and row["liked"] >= 95 for row in worth)
    easier = run_query(full_database, "easier", min_acceptance="50", min_users="100")
    assert len(easier) == 100
    assert all(row["acceptance"] >= 50 and row["users"] >= 100 for row in easier)


def test_unsolved_and_bands_cover_the_list(full_database: Path) -> None:
    unsolved = {row["code"] for row in run_query(full_database, "unsolved")}
    assert unsolved == {entry.code for entry in problems() if entry.users == 0} != set()
    bands = run_query(full_database, "bands")
    assert sum(row["problems"] for row in bands) == 3974
    assert sum(row["solves"] for row in bands) == sum(entry.users for entry in problems())


def test_points_of_codes_add_up(full_database: Path) -> None:
    by_users = sorted(problems(), key=lambda entry: (-entry.users, entry.code))
    users = {entry.code: entry.users for entry in by_users}
    worth = run_query(full_database, "worth", codes='prime1,\n AGGRCOW;NO"SUCH\\ prime1')
    assert [row["code"] for row in worth] == ["AGGRCOW", "PRIME1", None]
    assert [row["name"] for row in worth][2:] == ['Unknown code: NO"SUCH\\']
    points = sum(80 / (40 + users[code]) for code in ("AGGRCOW", "PRIME1"))
    assert worth[1]["points_so_far"] == pytest.approx(points)
    for name, parameters, count in (("most_solved", {"n": "500"}, 500), ("worth", {}, 10)):
        results = run_query(full_database, name, **parameters)
        assert {row["code"] for row in results} == {entry.code for entry in by_users[:count]}
        total = sum(80 / (40 + entry.users) for entry in by_users[:count])
        assert results[-1]["points_so_far"] == pytest.approx(total)


def test_most_and_least_liked(full_database: Path) -> None:
    votes = [(row["votes_up"] or 0, row["votes_down"] or 0) for row in rows(full_database)]
    average = sum(up for up, _ in votes) / sum(map(sum, votes))
    shares = [
        round(100 * (up + 10 * average) / (up + down + 10), 1) for up, down in votes if up + down
    ]
    for name, is_reverse in (("liked", True), ("disliked", False)):
        results = [row["adjusted_liked"] for row in run_query(full_database, name)]
        assert results == sorted(shares, reverse=is_reverse)[:100]


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
    assert fetch(f"{history_site}/find?q={text}").headers["Location"] == path
    assert fetch(f"{history_site}/problems").headers["Location"] == "/spojscore/problems"


def test_shared_pages_have_url_and_image(history_site: str) -> None:
    page = get_page(f"{history_site}/spojscore/problems/STEADY?range=month")
    address = f"{history_site}/spojscore/problems/STEADY"
    meta = {
        element.attrib.get("property") or element.attrib.get("name"): element.attrib["content"]
        for element in page.css("meta[content]")
    }
    assert page.css("link[rel=canonical]::attr(href)").get() == meta["og:url"] == address
    assert meta["og:title"] == page.css("title::text").get()
    assert meta["og:description"] == meta["description"]
    assert page.css("link[type='application/atom+xml']")
    icon = page.css("link[rel=apple-touch-icon]::attr(href)").get()
    for picture, size in ((meta["og:image"], (1200, 630)), (f"{history_site}{icon}", (180, 180))):
        assert struct.unpack(">II", fetch(picture).content[16:24]) == size
    assert "canonical" not in get(f"{history_site}/nosuchpage", 404)


def test_about_and_robots(site: str) -> None:
    links = {*get_page(f"{site}/about").css("a::attr(href)").getall()}
    assert {"/spojscore/problems.json?_size=max&_shape=array", "/spojscore.db", "/api"} <= links
    assert get(f"{site}/robots.txt").splitlines() == ["User-agent: *", "Disallow: /*?"]


@pytest.fixture(scope="module")
def home(history_site: str) -> Selector:
    return get_page(f"{history_site}/")


def test_home_lists_problems(home: Selector, history_database: Path) -> None:
    home_codes = home.css("[data-code]::attr(data-code)").getall()
    moved_rows = rows(
        history_database, "SELECT code FROM movers ORDER BY solves_7 DESC, code LIMIT 5"
    )
    for expected in (run_query(history_database, "worth_now")[:3], moved_rows):
        block = [row["code"] for row in expected]
        assert any(home_codes[n : n + len(block)] == block for n in range(len(home_codes)))


def test_growth_since_distant_crawl(database: Path) -> None:
    crawl(database, 0, A, B)
    crawl(database, 87, replace(A, users=13), B)
    with start_site(database) as site:
        for path in ("/", "/charts"):
            assert "+3" in words(get_page(f"{site}{path}"))
        assert "+3 since 2 March 2026" in words(get_page(f"{site}/spojscore/problems/P1"))


def test_range_links_match_their_counts(
    home: Selector, history_database: Path, history_site: str
) -> None:
    links = home.css("a[href*='band=']::attr(href)").getall()
    bands = run_query(history_database, "bands")
    assert len(links) == len(bands)
    for link, band in zip(links, bands, strict=True):
        heading = get_page(history_site + link).css("h1 [role=status]::text").get("")
        assert heading.partition(" ")[0] == str(band["problems"])


def test_home_is_small_and_works_without_script(history_site: str, home: Selector) -> None:
    parts = home.css("link[rel=stylesheet]::attr(href), img::attr(src)").getall()
    sizes = [len(fetch(f"{history_site}{part}").content) for part in ("/", *parts)]
    assert sum(sizes) <= 100_000
    assert not home.xpath("//script[text()]")
    assert home.css("form[action='/find'] input[name=q]")
