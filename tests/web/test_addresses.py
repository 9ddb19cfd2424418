"""Addresses forgive what is meant, and refuse what would be a lie."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from parsel import Selector

from tests.support.sites import get, path, refusal, served, words


def found(site: str, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        get(f"{site}/spojscore/problems.json?_shape=array&_size=max&{query}")
    )
    return rows


@pytest.fixture(scope="module")
def changed(crawled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with names that are hard to type, a delisted and a recoded problem."""
    database = tmp_path_factory.mktemp("changed") / "changed.db"
    shutil.copy(crawled, database)
    names = {
        "PRIME1": "A Bug’s Life", "TDKPRIME": "What’s Next", "AGGRCOW": "Erdős and the Cows",
        "FCTRL": "Crêpe Brûlée", "FCTRL2": "Straße nach Łódź", "ADDREV": "What's Next",
    }  # fmt: skip
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE problems SET name = 'Another'")
        for code, name in names.items():
            connection.execute("UPDATE problems SET name = ? WHERE code = ?", [name, code])
        connection.execute("UPDATE problems SET delisted = '2026-01-01' WHERE code = 'ONP'")
        connection.execute("CREATE TEMP TABLE next AS SELECT * FROM crawls")
        connection.execute("UPDATE next SET id = 2")
        connection.execute("INSERT INTO crawls SELECT * FROM next")
        connection.execute(
            "INSERT INTO events SELECT 1, 2, day, 'TEST', 'recoded', 'TSET' FROM next"
        )
    with served(database) as (address, _):
        yield address


@pytest.mark.parametrize(
    "tracking", ["utm_source=x", "fbclid=1", "gclid=1", "ref=y", "utm_a=1&ref="]
)
def test_where_a_visitor_comes_from_changes_nothing(tracking: str, site: str) -> None:
    plain = get(f"{site}/spojscore/problems?users__gt=50000")
    assert get(f"{site}/spojscore/problems?users__gt=50000&{tracking}") == plain
    assert get(f"{site}/spojscore/worth.csv?codes=PRIME1&{tracking}") == get(
        f"{site}/spojscore/worth.csv?codes=PRIME1"
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [("problems{}?userz=1", "The table problems has no column `userz`; did you mean `users`?"),
     ("problems{}?xyz__gt=1", "The table problems has no column `xyz`."),
     ("problems{}?users__gtt=1", "There is no comparison `gtt`; did you mean `gt`?"),
     ("problems{}?_srot=users", "There is no parameter `_srot`; did you mean `_sort`?"),
     ("problems{}?_sort=user", "The table problems has no column `user`; did you mean `users`?"),
     ("problems{}?_facet=bnad", "The table problems has no column `bnad`; did you mean `band`?"),
     ("problems{}?_facet_year=usrs",
      "The table problems has no column `usrs`; did you mean `users`?"),
     ("problems{}?_facet=%7B%22column%22:1%7D",
      'The table problems has no column `{"column":1}`.'),
     ("problems{}?_search_name=prime",
      "There is no parameter `_search_name`; did you mean `_search`?"),
     ("crawls{}?_through=[]", "There is no parameter `_through`."),
     ("events{}?_q=prime", "The table events can't be searched, only problems."),
     ("events{}?_search=prime", "The table events can't be searched, only problems."),
     ("history{}?userz=1", "The table history has no column `userz`; did you mean `users`?"),
     ("worth{}?code=PRIME1", "This question has no parameter `code`; did you mean `codes`?"),
     ("unsolved{}?n=1", "This question has no parameter `n`.")],
)  # fmt: skip
def test_what_is_not_there_is_told_in_the_form_asked_for(asked: str, told: str, site: str) -> None:
    assert json.loads(refusal(f"{site}/spojscore/{asked.format('.json')}"))["error"] == told
    assert refusal(f"{site}/spojscore/{asked.format('.csv')}") == told
    assert told in words(refusal(f"{site}/spojscore/{asked.format('')}"))


@pytest.mark.parametrize(
    ("typed", "led"),
    [("/prime1", "PRIME1"), ("/PRIME1", "PRIME1"), ("/spojscore/problems/prime1", "PRIME1"),
     ("/problems/PRIME1", "PRIME1"), ("/problems/PRIME1/", "PRIME1"),
     ("/spojscore/Prime1", "PRIME1"),
     ("/spojscore/problems/prime1?utm_source=x", "PRIME1"), ("/tset", "TEST")],
)  # fmt: skip
def test_a_code_leads_to_its_problem(typed: str, led: str, changed: str) -> None:
    with urlopen(changed + typed) as response:
        assert response.url == f"{changed}/spojscore/problems/{led}"
    with urlopen(f"{changed}/spojscore/problems/prime1.json?_shape=array") as response:
        assert response.url == f"{changed}/spojscore/problems/PRIME1.json?_shape=array"


def test_a_page_that_is_not_there_is_searched_for(site: str) -> None:
    page = Selector(refusal(f"{site}/prime-generator", 404))
    assert page.css("h1::text").get() == "Not found"
    assert "/spojscore/problems/PRIME1" in page.css("main a::attr(href)").getall()
    nothing = Selector(refusal(f"{site}/spojscore/nosuchtable", 404))
    assert nothing.css("main ul").getall() == []
    told = json.loads(refusal(f"{site}/spojscore/nosuchtable.json", 404))
    assert told["error"] == "There is no such page."


