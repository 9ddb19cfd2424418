"""A real Datasette over a crawled list."""

import csv
import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from parsel import Selector

from standin.problems import problems
from tests.support.databases import rows
from tests.support.projects import ROOT
from tests.support.queries import QUERIES
from tests.support.sites import get, served, words


def ask(site: str, path: str) -> Any:
    return json.loads(get(f"{site}/spojscore{path}"))


def test_home_says_what_a_score_is_and_where_it_comes_from(site: str) -> None:
    home = get(f"{site}/")
    assert "<h1>spojscore" in home
    text = words(home)
    assert (
        "What every classical problem on SPOJ is worth, and what to solve next. The fewer have "
        "solved a problem, the more points it gives."
    ) in text
    assert "Each solver of a problem holds 80 / (40 + solvers) points" in text
    assert '<a href="https://www.spoj.com/problems/classical/">SPOJ’s list' in home


def test_the_list_shows_the_most_solved_first(site: str) -> None:
    page = get(f"{site}/spojscore/problems")
    title = "Classical problems: 3,974 problems - spojscore"
    assert f"<title>{title}</title>" in page
    codes = [row["code"] for row in ask(site, "/problems.json?_shape=array")]
    assert len(codes) == 100
    assert codes[:5] == ["TEST", "ADDREV", "PRIME1", "FCTRL", "ACPC10A"]
    assert page.index(">TEST</a>") < page.index(">ADDREV</a>") < page.index(">PRIME1</a>")


def test_prime1_has_its_real_figures(site: str) -> None:
    [row] = ask(site, "/problems/PRIME1.json?_shape=array")
    assert {name: row[name] for name in ("id", "name", "users", "acceptance", "votes_up")} == {
        "id": 2,
        "name": "Prime Generator",
        "users": 83055,
        "acceptance": 16.3,
        "votes_up": 645,
    }
    assert row["score"] == 80 / 83095
    assert row["url"] == "https://www.spoj.com/problems/PRIME1/"


def test_points_are_shown_with_three_digits(site: str) -> None:
    page = get(f"{site}/spojscore/problems/PRIME1")
    assert "<dt>Points per solver</dt><dd>0.000963</dd>" in page


def test_every_column_is_described(site: str, crawled: Path) -> None:
    [row, *_] = rows(crawled)
    page = get(f"{site}/spojscore/problems")
    for column in row:
        assert re.search(f"<dt>([^<]+ )?<code>{column}</code></dt><dd>[^<]", page)


def test_a_foreign_code_or_address_is_no_link(site: str) -> None:
    foreign = get(f"{site}/spojscore?sql=select+'javascript:alert(1)'+as+url,+'no+code'+as+code")
    assert Selector(foreign).css("td a").getall() == []


def careful(of: list[dict[str, Any]], few: int, won: str, tried: str) -> dict[str, float]:
    """The share of each, by code, as if it had had so many more with the share of all."""
    share = sum(row[won] for row in of) / sum(row[tried] for row in of)
    return {row["code"]: (row[won] + few * share) / (row[tried] + few) for row in of}


def test_best_value_for_effort(site: str, crawled: Path) -> None:
    solved = [row for row in rows(crawled) if row["acceptance"]]
    for row in solved:
        row["tries"] = row["users"] * 100 / row["acceptance"]
    chance = careful(solved, 20, "users", "tries")
    worth = {row["code"]: row["points_if_solved"] * chance[row["code"]] for row in solved}
    found = ask(site, "/effort.json?_shape=array")
    assert [row["code"] for row in found] == sorted(worth, key=lambda c: (-worth[c], c))[:100]
    assert found[0]["per_submission"] == pytest.approx(max(worth.values()))


def test_most_and_least_liked(site: str, crawled: Path) -> None:
    voted = [row for row in rows(crawled) if (row["votes_up"] or 0) + (row["votes_down"] or 0)]
    for row in voted:
        row["up"], row["votes"] = (
            row["votes_up"] or 0,
            (row["votes_up"] or 0) + (row["votes_down"] or 0),
        )
    approval = {code: round(100 * of, 1) for code, of in careful(voted, 10, "up", "votes").items()}
    for query, best in (("liked", max), ("disliked", min)):
        found = ask(site, f"/{query}.json?_shape=array")
        assert [row["careful_approval"] for row in found] == [
            approval[row["code"]] for row in found
        ]
        assert found[0]["careful_approval"] == best(approval.values())


def test_the_list_goes_on_and_is_sorted_from_its_heads(site: str) -> None:
    page = Selector(get(f"{site}/spojscore/problems?_size=5"))
    following = Selector(get(page.css("a.next::attr(href)").get("")))
    codes = [row for part in (page, following) for row in part.css("tr::attr(data-code)").getall()]
    whole = ask(site, "/problems.json?_shape=array&_size=10")
    assert codes == [row["code"] for row in whole]
    assert following.css("th[aria-sort=descending] a::text").get("").startswith("Solved by")
    head = following.css("th.col-acceptance a::attr(href)").get("")
    assert head == "/spojscore/problems?_size=5&_sort_desc=acceptance"


