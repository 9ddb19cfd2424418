"""My progress in a real browser: pasting problems and the results."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response, Route, expect

from tests.support.accessibility import WIDTHS, find_unreachable, overflow, violations
from tests.support.browsing import HEIGHT
from tests.support.databases import rows
from tests.support.mine import (
    LISTS,
    codes,
    message,
    open_mine,
    open_tab,
    paste,
    read_storage,
    store,
    undo,
)
from tests.support.sites import points_text

TEXT = (
    "https://www.spoj.com/problems/LEAVING/ and https://www.spoj.com/problems/NOSUCH/\nPRIME1 ONP"
)
PASTED_CODES = ["LEAVING", "PRIME1", "ONP"]


def test_paste_shows_points_and_next_problems(
    page: Page, listed_problems: dict[str, dict[str, Any]]
) -> None:
    open_mine(page)
    assert page.locator(".tiles").is_hidden()
    paste(page, TEXT)
    assert message(page) == (
        "Added 3 solved problems: LEAVING, PRIME1, ONP. No longer on SPOJ, so worth no points: "
        "LEAVING. Not classical SPOJ problems: NOSUCH."
    )
    assert read_storage(page, "solved") == PASTED_CODES
    assert page.locator("#add").is_hidden()
    solved_problems = [listed_problems[code] for code in PASTED_CODES if code in listed_problems]
    assert page.locator("#points").inner_text() == points_text(
        sum(row["score"] for row in solved_problems)
    )
    assert page.locator("#solved").inner_text() == "2"
    bands = sorted({row["band"] for row in listed_problems.values()})
    expect(page.locator("#bands .n")).to_have_text(
        [
            f"{sum(row['band'] == band for row in solved_problems)} / "
            f"{sum(row['band'] == band for row in listed_problems.values())}"
            for band in bands
        ]
    )
    # The first suggestion is visible without scrolling.
    first = page.locator("#suggested tbody tr").first.bounding_box()
    assert first
    assert first["y"] < HEIGHT


def test_map_and_curve_have_a_mark_per_solved_problem(mine: Page) -> None:
    total = mine.locator("#solved-note").inner_text().split()[1].rstrip(",")
    expect(mine.locator("#map")).to_have_attribute("aria-label", f"3 of {total} problems solved")
    squares = "paths => paths.flatMap((path) => path.getAttribute('d').match(/M/g) ?? []).length"
    for paths, number in ((":not(.rest, .tried)", 3), (".tried", 1)):
        assert mine.locator(f"#map path{paths}").evaluate_all(squares) == number
    assert mine.locator("#level-curve .dots").evaluate_all(squares) == 3


def test_nothing_leaves_the_browser(page: Page) -> None:
    requests: list[tuple[str, str, str | None]] = []
    page.on(
        "request", lambda request: requests.append((request.method, request.url, request.post_data))
    )
    open_mine(page, "/mine#solved=FCTRL2")
    page.get_by_role("button", name="Ignore").click()
    paste(page, TEXT)
    page.locator("#pick").click()
    open_tab(page, "Friends")
    page.locator("#friend-text").fill("AGGRCOW")
    page.get_by_role("button", name="Compare").last.click()
    page.locator("#friend").wait_for()
    addresses = [urlsplit(url) for _, url, _ in requests]
    paths = {address.path for address in addresses if not address.path.startswith("/static/")}
    assert paths - {"/favicon.ico"} == {"/mine", "/spojscore/everything.json"}
    assert {address.query for address in addresses} == {"", "_shape=arrays"}
    assert {(method, data) for method, _, data in requests} == {("GET", None)}
    assert page.context.cookies() == []


def test_scripts_are_small_and_preloaded(page: Page) -> None:
    scripts: list[Response] = []
    page.on(
        "response", lambda script: scripts.append(script) if script.url.endswith(".js") else None
    )
    open_mine(page)
    page.wait_for_load_state("networkidle")
    preloaded_urls = page.locator("link[rel=modulepreload], script[src]").evaluate_all(
        "all => all.map(one => one.href ?? one.src)"
    )
    assert {script.url for script in scripts} == set(preloaded_urls)
    assert sum(len(script.body()) for script in scripts) <= 45_000


def test_add_replace_and_undo(mine: Page) -> None:
    paste(mine, "FCTRL2 PRIME1")
    assert message(mine) == "Added 1 solved problem: FCTRL2; 1 was already on your list."
    assert read_storage(mine, "solved") == [*LISTS["solved"], "FCTRL2"]
    paste(mine, "AGGRCOW A1 A2 A3 A4 A5 A6 A7 A8", "Replace my list")
    assert message(mine) == (
        "Your list now has 1 solved problem. "
        "Not classical SPOJ problems: A1, A2, A3, A4, A5 and 3 more."
    )
    assert (read_storage(mine, "solved"), read_storage(mine, "tried")) == (["AGGRCOW"], [])
    undo(mine)
    assert message(mine) == "Undone."
    assert read_storage(mine, "solved") == [*LISTS["solved"], "FCTRL2"]
    paste(mine, "code,status\nONP,tried\nFCTRL,tried\n")
    assert message(mine) == "Added 1 tried problem: FCTRL; 1 was already on your list."
    assert read_storage(mine, "solved") == [*LISTS["solved"], "FCTRL2"]
    assert read_storage(mine, "tried") == ["ADDREV", "FCTRL"]
    paste(mine, "ADDREV")
    assert read_storage(mine, "tried") == ["FCTRL"]
    paste(mine, "ADDREV ONP")
    assert message(mine) == "Already on your list: ADDREV, ONP."
    assert mine.get_by_role("button", name="Undo").count() == 0


def test_unreachable_goal_suggests_what_to_change(mine: Page) -> None:
    mine.locator("#goal").fill("1000")
    note = mine.locator("#fewest-note")
    expect(note).to_have_text(re.compile(r"^Only .+ above; choose Hard for more points\.$"))
    mine.get_by_role("radio", name="Hard").check(force=True)
    expect(note).to_have_text(re.compile(r"^Only .+ above; (include|set) "))
    mine.locator("#goal").fill("")
    number, unit = mine.locator("#goal-count"), mine.locator("#goal-note")
    for name in ("Easy", "Moderate", "Hard"):
        mine.get_by_role("radio", name=name).check(force=True)
        is_short = note.inner_text().startswith("Only ")
        assert (number.inner_text() == "\N{EN DASH}") == is_short
        assert ("see Next" in unit.inner_text()) != is_short


def test_words_are_added_on_confirmation(page: Page) -> None:
    open_mine(page)
    paste(page, "I like onp, fctrl2 and addrev")
    assert message(page) == "Couldn’t tell codes from words. Pick yours below."
    assert read_storage(page, "solved") is None
    page.get_by_role("button", name="+ FCTRL2").click()
    assert read_storage(page, "solved") == ["FCTRL2"]
    assert page.evaluate("document.activeElement.textContent").startswith("+ ADDREV")
    page.get_by_role("button", name="Add all 2").click()
    assert read_storage(page, "solved") == ["FCTRL2", "ONP", "ADDREV"]


def test_text_without_codes_changes_nothing(mine: Page) -> None:
    for text, expected in {
        "https://www.spoj.com/users/kosaksi/": "can’t fetch profiles",
        "hello world": "No SPOJ problem codes found.",
        " \n ": "Paste something first.",
    }.items():
        paste(mine, text, "Replace my list")
        assert expected in message(mine)
        assert mine.locator("#mine-text").input_value() == text
        assert read_storage(mine, "solved") == LISTS["solved"]


def test_checkbox_marks_solved_and_undo_reverts(mine: Page) -> None:
    mine.get_by_role("radio", name="Easy").check(force=True)
    assert len(codes(mine, "suggested")) == 10
    mine.locator("#suggested + .more button").click()
    assert len(codes(mine, "suggested")) == 20
    code = codes(mine, "suggested")[0]
    mine.locator(f"#suggested tr[data-code={code}] .mark").click()
    assert read_storage(mine, "solved") == [*LISTS["solved"], code]
    assert message(mine) == f"Added {code}."
    assert code not in codes(mine, "suggested")
    undo(mine)
    assert read_storage(mine, "solved") == LISTS["solved"]


def test_list_of_problems_is_not_available(page: Page) -> None:
    page.route("**/everything.json*", lambda route: route.fulfill(json={"rows": 0}))
    page.goto("/mine")
    page.get_by_text("is not available").wait_for()
    assert page.get_by_role("button", name="Add to my list").is_disabled()


def test_text_pasted_before_the_list_arrives_stays(page: Page) -> None:
    def answer(route: Route) -> None:
        page.locator("#mine-text").fill("ONP")
        route.continue_()

    page.route("**/everything.json*", answer)
    page.goto("/mine")
    page.get_by_role("button", name="Add to my list").click()
    page.locator("#message p").wait_for()
    assert read_storage(page, "solved") == ["ONP"]


def test_all_problems_at_once(full_page: Page, full_database: Path) -> None:
    all_problems = rows(full_database)
    open_mine(full_page)
    text = " ".join(row["code"] for row in all_problems)
    full_page.locator("#mine-text").evaluate("(box, text) => { box.value = text; }", text)
    full_page.get_by_role("button", name="Add to my list").click()
    expect(full_page.locator("#solved")).to_have_text("3,974")
    assert full_page.locator("#points").inner_text() == points_text(
        sum(row["score"] for row in all_problems)
    )
    assert full_page.locator("#next-note").inner_text().startswith("Nothing left")
    open_tab(full_page, "List")
    full_page.locator("#whole-list").get_by_role("button", name="Show all").click()
    expect(full_page.locator("#whole-list li")).to_have_count(3974)


def test_tabs_are_accessible_and_fit(page: Page) -> None:
    store(page, **LISTS, friends={"Ann": ["AGGRCOW", "ONP"]})
    open_mine(page, "/mine#solved=FCTRL2")
    paste(page, "AGGRCOW and maybe fctrl")
    for name in ("Next", "Progress", "List", "Friends"):
        open_tab(page, name)
        for summary in page.locator("main details:not([open]) > summary:visible").all():
            summary.click()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            assert overflow(page) == 0, f"{width} pixels"
        assert violations(page) == []
        page.emulate_media(color_scheme="dark" if name == "Next" else "light")
    assert violations(page, runOnly=["color-contrast"]) == []


def test_keyboard_only(page: Page) -> None:
    open_mine(page)
    page.locator("#mine-text").focus()
    page.keyboard.type("ONP")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#message p").wait_for()
    assert page.evaluate("document.activeElement.id") == "open-add"
    focusable = "main :is(a[href], button:not([tabindex]), select, summary, input[type=number])"
    assert find_unreachable(page, focusable) == set()
    page.get_by_role("tab", selected=True).focus()
    for name, key in (("Progress", "ArrowRight"), ("Next", "ArrowLeft"), ("Friends", "ArrowLeft")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == name
        page.get_by_role("tabpanel", name=name).wait_for()
