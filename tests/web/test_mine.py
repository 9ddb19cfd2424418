"""My problems: the private page's whole story, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.support.databases import rows
from tests.support.looking import DESK, looking
from tests.support.projects import ROOT
from web.plugins.cells import points

PROFILE = ROOT.parent / "shared" / "spoj" / "pages" / "profile-2019-02-17.html"
LISTED = "SELECT * FROM problems WHERE delisted IS NULL"
PASTED = "prime1, STEADY https://www.spoj.com/problems/ONP/ LEAVING nosuch ONP"
MINE = ["PRIME1", "STEADY", "ONP"]


@pytest.fixture
def listed(grown: Path) -> dict[str, dict[str, Any]]:
    """What the list holds, by code."""
    return {row["code"]: row for row in rows(grown, LISTED)}


@pytest.fixture
def mine(page: Page) -> Page:
    """The page, after PASTED was."""
    page.goto("/mine")
    paste(page, PASTED)
    return page


def paste(page: Page, text: str, whose: str = "mine") -> None:
    page.locator(f"#{whose}-text").fill(text)
    page.locator(f"#{whose}-form button").first.click()


def told(page: Page, whose: str = "mine") -> str:
    return page.locator(f"#{whose}-told").inner_text()


def table(page: Page, name: str) -> list[list[str]]:
    """The cells of a table's body, as they are shown."""
    return [
        [" ".join(cell.split()) for cell in row.locator("td").all_inner_texts()]
        for row in page.locator(f"#{name} tbody tr").all()
    ]


def shown(row: dict[str, Any]) -> list[str]:
    """A row of a table of problems."""
    accepted = "" if row["acceptance"] is None else f"{row['acceptance']:g} %"
    worth = points(row["points_if_solved"])
    return [row["code"], " ".join(row["name"].split()), worth, accepted, f"{row['users']:,}"]