def test_what_is_too_much_for_one_call_is_said(site: str, crawled: Path, tmp_path: Path) -> None:
    few = words(get(f"{site}/spojscore/history"))
    assert "Download: CSV · JSON · SQLite. The same for programs: JSON, page by page , SQL." in few
    many = words(get(f"{site}/spojscore?sql=select+1+from+problems+a,+problems+b"))
    assert "The first 200 rows , all as CSV" in many
    longer = tmp_path / "longer.db"
    shutil.copy(crawled, longer)
    with closing(sqlite3.connect(longer)) as connection, connection:
        connection.execute("INSERT INTO history SELECT problem_id, 0, 1 FROM history")
    with served(longer) as (address, _):
        page = words(get(f"{address}/spojscore/history"))
    assert "Download: 5,000 rows at most, all is in SQLite. The same for programs: JSON" in page


def test_the_facet_counts_every_band(site: str, crawled: Path) -> None:
    expected = {
        row["band"]: row["n"]
        for row in rows(crawled, "SELECT band, count(*) AS n FROM problems GROUP BY 1")
    }
    facet = ask(site, "/problems.json")["facet_results"]["band"]
    assert {band["value"]: band["count"] for band in facet["results"]} == expected
    assert len(expected) == 5


@pytest.mark.parametrize(
    ("text", "codes"),
    [("AGGR", ["AGGRCOW"]), ("ime+gen", ["PRIME1", "SNGPG"]), ("nosuchproblem", [])],
)
def test_search_over_code_and_name(text: str, codes: list[str], site: str) -> None:
    found = ask(site, f"/problems.json?_search={text}&_shape=array")
    assert [row["code"] for row in found] == codes


def test_the_whole_list_in_one_call(site: str) -> None:
    whole = ask(site, "/problems.json?_size=max&_shape=array")
    lines = get(f"{site}/spojscore/problems.csv?_size=max").splitlines()
    expected = {(entry.code, entry.name, entry.users) for entry in problems()}
    assert {(row["code"], row["name"], row["users"]) for row in whole} == expected
    assert {
        (row["code"], row["name"], int(row["users"])) for row in csv.DictReader(lines)
    } == expected


@pytest.mark.parametrize(
    "query",
    [
        *QUERIES,
        "worth?codes=",
        "worth?codes='%22%3Cb%3E",
        "easier?min_acceptance=&min_users=",
        "easier?min_acceptance=high&min_users=-1",
        "most_solved?n=",
        "most_solved?n=-7",
        "most_solved?n=many",
        "moved?n=many",
        "news?n=",
        "news?n='",
        "on_day?day=",
        "on_day?day=yesterday",
        "series?code=%27",
        "solves?n=-1",
        "hardest?max_users=",
        "hardest?max_users=all",
        "newest?n=",
        "newest?n=-1",
        "newest?n='",
    ],
)
def test_a_canned_query_survives_whatever_it_is_given(query: str, site: str) -> None:
    page = get(f"{site}/spojscore/{query}")
    assert "<h1" in page
    assert 'class="message-error"' not in page


@pytest.mark.parametrize("query", QUERIES)
def test_a_canned_query_is_titled_and_described(query: str, site: str) -> None:
    listed = {q["name"]: q for q in ask(site, ".json")["queries"]}
    assert set(listed) == set(QUERIES)
    assert listed[query]["title"]
    assert listed[query]["description"]


def test_what_the_canned_queries_answer(site: str) -> None:
    by_users = sorted(problems(), key=lambda entry: (-entry.users, entry.code))
    worth = ask(site, "/worth.json?_shape=array&codes=prime1,+AGGRCOW+NOSUCH")
    assert [(row["code"], row["score"], row["points_so_far"]) for row in worth] == [
        ("AGGRCOW", 80 / 47443, 80 / 47443),
        ("PRIME1", 80 / 83095, 80 / 47443 + 80 / 83095),
    ]
    blank = ask(site, "/worth.json?_shape=array&codes=")
    assert [row["code"] for row in blank] == [entry.code for entry in reversed(by_users[:10])]
    so_far = [row["points_so_far"] for row in blank]
    assert so_far == sorted(so_far)

    easier = ask(site, "/easier.json?_shape=array&min_acceptance=50&min_users=100")
    assert len(easier) == 100
    assert all(row["acceptance"] >= 50 and row["users"] >= 100 for row in easier)
    points = [row["points_if_solved"] for row in easier]
    assert points == sorted(points, reverse=True)

    unsolved = ask(site, "/unsolved.json?_shape=array")
    assert {row["code"] for row in unsolved} == {e.code for e in problems() if e.users == 0}
    assert unsolved

    bands = ask(site, "/bands.json?_shape=array")
    assert sum(row["problems"] for row in bands) == 3974
    assert sum(row["solves"] for row in bands) == sum(entry.users for entry in problems())

    assert len(ask(site, "/on_day.json?_shape=array")) == 3974
    [first] = ask(site, "/series.json?_shape=array&code=prime1")
    assert (first["users"], first["score"]) == (83055, 80 / 83095)

    most = ask(site, "/most_solved.json?_shape=array&n=500")
    assert [row["code"] for row in most] == [entry.code for entry in by_users[:500]]
    together = sum(80 / (40 + entry.users) for entry in by_users[:500])
    assert most[-1]["points_so_far"] == pytest.approx(together)


def test_the_favicon_is_our_own(site: str) -> None:
    with urlopen(f"{site}/favicon.ico") as response:
        assert response.headers["Content-Type"] == "image/png"
        assert response.read() == (ROOT / "web" / "static" / "favicon.png").read_bytes()
