"""My progress in a real browser: pasting problems and the results."""

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, Route, expect
from pytest_playwright import CreateContextCallback

from tests.support.accessibility import check_page, find_unreachable
from tests.support.browsing import HEIGHT
from tests.support.databases import Row, rows
from tests.support.mine import (
    LISTS,
    codes,
    message,
    open_mine,
    open_tab,
    paste,
    read_storage,
    store,
)
from tests.support.sites import points_text

TEXT = (
    "https://www.spoj.com/problems/LEAVING/ and https://www.spoj.com/problems/NOSUCH/\nPRIME1 ONP"
)
PASTED_CODES = ["LEAVING", "PRIME1", "ONP"]


def test_paste_shows_points_and_next_problems(page: Page, listed_problems: dict[str, Row]) -> None:
    open_mine(page)
    assert page.locator(".tiles").is_hidden()
    paste(page, TEXT)
    assert message(page) == (
        "Added 3 solved problems: LEAVING, PRIME1, ONP. No longer on SPOJ, so worth no points: "
        "LEAVING. Not classical SPOJ problems: NOSUCH."
    )
    assert read_storage(page, "solved") == PASTED_CODES
    assert page.locator("#add").is_hidden()
    own = [listed_problems[code] for code in PASTED_CODES if code in listed_problems]
    assert page.locator("#points").inner_text() == points_text(sum(row["score"] for row in own))
    assert page.locator("#solved").inner_text() == "2"
    lists = (own, listed_problems.values())
    solved, total = (Counter(row["band"] for row in problems) for problems in lists)
    texts = [f"{solved[band]} / {total[band]}" for band in sorted(total)]
    expect(page.locator("#bands .n")).to_have_text(texts)
    # The first suggestion is visible without scrolling.
    first = page.locator("#suggested tbody tr").first.bounding_box()
    assert first
    assert first["y"] < HEIGHT


def test_mark_solved_and_undo(mine: Page) -> None:
    total = mine.locator("#solved-note").inner_text().split()[1].rstrip(",")
    expect(mine.locator("#map")).to_have_attribute("aria-label", f"3 of {total} problems solved")
    squares = "paths => paths.flatMap((path) => path.getAttribute('d').match(/M/g) ?? []).length"
    for paths, number in ((":not(.rest, .tried)", 3), (".tried", 1)):
        assert mine.locator(f"#map path{paths}").evaluate_all(squares) == number
    assert mine.locator("#level-curve .dots").evaluate_all(squares) == 3
    mine.get_by_role("radio", name="Easy").check(force=True)
    assert len(codes(mine, "suggested")) == 10
    mine.locator("#suggested + .more button").click()
    assert len(codes(mine, "suggested")) == 20
    code = codes(mine, "suggested")[0]
    mine.locator(f"#suggested tr[data-code={code}] .mark").click()
    assert read_storage(mine, "solved") == [*LISTS["solved"], code]
    assert message(mine) == f"Added {code}."
    assert code not in codes(mine, "suggested")
    expect(mine.locator("#map")).to_have_attribute("aria-label", f"4 of {total} problems solved")
    mine.get_by_role("button", name="Undo").click()
    assert read_storage(mine, "solved") == LISTS["solved"]


def test_nothing_leaves_the_browser(page: Page) -> None:
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108
    open_mine(page, "/mine#solved=FCTRL2")
    page.wait_for_load_state("networkidle")
    preloaded = page.locator("link[rel=modulepreload], script[src]").evaluate_all(
        "all => all.map(element => element.href ?? element.src)"
    )
    scripts = [request for request in requests if request.url.endswith(".js")]
    assert {script.url for script in scripts} == set(preloaded)
    assert sum(script.sizes()["responseBodySize"] for script in scripts) <= 45_000
    page.get_by_role("button", name="Ignore").click()
    assert "#" not in page.url
    paste(page, TEXT)
    assert read_storage(page, "solved") == PASTED_CODES
    page.locator("#pick").click()
    open_tab(page, "Friends")
    page.locator("#friend-text").fill("AGGRCOW")
    page.get_by_role("button", name="Compare").last.click()
    page.locator("#friend").wait_for()
    addresses = [urlsplit(request.url) for request in requests]
    paths = {url.path for url in addresses if not url.path.startswith("/static/")}
    assert paths - {"/favicon.ico"} == {"/mine", "/spojscore/everything.json"}
    assert {url.query for url in addresses} == {"", "_shape=arrays"}
    assert {(request.method, request.post_data) for request in requests} == {("GET", None)}
    assert page.context.cookies() == []


def test_add_replace_and_undo(mine: Page) -> None:
    for text, expected in {
        "https://www.spoj.com/users/kosaksi/": "can’t fetch profiles",
        "hello world": "No SPOJ problem codes found.",
        " \n ": "Paste something first.",
    }.items():
        paste(mine, text, "Replace my list")
        assert expected in message(mine)
        assert mine.locator("#mine-text").input_value() == text
        assert read_storage(mine, "solved") == LISTS["solved"]
    paste(mine, "FCTRL2 PRIME1")
    assert message(mine) == "Added 1 solved problem: FCTRL2; 1 was already on your list."
    assert read_storage(mine, "solved") == [*LISTS["solved"], "FCTRL2"]
    paste(mine, "AGGRCOW A1 A2 A3 A4 A5 A6 A7 A8", "Replace my list")
    assert message(mine) == (
        "Your list now has 1 solved problem. "
        "Not classical SPOJ problems: A1, A2, A3, A4, A5 and 3 more."
    )
    assert read_storage(mine, "solved") == ["AGGRCOW"]
    assert read_storage(mine, "tried") == []
    mine.get_by_role("button", name="Undo").click()
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


def test_all_problems_at_once(
    new_context: CreateContextCallback, site: str, full_database: Path
) -> None:
    all_problems = rows(full_database)
    page = new_context(base_url=site).new_page()
    open_mine(page)
    text = " ".join(row["code"] for row in all_problems)
    page.locator("#mine-text").evaluate("(box, text) => { box.value = text; }", text)
    page.get_by_role("button", name="Add to my list").click()
    expect(page.locator("#solved")).to_have_text("3,974")
    assert page.locator("#points").inner_text() == points_text(
        sum(row["score"] for row in all_problems)
    )
    assert page.locator("#next-note").inner_text().startswith("Nothing left")
    open_tab(page, "List")
    page.locator("#whole-list").get_by_role("button", name="Show all").click()
    expect(page.locator("#whole-list li")).to_have_count(3974)


def test_tabs_are_accessible_and_fit(page: Page) -> None:
    store(page, **LISTS, friends={"Ann": ["AGGRCOW", "ONP"]})
    open_mine(page, "/mine#solved=FCTRL2")
    paste(page, "AGGRCOW and maybe fctrl")
    for name in ("Next", "Progress", "List", "Friends"):
        open_tab(page, name)
        for summary in page.locator("main details:not([open]) > summary:visible").all():
            summary.click()
        check_page(page)


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
