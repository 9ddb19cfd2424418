"""The lists in data/, and the pages that the stand-in renders from them."""

import csv
import re
from html import unescape

import pytest

from spojscore_crawler.history import DATA
from standin.pages import THEMES, escape_name
from standin.problems import DAYS
from standin.server import StandIn, serving

COLUMNS = ["id", "code", "name", "users", "acceptance", "votes_up", "votes_down"]


@pytest.mark.parametrize("day", DAYS)
def test_lists_are_well_formed(day: str) -> None:
    with (DATA / f"{day}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        assert reader.fieldnames == COLUMNS
    ids = [int(row["id"]) for row in rows]
    assert ids == sorted(set(ids))
    assert len({row["code"] for row in rows}) == len(rows)
    for row in rows:
        assert re.fullmatch(r"[A-Z0-9_]{2,14}", row["code"])
        assert row["name"] == row["name"].strip() == unescape(row["name"]) != ""
        assert row["name"].isprintable()
        assert row["users"].isdecimal()
        assert 0 <= float(row["acceptance"]) <= 100
        assert row["votes_up"].isdecimal() == row["votes_down"].isdecimal()


@pytest.mark.parametrize(("day", "theme"), [("2012-05-08", "old"), ("2025-08-26", "modern")])
def test_standin_of_a_day(day: str, theme: str) -> None:
    with serving(StandIn.for_day(day)) as server:
        assert server.render_page == THEMES[theme]
        assert f"serves SPOJ's list of {day}." in server.list_page(0).decode()
        server.problems = server.problems[:100]
        assert server.list_page(100) == server.list_page(50)  # the last page


@pytest.mark.parametrize(
    ("name", "markup"),
    [
        ("Java vs C ++", "Java vs C &#43&#43"), ("M&M Game", "M&M Game"),
        ("1+1; '9'", "1+1; '9&#39"), ("a &lt; <b>", "a &amp;lt; &lt;b&gt;"),
    ],
)  # fmt: skip
def test_names_in_spojs_markup(name: str, markup: str) -> None:
    assert escape_name(name) == markup
    assert unescape(re.sub(r"(&#\d+)", r"\1;", markup)) == name