@pytest.mark.parametrize(
    "address",
    ["spojscore.dbx?sql=select+1", "spojscore.JSON", "spojscore/problems.html?_size=max",
     "spojscore/problems/PRIME1.xyz", "spojscore/worth.html?codes=PRIME1",
     "spojscore/history.x?_size=max"],
)  # fmt: skip
def test_there_is_no_other_form(address: str, site: str) -> None:
    assert "There is no such page." in refusal(f"{site}/{address}", 404)


def test_robots_may_see_each_page_once(site: str) -> None:
    assert get(f"{site}/robots.txt") == "User-agent: *\nDisallow: /*?\n"


@pytest.mark.parametrize(
    ("typed", "codes"),
    [("bug's", {"PRIME1"}), ("bugs life", {"PRIME1"}), ("whats next", {"TDKPRIME", "ADDREV"}),
     ("what’s next", {"TDKPRIME", "ADDREV"}), ("erdos", {"AGGRCOW"}), ("ERDŐS cow", {"AGGRCOW"}),
     ("crepe brulee", {"FCTRL"}), ("strasse lodz", {"FCTRL2"}), ("nosuchproblem", set()),
     ("aggrc", {"AGGRCOW"})],
)  # fmt: skip
@pytest.mark.parametrize("parameter", ["_q", "_search"])
def test_search_as_people_type(typed: str, codes: set[str], parameter: str, changed: str) -> None:
    rows = found(changed, urlencode({parameter: typed}))
    assert {row["code"] for row in rows} == codes


def test_search_from_one_letter_on(site: str) -> None:
    every = found(site, "")
    for letter in "q", "7":
        expected = [row["code"] for row in every if letter in (row["code"] + row["name"]).lower()]
        assert [row["code"] for row in found(site, f"_q={letter}")] == expected
    assert found(site, "_q=%20'") == every


def test_an_exact_code_comes_first(changed: str) -> None:
    for typed in "fctrl", "FCTRL", " fctrl":
        for order in "_sort=users", "_sort_desc=users":
            rows = found(changed, urlencode({"_q": typed}) + f"&{order}")
            codes = [row["code"] for row in rows]
            assert codes[0] == "FCTRL"
            assert sorted(codes) == ["FCTRL", "FCTRL2", "FCTRL4", "FCTRL5"]


def test_a_code_that_comes_first_does_not_come_again(changed: str) -> None:
    # Most solved of all, it would be the last in this order.
    following = f"{changed}/spojscore/problems.json?_q=fctrl&_sort=users&_size=2&_col=code"
    codes = []
    while following:
        page = json.loads(get(following))
        codes += [row[0] for row in page["rows"]]
        following = page["next_url"]
    assert codes == ["FCTRL", "FCTRL5", "FCTRL4", "FCTRL2"]


def test_only_the_list_itself_begins_with_a_code(site: str) -> None:
    least = "code in (select code from problems order by users limit 5)"
    assert found(site, urlencode({"_q": "prime1", "_where": least})) == []


def test_what_left_the_list_is_shown_to_who_asks(changed: str) -> None:
    listed = found(changed, "")
    assert "ONP" not in {row["code"] for row in listed}
    assert len(listed) == 3973
    for asked in ("_delisted=1", "_delisted=1&_sort=id"):
        assert len(found(changed, asked)) == 3974
    assert [row["code"] for row in found(changed, "delisted__notnull=1")] == ["ONP"]
    page = get(f"{changed}/spojscore/problems?_next=1&_sort=users")
    link = Selector(page).css(".count a::attr(href)").get("")
    assert "3,974 problems" in words(get(changed + link))
    assert "gone since 2026-01-01" in words(
        get(f"{changed}/spojscore/problems?delisted__notnull=1")
    )


def test_a_query_that_failed_stays_in_its_box(site: str) -> None:
    query = "SELECT code, usrs\nFROM problems\nWHERE users > :many"
    for failing in (
        query,
        "SELEC 1",
        "SELECT * FROM problem",
        "SELECT medain(users) FROM problems",
    ):
        page = Selector(refusal(f"{site}{path(failing)}&many=12"))
        assert page.css("textarea#sql::text").get("") == failing
        assert page.css("input[name=many]::attr(value)").get() == "12"
        columns = page.css("details[open] dd::text").getall()
        assert any("code, name, users, score" in listed for listed in columns)
    told = words(refusal(site + path(query)))
    assert "no such column: usrs; did you mean `users`?" in told
    assert "did you mean `problems`?" in words(refusal(site + path("SELECT * FROM problem")))


def test_a_query_that_took_too_long_stays_in_its_box(site: str) -> None:
    for query in (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
        "SELECT replace(hex(zeroblob(200000000)), '0', 'x')",
        "WITH x(a) AS (SELECT replace(hex(zeroblob(200000)), '0', 'a')) "
        "SELECT instr(a || a, a || 'b') FROM x",
    ):  # fmt: skip
        page = Selector(refusal(site + path(query)))
        assert page.css("textarea#sql::text").get("") == query
        assert page.css(".message-error::text").get("").startswith("This query ")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("(1), (9), (2)", 2),
        ("(1), (2), (3), (10)", 2.5),
        ("(NULL), (5), ('x')", 5),
        ("(NULL)", None),
    ],
)
def test_median(values: str, expected: float | None, site: str) -> None:
    query = f"WITH t(x) AS (VALUES {values}) SELECT median(x) FROM t"
    assert json.loads(get(site + path(query, ".json")))["rows"] == [[expected]]
