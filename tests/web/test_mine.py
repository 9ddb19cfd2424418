"""My problems: the private page's whole story, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.databases import rows
from tests.support.looking import DESK, looking
from tests.support.mine import LISTED, PROFILE, codes, kept, paste, table, told, with_columns
from web.plugins.cells import points

PASTED = "PRIME1, STEADY ONP\nhttps://www.spoj.com/problems/LEAVING/ https://www.spoj.com/problems/NOSUCH/\nONP"
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
    # STEADY's name begins with that word: it takes a click.
    page.get_by_role("button", name="STEADY").click()
    return page


def test_what_is_pasted_is_worth(page: Page, listed: dict[str, dict[str, Any]]) -> None:
    page.goto("/mine")
    assert page.locator("#progress").is_hidden()
    paste(page, PASTED)
    assert told(page) == (
        "Read from links, codes: 3 solved problems. No longer listed, so without points: LEAVING. "
        "Not classical problems of SPOJ: NOSUCH."
    )
    assert page.locator("#mine-text").input_value() == ""
    assert kept(page, "solved") == ["LEAVING", "PRIME1", "ONP"]
    page.get_by_role("button", name="+ STEADY Steady Climb").click()
    assert page.locator("#mine-perhaps").is_hidden()
    own = [listed[code] for code in MINE]
    assert page.locator("#points").inner_text() == points(sum(row["score"] for row in own))
    assert page.locator("#solved").inner_text() == f"3 of {len(listed)}"
    bands = sorted({row["band"] for row in listed.values()})
    assert table(page, "bands") == [
        [
            f"{band[3:]} points",
            f"{sum(row['band'] == band for row in own)} of "
            f"{sum(row['band'] == band for row in listed.values())}",
            points(sum(row["score"] for row in own if row["band"] == band)),
        ]
        for band in bands
    ]


def test_what_was_lost_lately(page: Page) -> None:
    lost = {"PRIME1": 0.003, "STEADY": 0.25, "ONP": 0.002}
    with_columns(page, score_7=lambda code: -lost.get(code, 0), score_30=lambda _: 0)
    page.goto("/mine")
    paste(page, PASTED)
    page.get_by_role("button", name="STEADY").click()
    assert table(page, "lost") == [
        ["7 days", points(0.255), "STEADY"],
        ["30 days", "0", ""],
        ["365 days", "not known yet", ""],
    ]


def test_nothing_leaves_the_browser(page: Page) -> None:
    asked: list[tuple[str, str, str, str | None]] = []
    page.on(
        "request",
        lambda request: asked.append(
            (request.method, urlsplit(request.url).path, urlsplit(request.url).query,
             request.post_data)
        ),
    )  # fmt: skip
    page.goto("/mine#solved=FCTRL2")
    page.get_by_role("button", name="Ignore").click()
    paste(page, PASTED)
    paste(page, "AGGRCOW", "add-friend")
    page.locator("#pick").click()
    page.get_by_label("Moderate").check()
    page.keyboard.press("Enter")
    page.locator("#goal").press("Enter")
    scripts = {path for _, path, _, _ in asked if path.endswith(".js")}
    assert {path for _, path, _, _ in asked} - {"/favicon.ico"} - scripts == {
        "/mine", "/static/site.css", "/static/mine.css", "/spojscore/everything.json",
    }  # fmt: skip
    assert {(method, query, data) for method, _, query, data in asked} == {
        ("GET", "", None), ("GET", "_shape=arrays", None),
    }  # fmt: skip
    assert page.context.cookies() == []


def test_scripts_come_at_once(page: Page) -> None:
    """Each module is told in the page's head, so that none waits for another to name it."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto("/mine")
    page.locator("#add-mine:enabled").wait_for()
    told = page.locator("link[rel=modulepreload], script[src]").evaluate_all(
        "all => all.map(one => new URL(one.href ?? one.src).pathname)"
    )
    assert {path for path in asked if path.endswith(".js")} == set(told)


def test_adding_replacing_and_taking_it_back(mine: Page) -> None:
    paste(mine, "FCTRL2 PRIME1")
    assert kept(mine, "solved") == ["LEAVING", "PRIME1", "ONP", "STEADY", "FCTRL2"]
    paste(mine, "AGGRCOW", "replace-mine")
    assert kept(mine, "solved") == ["AGGRCOW"]
    mine.get_by_role("button", name="Undo").click()
    assert told(mine) == "Undone."
    assert kept(mine, "solved") == ["LEAVING", "PRIME1", "ONP", "STEADY", "FCTRL2"]
    paste(mine, "code,status\nONP,tried\nADDREV,tried\n")
    # What is solved stays so.
    assert kept(mine, "solved") == ["LEAVING", "PRIME1", "ONP", "STEADY", "FCTRL2"]
    assert kept(mine, "tried") == ["ADDREV"]
    assert mine.locator("#tried").inner_text() == "1"
    paste(mine, "ADDREV")
    assert kept(mine, "tried") == []


