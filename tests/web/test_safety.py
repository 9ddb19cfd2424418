"""The site in public: what can't be done to it, and what hostile names can do."""

import csv
import json
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.grown import HOSTILE
from tests.support.sites import get, path, refusal, words

NONSENSE = [
    "problems{}?_sort=x", "problems{}?_sort_desc=x", "problems{}?_through=x",
    "problems{}?_timelimit=x", "problems{}?users__gt=99999999999999999999",
    "problems{}?nocolumn__gt=99999999999999999999", "problems{}?_facet=%00",
    "problems{}?_where=%00", "problem_history{}?_next='+or+1",
    "latest_events{}?_next=99999999999999999999", f"problems{{}}?_facet=code&x={'x' * 4000}",
]  # fmt: skip


@pytest.mark.parametrize("asked", NONSENSE)
def test_nonsense_is_refused_with_a_sentence(asked: str, site: str) -> None:
    told = json.loads(refusal(f"{site}/spojscore/{asked.format('.json')}"))["error"]
    assert len(told.split()) > 3
    page = words(refusal(f"{site}/spojscore/{asked.format('')}"))
    assert told.replace("\0", "") in page  # which an HTML parser drops


def test_there_is_no_csv_of_everything(site: str) -> None:
    for query in ("", "?x=1"):
        told = refusal(f"{site}/spojscore.csv{query}")
        assert told == "There is no CSV of that. Each table and each question has one."


def test_an_address_that_names_a_format_stays_a_page(site: str) -> None:
    for page in ("/mine", "/static/solved.js"):
        assert get(f"{site}{page}?_format=csv") == get(site + page)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM problems", "PRAGMA user_version = 1", "ATTACH 'x.db' AS x", "VACUUM"]
)
def test_nothing_can_be_written(sql: str, site: str) -> None:
    assert "Statement must be a SELECT" in refusal(site + path(sql))


@pytest.mark.parametrize(
    "page", ["/", "/spojscore/problems", "/mine", "/nosuchpage", "/static/site.css", "/feed.atom",
             "/spojscore.json?sql=select+1", "/spojscore/problems.csv", "/-/messages",
             "/-/patterns"],
)  # fmt: skip
def test_every_answer_has_the_policy_and_no_cookie(page: str, site: str) -> None:
    try:
        with urlopen(Request(site + page, headers={"Cookie": "a=b"})) as response:
            headers = response.headers
    except HTTPError as error:
        headers = error.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Set-Cookie"] is None


SHOWN_ON = [
    "/", "/spojscore/problems?_q=X&_size=max", "/charts", "/spojscore/latest_events",
    "/spojscore/movers", "/spojscore/moved", "/spojscore/news", "/spojscore/events",
    *(f"/spojscore/problems/{code}" for code in HOSTILE),
]  # fmt: skip
TAGS = "script:not([src]), img, [onerror], [onload], [onmouseover], a[href*='evil']"


@pytest.mark.parametrize("page", SHOWN_ON)
def test_hostile_names_are_text_on_every_page(page: str, grown_site: str) -> None:
    shown = Selector(get(grown_site + page))
    assert shown.css(TAGS).getall() == []
    assert "49" not in shown.css("h1 ::text").getall()


@pytest.mark.parametrize("code", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is(code: str, grown_site: str) -> None:
    page = Selector(get(f"{grown_site}/spojscore/problems/{code}"))
    # An HTML parser has no place for these.
    expected = HOSTILE[code].replace("\x07", "").replace("\x0b", "")
    shown = "".join(page.css("h1 bdi ::text").getall()).replace("\x07", "").replace("\x0b", "")
    assert shown == expected


def test_json_has_hostile_names_as_they_are(grown_site: str) -> None:
    found = json.loads(get(f"{grown_site}/spojscore/problems.json?_size=max&_shape=array"))
    assert {row["code"]: row["name"] for row in found if row["code"] in HOSTILE} == HOSTILE


@pytest.mark.parametrize(
    "table", ["problems.csv?_size=max", "movers.csv?_size=max", "problems.csv?_size=max&_dl=1"]
)
def test_csv_holds_no_formula(table: str, grown_site: str) -> None:
    lines = list(csv.DictReader(get(f"{grown_site}/spojscore/{table}").splitlines(keepends=True)))
    names = {row["code"]: row["name"] for row in lines}
    for code in ("XFORMULA", "XPLUS", "XAT", "XMINUS", "XTAB"):
        assert names[code] == f"'{HOSTILE[code]}"
    assert names["XSCRIPT"] == HOSTILE["XSCRIPT"]
    assert names["STEADY"] == "Steady Climb"


def test_numbers_in_csv_stay_numbers(grown_site: str, grown: Path) -> None:
    lines = csv.DictReader(get(f"{grown_site}/spojscore/movers.csv?_size=max").splitlines())
    change = {row["code"]: row["score_7"] for row in lines if row["code"] == "STEADY"}
    [expected] = rows(grown, "SELECT score_7 FROM movers WHERE code = 'STEADY'")
    assert float(change["STEADY"]) == expected["score_7"] < 0