def worth_most(some: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(some, key=lambda row: (-row["points_if_solved"], row["code"]))


def test_what_is_pasted_is_worth(mine: Page, listed: dict[str, dict[str, Any]]) -> None:
    assert told(mine) == (
        "4 problems kept in this browser. Not classical problems of SPOJ: NOSUCH. "
        "No longer listed, so without points: LEAVING."
    )
    own = [listed[code] for code in MINE]
    assert mine.locator("#points").inner_text() == points(sum(row["score"] for row in own))
    assert mine.locator("#solved").inner_text() == f"3 of {len(listed)}"
    bands = sorted({row["band"] for row in listed.values()})
    assert table(mine, "bands") == [
        [
            f"{band[3:]} points",
            f"{sum(row['band'] == band for row in own)} of "
            f"{sum(row['band'] == band for row in listed.values())}",
            points(sum(row["score"] for row in own if row["band"] == band)),
        ]
        for band in bands
    ]


def test_what_was_lost_lately(mine: Page, grown: Path) -> None:
    moved = {row["code"]: row for row in rows(grown, "SELECT * FROM movers")}
    lost = [
        {code: -moved[code][f"score_{days}"] for code in MINE if moved[code][f"score_{days}"]}
        for days in (7, 30)
    ]
    assert all(lost)
    assert table(mine, "lost") == [
        *(
            [f"{days} days", points(sum(by.values())), max(by, key=lambda code: by[code])]
            for days, by in zip((7, 30), lost, strict=True)
        ),
        ["365 days", "not known yet", ""],
    ]


def test_nothing_leaves_the_browser(page: Page) -> None:
    asked: list[tuple[str, str, str | None]] = []
    page.on(
        "request",
        lambda request: asked.append(
            (request.method, urlsplit(request.url).path, request.post_data)
        ),
    )
    page.goto("/mine")
    paste(page, PASTED)
    paste(page, "AGGRCOW", "friend")
    page.locator("#another").click()
    page.locator("#contains").fill("secret")
    assert {path for _, path, _ in asked} - {"/favicon.ico"} == {
        "/mine", "/static/site.css", "/static/marks.js", "/static/mine.js", "/static/solved.js",
        "/spojscore/everything.json",
    }  # fmt: skip
    assert {(method, data) for method, _, data in asked} == {("GET", None)}
    assert page.context.cookies() == []


def test_it_survives_a_reload_and_marks_what_is_solved(mine: Page) -> None:
    paste(mine, "ADDREV ONP", "friend")
    before = mine.locator("#results").inner_text()
    mine.reload()
    mine.locator("#results").wait_for()
    assert told(mine) == "4 problems kept in this browser."
    assert (
        mine.locator("#results").inner_text().split()
        == before.replace("2 problems kept in this browser.", "").split()
    )
    assert mine.locator("#mine-text").input_value() == "PRIME1 STEADY ONP LEAVING"
    assert mine.locator("#friend-text").input_value() == "ADDREV ONP"
    mine.goto("/spojscore/problems?_size=max")
    marked = mine.locator("tr.solved").evaluate_all("rows => rows.map(row => row.dataset.code)")
    assert sorted(marked) == ["LEAVING", "ONP", "PRIME1", "STEADY"]
    assert mine.locator("tr[data-code=ONP] .mark").inner_text() == "✓ solved"
    mine.goto("/spojscore/problems/STEADY")
    assert mine.locator("h1 .mark").inner_text() == "✓ solved"
    mine.goto("/spojscore/problems/ADDREV")
    assert mine.locator("h1 .mark").count() == 0
    mine.goto("/spojscore/worth?codes=ONP,ADDREV")
    assert mine.locator("tr.solved td.col-code").all_inner_texts() == ["ONP ✓ solved"]


def test_one_button_forgets_all(mine: Page) -> None:
    paste(mine, "ADDREV", "friend")
    mine.get_by_role("button", name="Forget all").click()
    assert told(mine) == "Forgotten."
    assert mine.locator("#results").is_hidden()
    assert mine.evaluate("localStorage.length") == 0
    mine.reload()
    mine.locator("#keep:enabled").wait_for()
    assert mine.locator("#mine-text").input_value() == ""
    assert mine.locator("#results").is_hidden()
    mine.goto("/spojscore/problems?_size=max")
    assert mine.locator(".mark").count() == 0


def test_another_tab_forgets_and_is_told(mine: Page) -> None:
    other = mine.context.new_page()
    other.goto("/mine")
    other.locator("#results").wait_for()
    paste(other, "ONP")
    mine.get_by_text("1 of 137").first.wait_for()
    assert mine.locator("#mine-text").input_value() == "ONP"
    other.get_by_role("button", name="Forget all").click()
    mine.locator("#results").wait_for(state="hidden")
    assert mine.locator("#mine-text").input_value() == ""
    other.close()


def test_the_unsolved_ones_worth_most(mine: Page, listed: dict[str, dict[str, Any]]) -> None:
    unsolved = [row for row in listed.values() if row["code"] not in MINE]
    assert mine.locator("#unsolved-count").inner_text() == (
        f"{len(unsolved)} unsolved problems; the first 50 of them:"
    )
    assert table(mine, "unsolved") == [shown(row) for row in worth_most(unsolved)[:50]]
    mine.get_by_label("Code or name").fill("b")
    mine.get_by_label("Accepted, percent at least").fill("30")
    mine.get_by_label("Band").select_option("0.1 to 0.5 points")
    mine.get_by_label("Sort by").select_option("most solved")
    chosen = [
        row
        for row in unsolved
        if row["band"] == "c: 0.1 to 0.5"
        and (row["acceptance"] or 0) >= 30
        and "b" in f"{row['code']} {row['name']}".lower()
    ]
    assert chosen
    expected = sorted(chosen, key=lambda row: (-row["users"], row["code"]))
    assert table(mine, "unsolved") == [shown(row) for row in expected]
    mine.get_by_label("Sort by").select_option("accepted")
    expected = sorted(chosen, key=lambda row: (-row["acceptance"], row["users"], row["code"]))
    assert table(mine, "unsolved") == [shown(row) for row in expected]


def test_a_random_one_of_a_band(mine: Page, listed: dict[str, dict[str, Any]]) -> None:
    mine.get_by_label("Band").select_option("1 or more points")
    choice = {code for code, row in listed.items() if row["band"] == "a: 1 or more"} - {*MINE}
    assert len(choice) > 1
    drawn = set()
    for _ in range(60):
        mine.get_by_role("button", name="A random one").click()
        [[code, *_]] = table(mine, "random")
        drawn.add(code)
    assert drawn == choice
    mine.get_by_label("Code or name").fill("no such name")
    mine.get_by_role("button", name="A random one").click()
    assert table(mine, "random") == []
    assert mine.get_by_text("None left.").is_visible()


def test_fewest_problems_to_gain(mine: Page, listed: dict[str, dict[str, Any]]) -> None:
    best = worth_most([row for row in listed.values() if row["code"] not in MINE])
    mine.get_by_label("Sort by").select_option("most solved")
    goal = sum(row["points_if_solved"] for row in best[:3]) - 0.01
    mine.locator("#goal").fill(str(goal))
    gained = points(sum(row["points_if_solved"] for row in best[:3]))
    assert mine.locator("#fewest-count").inner_text() == f"3 problems for {gained} points"
    assert table(mine, "fewest") == [shown(row) for row in best[:3]]
    mine.locator("#goal").fill("1000")
    assert (
        mine.locator("#fewest-count")
        .inner_text()
        .endswith(" points: all there are, not enough; the first 50 of them:")
    )
    mine.locator("#goal").fill("")
    assert mine.locator("#fewest-count").inner_text() == "Type a number of points above 0."
    assert table(mine, "fewest") == []


def test_what_a_friend_has(mine: Page, listed: dict[str, dict[str, Any]]) -> None:
    paste(mine, "AGGRCOW ADDREV ONP steady WHATISIT", "friend")
    assert told(mine, "friend") == (
        "4 problems kept in this browser. Not classical problems of SPOJ: WHATISIT."
    )
    ahead = worth_most([listed["AGGRCOW"], listed["ADDREV"]])
    worth = points(sum(row["points_if_solved"] for row in ahead))
    assert mine.locator("#friend-count").inner_text() == (
        f"2 problems that your friend has and you have not, worth {worth} points to you"
    )
    assert table(mine, "friends") == [shown(row) for row in ahead]


def test_what_is_no_list_leaves_what_was_kept(mine: Page) -> None:
    paste(mine, "hello world")
    assert told(mine) == (
        "No code of a classical problem in there. Not classical problems of SPOJ: HELLO, WORLD."
    )
    assert mine.locator("#solved").inner_text().startswith("3 of ")
    paste(mine, "\N{GRINNING FACE} 1. 2.")
    assert told(mine) == "No code of a classical problem in there."
    paste(mine, " \n ")
    assert told(mine) == "Nothing to read: put codes, or the text of a profile, above."
    mine.reload()
    mine.locator("#results").wait_for()
    assert told(mine) == "4 problems kept in this browser."


def test_of_a_profile_only_the_list_counts(page: Page) -> None:
    """Made up, in the form of a profile's page as it is copied."""
    page.goto("/mine")
    paste(
        page,
        "TEST me\nJoined March 2016 ADDREV\nProblems\nList of solved classical problems:\n"
        "ONP\tPRIME1\tSTEADY\nNOSUCH\t\t\nTODO list of classical problems:\nAGGRCOW\n"
        "Online ads help us to maintain FCTRL",
    )
    assert told(page) == (
        "3 problems kept in this browser. Not classical problems of SPOJ: NOSUCH."
    )
    assert page.evaluate("localStorage['spojscore.solved']") == '["ONP","PRIME1","STEADY"]'


@pytest.mark.parametrize("between", [",", " ", ";", "\n"])
def test_addresses_count_as_their_codes(between: str, page: Page) -> None:
    page.goto("/mine")
    addresses = [
        "https://www.spoj.com/problems/ONP/", "http://spoj.com/problems/PRIME1",
        "https://www.spoj.com/status/STEADY,somebody/",
    ]  # fmt: skip
    paste(page, between.join(addresses))
    assert told(page) == "3 problems kept in this browser."


def test_a_browser_that_keeps_nothing(page: Page) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    page.goto("/mine")
    paste(page, "ONP")
    assert told(page) == (
        "1 problem read. This browser keeps nothing: it is gone when you leave the page."
    )
    assert page.locator("#solved").inner_text().startswith("1 of ")


def test_a_list_that_can_not_be_had_is_told(page: Page) -> None:
    page.route("**/everything.json*", lambda route: route.fulfill(status=404))
    page.goto("/mine")
    page.get_by_text("The list of problems could not be had (status 404): reload").wait_for()
    assert page.locator("#keep").is_disabled()


def test_what_is_pasted_before_the_list_is_there_stays(page: Page) -> None:
    def late(route: Route) -> None:
        page.locator("#mine-text").fill("STEADY")
        route.continue_()

    page.route("**/static/mine.js", late)
    page.goto("/mine")
    page.locator("#keep").click()
    assert told(page) == "1 problem kept in this browser."
    page.goto("/")
    page.goto("/mine")
    page.locator("#keep").click()
    assert told(page) == "1 problem kept in this browser."


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/mine")
    page.locator("#keep:enabled").wait_for()
    page.locator("#mine-text").focus()
    page.keyboard.type("ONP")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert told(page) == "1 problem kept in this browser."
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert told(page) == "Forgotten."


@pytest.fixture
def whole(browser: Browser, site: str) -> Iterator[Page]:
    """My problems over the whole list."""
    with looking(browser, site, DESK) as page:
        page.goto("/mine")
        yield page


def test_all_problems_at_once(whole: Page, crawled: Path) -> None:
    every = rows(crawled)
    paste(whole, " ".join(row["code"] for row in every))
    assert told(whole) == "3,974 problems kept in this browser."
    assert whole.locator("#solved").inner_text() == "3,974 of 3,974"
    assert whole.locator("#points").inner_text() == points(sum(row["score"] for row in every))
    assert whole.locator("#unsolved-count").inner_text() == "0 unsolved problems"
    whole.reload()
    whole.locator("#results").wait_for()
    assert whole.locator("#solved").inner_text() == "3,974 of 3,974"


@pytest.mark.skipif(not PROFILE.exists(), reason="shared/spoj is not here")
def test_the_text_of_a_real_profile(whole: Page, browser: Browser, crawled: Path) -> None:
    """Copied from the page as a visitor does."""
    html = PROFILE.read_text(errors="replace")
    solved = set(re.findall(r'href="/status/([A-Z0-9_]+),kosaksi/"', html))
    context = browser.new_context(java_script_enabled=False, offline=True)
    profile = context.new_page()
    profile.set_content(html)
    text = profile.inner_text("body")
    context.close()
    assert "World Rank" in text
    paste(whole, text)
    assert len(solved) == 70
    assert solved <= {row["code"] for row in rows(crawled)}
    assert whole.locator("#solved").inner_text() == "70 of 3,974"
    assert told(whole) == "70 problems kept in this browser."
