"""The lists in data/, and the pages that the stand-in renders from them."""

import csv
import re
from html import unescape

import pytest

from spojscore_crawler.history import DATA
from standin.pages import THEMES, markup
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


@pytest.mark.parametrize(
    ("day", "theme", "notice"),
    [
        ("2012-05-08", "old", b"It serves SPOJ's list of 8 May 2012."),
        ("2025-08-26", "modern", b"list of 26 August 2025, with the votes of 31 May 2025."),
    ],
)
def test_standin_of_a_day(day: str, theme: str, notice: bytes) -> None:
    with serving(StandIn.of_day(day)) as server:
        page = server.list_page(0)
        assert server.page == THEMES[theme]
        assert b"This is not SPOJ but a stand-in" in page
        assert notice in page


@pytest.mark.parametrize(
    ("name", "markup_"),
    [
        ("Java vs C ++", "Java vs C &#43&#43"), ("M&M Game", "M&M Game"),
        ("1+1; '9'", "1+1; '9&#39"), ("a &lt; <b>", "a &amp;lt; &lt;b&gt;"),
    ],
)  # fmt: skip
def test_names_in_spojs_markup(name: str, markup_: str) -> None:
    assert markup(name) == markup_
    assert unescape(re.sub(r"(&#\d+)", r"\1;", markup_)) == name