def test_todays_lists_of_older_versions_are_read(page: Page) -> None:
    page.goto("/api")
    page.evaluate(
        """localStorage.setItem("spojscore.solved", '["ONP","OLDCODE","PRIME1"]');
           localStorage.setItem("spojscore.friend", '["AGGRCOW"]')"""
    )
    page.goto("/mine")
    page.locator("#progress").wait_for()
    assert page.locator("#solved").inner_text().startswith("2 of ")
    assert codes(page, "friends") == ["AGGRCOW"]
    paste(page, "FCTRL2")
    assert kept(page, "solved") == ["ONP", "OLDCODE", "PRIME1", "FCTRL2"]


def test_each_code_that_was_read_can_be_removed(mine: Page) -> None:
    mine.get_by_text("What was read: 4 problems").click()
    chips = mine.locator("#read-list li")
    assert chips.locator("a").all_inner_texts() == ["LEAVING", "PRIME1", "ONP", "STEADY"]
    mine.locator("#read-list").get_by_role("button", name="Remove ONP").focus()
    mine.keyboard.press("Enter")
    assert mine.evaluate("document.activeElement.ariaLabel") == "Remove STEADY"
    assert kept(mine, "solved") == ["LEAVING", "PRIME1", "STEADY"]
    mine.reload()
    mine.get_by_text("All that is on it").click()
    assert mine.locator("#whole-list a").all_inner_texts() == ["LEAVING", "PRIME1", "STEADY"]
    mine.locator("#whole-list").get_by_role("button", name="Remove LEAVING").click()
    assert kept(mine, "solved") == ["PRIME1", "STEADY"]


def test_all_that_is_perhaps_meant_is_kept_by_one_click(page: Page) -> None:
    page.goto("/mine")
    paste(page, "onp fctrl2 addrev")
    assert told(page) == "No word in there is sure to be a code."
    assert kept(page, "solved") is None
    page.get_by_role("button", name="+ FCTRL2").click()
    assert kept(page, "solved") == ["FCTRL2"]
    page.get_by_role("button", name="Keep all 2").click()
    assert kept(page, "solved") == ["FCTRL2", "ONP", "ADDREV"]
    assert page.get_by_text("What was read: 3 problems").is_visible()


def test_an_address_alone_says_what_to_do(page: Page) -> None:
    page.goto("/mine")
    paste(page, "https://www.spoj.com/users/kosaksi/")
    assert told(page) == (
        "This page asks no other site. Open kosaksi’s profile, select all "
        "(Ctrl+A), copy (Ctrl+C) and paste it here."
    )
    profile = page.get_by_role("link", name="kosaksi’s profile")
    assert profile.get_attribute("href") == "https://www.spoj.com/users/kosaksi/"
    assert page.locator("#progress").is_hidden()


def test_what_is_no_list_leaves_what_was_kept(mine: Page) -> None:
    before = kept(mine, "solved")
    paste(mine, "hello world", "replace-mine")
    assert told(mine) == "No classical problem of SPOJ in there."
    assert mine.locator("#mine-text").input_value() == "hello world"
    paste(mine, "HELLO", "replace-mine")
    assert told(mine) == (
        "No classical problem of SPOJ in there. Not classical problems of SPOJ: HELLO."
    )
    paste(mine, " \n ")
    assert told(mine) == "Nothing to read. Paste something first."
    assert kept(mine, "solved") == before


def test_it_survives_a_reload(mine: Page) -> None:
    paste(mine, "ADDREV ONP", "add-friend")
    before = [table(mine, name) for name in ("suggested", "way", "bands", "lost", "friends")]
    assert all(before)
    mine.reload()
    mine.locator("#progress").wait_for()
    after = [table(mine, name) for name in ("suggested", "way", "bands", "lost", "friends")]
    assert after == before
    assert mine.locator("#add[open]").count() == 0


def test_one_button_forgets_all(mine: Page) -> None:
    paste(mine, "ADDREV", "add-friend")
    mine.get_by_role("button", name="Forget all").click()
    assert told(mine) == "Forgotten."
    assert mine.locator("#progress").is_hidden()
    assert mine.evaluate("localStorage.length") == 0
    mine.reload()
    mine.locator("#add[open] #add-mine:enabled").wait_for()
    assert mine.locator("#progress").is_hidden()
    assert mine.locator("#forget").is_disabled()


def test_what_was_forgotten_by_mistake_comes_back(mine: Page) -> None:
    before = kept(mine, "solved")
    mine.get_by_role("button", name="Forget all").click()
    mine.get_by_role("button", name="Undo").click()
    assert kept(mine, "solved") == before
    assert mine.locator("#solved").inner_text().startswith("3 of ")


def test_another_tab_forgets_and_is_told(mine: Page) -> None:
    other = mine.context.new_page()
    other.goto("/mine")
    other.locator("#progress").wait_for()
    paste(other, "ONP", "replace-mine")
    mine.get_by_text("1 of 137").first.wait_for()
    other.get_by_role("button", name="Forget all").click()
    mine.locator("#progress").wait_for(state="hidden")
    other.close()


