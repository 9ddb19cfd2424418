"""data/: SPOJ's lists as files, and as the stand-in reads and serves them."""

import csv
import re
from html import unescape

import pytest

from spojscore_crawler.listing import parse_listing
from standin.pages import THEMES, markup
from standin.problems import DATA, DAYS, Entry, about, problems, source, votes_of
from standin.server import StandIn, serving

COLUMNS = ["id", "code", "name", "users", "acceptance", "votes_up", "votes_down"]


def test_the_lists_that_come_with_the_project() -> None:
    lists = {day: problems(day=day) for day in DAYS}
    assert {day: len(entries) for day, entries in lists.items()} == {
        "2012-05-08": 2186,
        "2025-05-31": 3971,
        "2025-08-26": 3974,
    }
    prime1 = {
        day: next(e.users for e in entries if e.code == "PRIME1") for day, entries in lists.items()
    }
    assert prime1 == {"2012-05-08": 7535, "2025-05-31": 82235, "2025-08-26": 83055}


def test_what_happened_between_them() -> None:
    first, second, third = ({entry.id: entry for entry in problems(day=day)} for day in DAYS)
    assert len(second.keys() - first.keys()) == 1847
    assert len(first.keys() - second.keys()) == 62
    both = first.keys() & second.keys()
    assert {id_ for id_ in both if first[id_].code != second[id_].code} == set()
    assert len([id_ for id_ in both if first[id_].name != second[id_].name]) == 7
    assert (len(third.keys() - second.keys()), len(second.keys() - third.keys())) == (3, 0)
    solves = [sum(entry.users for entry in one.values()) for one in (second, third)]
    assert solves[1] - solves[0] == 38744


@pytest.mark.parametrize("day", DAYS)
def test_the_shape_of_a_list(day: str) -> None:
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
        assert (row["votes_up"] == "") == (row["votes_down"] == "")
    assert source(day).startswith(f"data/{day}.csv, read ")
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| \[{day}\.csv\].*\| {len(rows):,} \|.*\| \S+ \|$", readme, re.MULTILINE)


def test_where_a_list_is_from() -> None:
    assert source("2025-05-31") == "data/2025-05-31.csv, read between 11 and 31 May 2025"
    with pytest.raises(KeyError):
        source("2025-06-01")


def test_the_votes_of_a_list_without_any_are_those_of_the_last_one_before_it() -> None:
    assert [votes_of(day) for day in DAYS] == [None, "2025-05-31", "2025-05-31"]
    may, august = ({e.code: e for e in problems(day=day)} for day in DAYS[1:])
    assert (august["TEST"].votes_up, august["TEST"].votes_down) == (378, 75)
    assert all(e.votes_up == may[e.code].votes_up for e in august.values() if e.code in may)
    assert august["CFONISMG"].votes_up is None  # which came later
    assert all(entry.votes_up is None for entry in problems(day="2012-05-08"))
    assert about("2025-08-26") == "SPOJ's list of 26 August 2025, with the votes of 31 May 2025"
    assert about("2012-05-08") == "SPOJ's list of 8 May 2012"


def test_the_first_of_a_list() -> None:
    assert [entry.code for entry in problems(3)] == ["TEST", "PRIME1", "SBSTR1"]
    assert problems(0) == []


@pytest.mark.parametrize(
    ("day", "theme", "notice"),
    [
        ("2012-05-08", "old", b"It serves SPOJ's list of 8 May 2012."),
        ("2025-08-26", "modern",
         b"It serves SPOJ's list of 26 August 2025, with the votes of 31 May 2025."),
    ],
)  # fmt: skip
def test_a_stand_in_of_a_day(day: str, theme: str, notice: bytes) -> None:
    with serving(StandIn.of_day(day)) as server:
        page = server.list_page(0)
        assert server.page == THEMES[theme]
        assert b"This is not SPOJ but a stand-in for tests and demonstrations. " + notice in page


def test_a_stand_in_of_other_problems_claims_nothing_of_them() -> None:
    with serving(StandIn([Entry(id=1, code="AB", name="Ab", users=1, acceptance=1.0)])) as server:
        assert b"for tests and demonstrations.</p>" in server.list_page(0)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("theme", THEMES)
def test_every_page_of_a_list_reads_as_its_rows(day: str, theme: str) -> None:
    entries = problems(day=day)
    listing = parse_listing(THEMES[theme](entries, 0, len(entries), len(entries), 0), "page")
    read = [(p.id, p.code, p.name, p.users, p.acceptance) for p in listing.problems]
    assert read == [(e.id, e.code, e.name, e.users, e.acceptance) for e in entries]
    if theme != "old":
        votes = [(problem.votes_up, problem.votes_down) for problem in listing.problems]
        assert votes == [(entry.votes_up, entry.votes_down) for entry in entries]


def test_the_old_theme_spells_what_its_encoding_lacks_as_references() -> None:
    names = ("Grandpa’s Rubik Cube", "Kompići", "A conjecture of Paul Erdős")
    entries = [entry for entry in problems(day="2012-05-08") if entry.name in names]
    page = THEMES["old"](entries, 0, 50, 3, 0)
    assert b"Grandpa&#8217;s Rubik Cube" in page
    assert "Kompići".encode("iso-8859-2") in page
    assert "Paul Erdős".encode("iso-8859-2") in page


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("Java vs C ++", "Java vs C &#43&#43"),
        ("Ohgas' Fortune", "Ohgas&#39 Fortune"),
        ("M&M Game", "M&M Game"),
        ('"Shortest" pair of paths', '"Shortest" pair of paths'),
        ("1+1; '9'", "1+1; '9&#39"),
        ("a &lt; <b>", "a &amp;lt; &lt;b&gt;"),
    ],
)
def test_names_are_spelt_as_spoj_does(name: str, spelt: str) -> None:
    entry = Entry(id=1, code="AB", name=name, users=1, acceptance=1.0)
    for theme in THEMES.values():
        page = theme([entry], 0, 50, 1, 0)
        assert parse_listing(page, "page").problems[0].name == name
    assert markup(name) == spelt