def test_what_a_friend_has(mine: Page, listed: dict[str, dict[str, Any]]) -> None:
    paste(mine, "AGGRCOW ADDREV ONP steady WHATISIT", "add-friend")
    assert told(mine, "friend") == (
        "Read from codes: 3 solved problems. Not classical problems of SPOJ: WHATISIT."
    )
    assert mine.get_by_role("button", name="+ STEADY").is_visible()
    ahead = sorted(
        (listed["AGGRCOW"], listed["ADDREV"]), key=lambda row: -float(row["points_if_solved"])
    )
    worth = points(sum(row["points_if_solved"] for row in ahead))
    assert mine.locator("#friend-count").inner_text() == (
        f"2 problems that your friend has and you have not, worth {worth} points to you."
    )
    assert codes(mine, "friends") == [row["code"] for row in ahead]
    assert kept(mine, "friend") == ["AGGRCOW", "ADDREV", "ONP"]


def test_a_browser_that_keeps_nothing(page: Page) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    page.goto("/mine")
    paste(page, "ONP")
    assert told(page) == (
        "Read from codes: 1 solved problem. This browser keeps nothing: it is gone when you leave "
        "the page."
    )
    assert page.locator("#solved").inner_text().startswith("1 of ")


def test_a_list_that_is_not_available_is_told(page: Page) -> None:
    page.route("**/everything.json*", lambda route: route.fulfill(status=404))
    page.goto("/mine")
    page.get_by_text("The list of problems is not available (status 404). Reload").wait_for()
    assert page.locator("#add-mine").is_disabled()


def test_what_is_pasted_before_the_list_is_there_stays(page: Page) -> None:
    page.goto("/mine")
    paste(page, "FCTRL2")

    def late(route: Route) -> None:
        page.locator("#add > summary").click()
        page.locator("#mine-text").fill("ONP")
        route.continue_()

    page.route("**/everything.json*", late)
    page.goto("/mine")
    page.locator("#add-mine:enabled").click()
    assert kept(page, "solved") == ["FCTRL2", "ONP"]


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/mine")
    page.locator("#add-mine:enabled").wait_for()
    page.locator("#mine-text").focus()
    page.keyboard.type("ONP")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert told(page) == "Read from codes: 1 solved problem."
    assert page.evaluate("document.activeElement.textContent") == "Add problems"
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML"))
    needed = page.locator(
        "main :is(a, button, input:not([type=radio]), select, textarea, summary)"
        ":visible:not(:disabled)"
    ).evaluate_all("all => all.map(one => one.outerHTML)")
    assert len(needed) > 20
    assert set(needed) <= reached


def test_the_sections_are_a_jump_away_and_the_page_is_short(mine: Page) -> None:
    paste(mine, "ADDREV", "add-friend")
    for link in mine.locator(".jump a").all():
        link.click()
        target = mine.locator(f"{link.get_attribute('href')} > :is(h2, h3)").first
        assert target.is_visible()
    mine.reload()
    mine.locator("#progress").wait_for()
    assert mine.evaluate("document.documentElement.scrollHeight") < 6000


@pytest.fixture
def whole(browser: Browser, site: str) -> Iterator[Page]:
    """My problems over the whole list."""
    with looking(browser, site, DESK) as page:
        page.goto("/mine")
        yield page


def test_all_problems_at_once(whole: Page, crawled: Path) -> None:
    every = rows(crawled)
    lines = "code,status\n" + "".join(f"{row['code']},solved\n" for row in every)
    # Chromium takes its time to insert so many lines.
    whole.locator("#mine-text").evaluate("(box, text) => { box.value = text; }", lines)
    whole.locator("#add-mine").click()
    assert told(whole) == "Read from a table: 3,974 solved problems."
    assert whole.locator("#solved").inner_text() == "3,974 of 3,974"
    assert whole.locator("#points").inner_text() == points(sum(row["score"] for row in every))
    assert whole.locator("#next-count").inner_text() == "None left. Choose another topic."
    whole.get_by_text("All that is on it").click()
    shown = whole.locator("#whole-list li")
    expect(shown).to_have_count(61)
    whole.get_by_role("button", name="Show all 3,974").last.click()
    expect(shown).to_have_count(3974)
    whole.reload()
    whole.locator("#progress").wait_for()
    assert whole.locator("#solved").inner_text() == "3,974 of 3,974"


@pytest.mark.skipif(not PROFILE.exists(), reason="shared/spoj is not here")
def test_a_real_profile_is_added(whole: Page, crawled: Path) -> None:
    paste(whole, PROFILE.read_text(errors="replace"))
    solved = kept(whole, "solved") or []
    assert 5 < len(solved) <= 70
    assert set(solved) <= {row["code"] for row in rows(crawled)}
    assert whole.locator("#solved").inner_text() == f"{len(solved)} of 3,974"
