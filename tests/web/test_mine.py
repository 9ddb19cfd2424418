"""My progress, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.support.databases import rows
from tests.support.looking import DESK, PHONE, looking, overflow, violations
from tests.support.mine import (
    LISTED,
    PROFILE,
    codes,
    message,
    open_mine,
    paste,
    store,
    stored,
    table,
    with_columns,
)
from tests.support.sites import shown

TEXT = (
    "https://www.spoj.com/problems/LEAVING/ and https://www.spoj.com/problems/NOSUCH/\nPRIME1 ONP"
)
MINUS = "\N{MINUS SIGN}"
MINE = ["LEAVING", "PRIME1", "ONP"]
LISTS = {"solved": ["STEADY", "ONP", "PRIME1"], "tried": ["ADDREV"]}
DAMAGED = {
    "solved": ["ONP", 7, None, "<b>", "x" * 99, {}],
    "tried": {"ONP": 1},
    "friends": {"Ann": ["ONP", 1], "Bob": "ONP", "": ["ONP"]},
    "days": {"base": 7, "last": {"day": "x"}, "days": [{"day": "2026-01-02"}, None, 3]},
    "hide": "yes",
}


@pytest.fixture
def listed(grown: Path) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in rows(grown, LISTED)}


@pytest.fixture
def mine(page: Page) -> Page:
    """The page of a visitor with LISTS."""
    store(page, **LISTS)
    open_mine(page)
    return page


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    page.get_by_role("tabpanel", name=name).wait_for()


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo").click()


def test_paste_shows_worth_and_next_problems(page: Page, listed: dict[str, dict[str, Any]]) -> None:
    open_mine(page)
    assert page.locator(".tiles").is_hidden()
    paste(page, TEXT)
    assert message(page) == (
        "Added 3 solved problems. Removed from SPOJ, so without points: LEAVING. "
        "Not classical problems of SPOJ: NOSUCH."
    )
    assert stored(page, "solved") == MINE
    assert page.locator("#add").is_hidden()
    own = [listed[code] for code in MINE if code in listed]
    assert page.locator("#points").inner_text() == shown(sum(row["score"] for row in own))
    assert page.locator("#solved").inner_text() == "2"
    bands = sorted({row["band"] for row in listed.values()})
    assert page.locator("#bands .n").all_inner_texts() == [
        f"{sum(row['band'] == band for row in own)} / "
        f"{sum(row['band'] == band for row in listed.values())}"
        for band in bands
    ]
    # The answer is in sight.
    first = page.locator("#suggested tbody tr").first.bounding_box()
    assert first
    assert first["y"] < 844


def test_map_and_curve_have_a_mark_per_solved_problem(mine: Page) -> None:
    squares = "path => (path.getAttribute('d').match(/M/g) ?? []).length"
    paths = mine.locator("#map path:not(.rest, .tried)")
    assert sum(paths.nth(n).evaluate(squares) for n in range(paths.count())) == 3
    assert mine.locator("#map .tried").evaluate(squares) == 1
    assert mine.locator("#level-curve .dots").evaluate(squares) == 3
    assert mine.locator("#map").get_attribute("aria-label", timeout=100) == (
        f"3 of {mine.locator('#solved-note').inner_text().split()[1].rstrip(',')} problems solved"
    )


def test_nothing_leaves_the_browser(page: Page) -> None:
    requests: list[tuple[str, str, str, str | None]] = []

    def record(request: Any) -> None:
        parts = urlsplit(request.url)
        requests.append((request.method, parts.path, parts.query, request.post_data))

    page.on("request", record)
    open_mine(page, "/mine#solved=FCTRL2")
    page.get_by_role("button", name="Ignore").click()
    paste(page, TEXT)
    page.locator("#pick").click()
    tab(page, "Friends")
    page.locator("#friend-text").fill("AGGRCOW")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#friend").wait_for()
    paths = {path for _, path, _, _ in requests if not path.startswith("/static/")}
    assert paths - {"/favicon.ico"} == {"/mine", "/spojscore/everything.json"}
    assert {(method, query, data) for method, _, query, data in requests} == {
        ("GET", "", None), ("GET", "_shape=arrays", None),
    }  # fmt: skip
    assert page.context.cookies() == []


def test_scripts_are_small_and_preloaded(page: Page) -> None:
    sizes: dict[str, int] = {}
    page.on("response", lambda one: sizes.update({urlsplit(one.url).path: len(one.body())})
            if one.url.endswith(".js") else None)  # fmt: skip
    open_mine(page)
    page.wait_for_load_state("networkidle")
    preloaded = page.locator("link[rel=modulepreload], script[src]").evaluate_all(
        "all => all.map(one => new URL(one.href ?? one.src).pathname)"
    )
    assert set(sizes) == set(preloaded)
    assert sum(sizes.values()) <= 45_000


def test_add_replace_and_undo(mine: Page) -> None:
    paste(mine, "FCTRL2 PRIME1")
    assert stored(mine, "solved") == [*LISTS["solved"], "FCTRL2"]
    paste(mine, "AGGRCOW", "Replace my list")
    assert (stored(mine, "solved"), stored(mine, "tried")) == (["AGGRCOW"], [])
    undo(mine)
    assert message(mine) == "Undone."
    assert stored(mine, "solved") == [*LISTS["solved"], "FCTRL2"]
    paste(mine, "code,status\nONP,tried\nFCTRL,tried\n")
    assert stored(mine, "solved") == [*LISTS["solved"], "FCTRL2"]  # what is solved stays so
    assert stored(mine, "tried") == ["ADDREV", "FCTRL"]
    paste(mine, "ADDREV")
    assert stored(mine, "tried") == ["FCTRL"]


def test_added_codes_can_be_removed(mine: Page) -> None:
    paste(mine, "FCTRL2 AGGRCOW")
    mine.get_by_role("button", name="Show", exact=True).click()
    mine.get_by_role("button", name="Remove FCTRL2").focus()
    mine.keyboard.press("Enter")
    assert mine.evaluate("document.activeElement.ariaLabel") == "Remove AGGRCOW"
    assert stored(mine, "solved") == [*LISTS["solved"], "AGGRCOW"]
    tab(mine, "List")
    assert mine.locator("#whole-list a").all_inner_texts() == [
        "AGGRCOW", "ONP", "PRIME1", "STEADY", "ADDREV",
    ]  # fmt: skip
    mine.locator("#whole-list").get_by_role("button", name="Remove ADDREV").click()
    assert stored(mine, "tried") == []


def test_words_are_added_on_confirmation(page: Page) -> None:
    open_mine(page)
    paste(page, "I like onp, fctrl2 and addrev")
    assert message(page) == "Couldn’t tell codes from words. Pick yours below."
    assert stored(page, "solved") is None
    page.get_by_role("button", name="+ FCTRL2").click()
    assert stored(page, "solved") == ["FCTRL2"]
    page.get_by_role("button", name="Add all 2").click()
    assert stored(page, "solved") == ["FCTRL2", "ONP", "ADDREV"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("https://www.spoj.com/users/kosaksi/", "can’t fetch profiles", id="address"),
        pytest.param("hello world", "No SPOJ problem codes found.", id="no-codes"),
        pytest.param(" \n ", "Paste something first.", id="empty"),
    ],
)
def test_text_without_codes_changes_nothing(text: str, expected: str, mine: Page) -> None:
    paste(mine, text, "Replace my list")
    assert expected in message(mine)
    assert mine.locator("#mine-text").input_value() == text
    assert stored(mine, "solved") == LISTS["solved"]


def test_tick_marks_solved_and_undo_takes_it_back(mine: Page) -> None:
    code = codes(mine, "suggested")[0]
    mine.locator(f"#suggested tr[data-code={code}] .mark").click()
    assert stored(mine, "solved") == [*LISTS["solved"], code]
    assert message(mine) == f"Added {code}."
    assert code not in codes(mine, "suggested")
    undo(mine)
    assert stored(mine, "solved") == LISTS["solved"]


@pytest.mark.parametrize(
    ("button", "solved", "friends"),
    [
        ("Add 2 solved problems and 1 tried", ["STEADY", "ONP", "PRIME1", "FCTRL2"], {}),
        ("Replace my list", ["ONP", "FCTRL2"], {}),
        ("Compare with mine", LISTS["solved"], {"Friend": ["ONP", "FCTRL2"]}),
        ("Ignore", LISTS["solved"], None),
    ],
)
def test_link_with_a_list_asks_first(
    button: str, solved: list[str], friends: dict[str, list[str]] | None, mine: Page
) -> None:
    tab(mine, "List")
    address = mine.locator("#address").input_value()
    assert address.partition("/mine")[2] == "#solved=STEADY,ONP,PRIME1&tried=ADDREV"
    mine.goto("/api")
    open_mine(mine, "/mine#solved=ONP,FCTRL2,NOSUCH,%3Cb%3E&tried=AGGRCOW")
    assert stored(mine, "solved") == LISTS["solved"]
    mine.locator("#arrived").get_by_role("button", name=button).click()
    assert stored(mine, "solved") == solved
    assert stored(mine, "friends") == friends
    assert mine.locator("#arrived").is_hidden()
    assert "#" not in mine.url
    if button != "Ignore":
        undo(mine)
        assert stored(mine, "solved") == LISTS["solved"]
        assert stored(mine, "friends") == {}


def test_backup_brings_everything_back(mine: Page, tmp_path: Path) -> None:
    tab(mine, "Friends")
    mine.locator("#friend-name").fill("Ann")
    mine.locator("#friend-text").fill("AGGRCOW FCTRL")
    mine.get_by_role("button", name="Compare").last.click()
    mine.locator("#friend").wait_for()
    names = ("solved", "tried", "friends", "days")
    before = {name: stored(mine, name) for name in names}
    assert before["friends"] == {"Ann": ["AGGRCOW", "FCTRL"]}
    tab(mine, "List")
    with mine.expect_download() as download:
        mine.get_by_role("button", name="Download backup").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    mine.get_by_role("button", name="Delete my data").click()
    assert mine.evaluate("Object.keys(localStorage).length") == 0
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("Restored 3 solved problems and 1 tried.").wait_for()
    assert {name: stored(mine, name) for name in names} == before
    file.write_text(json.dumps({"spojscore": 1, **DAMAGED}))
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("Restored 1 solved problem.").wait_for()
    assert (stored(mine, "solved"), stored(mine, "friends")) == (["ONP"], {"Ann": ["ONP"]})
    file.write_text("[]")
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("not a backup").wait_for()
    assert stored(mine, "solved") == ["ONP"]


def test_csv_has_every_problem_of_the_list(mine: Page, listed: dict[str, dict[str, Any]]) -> None:
    tab(mine, "List")
    with mine.expect_download() as download:
        mine.get_by_role("button", name="Download CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "code,status,points,solvers"
    assert [line.split(",")[:2] for line in lines[1:]] == [
        *([code, "solved"] for code in LISTS["solved"]), ["ADDREV", "tried"],
    ]  # fmt: skip
    assert float(lines[1].split(",")[2]) == pytest.approx(listed["STEADY"]["score"])


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_storage_is_left_out(name: str, page: Page) -> None:
    store(page, **(LISTS | {name: DAMAGED[name]}))
    open_mine(page)
    expected = "1" if name == "solved" else "3"
    assert page.locator("#solved").inner_text() == expected
    page.evaluate("name => localStorage.setItem(`spojscore.${name}`, '{[')", name)
    page.reload()
    page.locator("#next:not([hidden])").wait_for()
    for tab_name in ("Progress", "List", "Friends"):
        tab(page, tab_name)


def test_delete_and_undo(mine: Page) -> None:
    tab(mine, "List")
    mine.get_by_role("button", name="Delete my data").click()
    assert message(mine) == "Deleted."
    assert mine.evaluate("localStorage.length") == 0
    assert mine.locator("#add").is_visible()
    undo(mine)
    assert (stored(mine, "solved"), stored(mine, "tried")) == (LISTS["solved"], LISTS["tried"])
    assert len(stored(mine, "days")["days"]) == 1


def test_other_tab_changes_the_list(mine: Page) -> None:
    paste(mine, "FCTRL2")
    other = mine.context.new_page()
    store(other, solved=["PRIME1"])
    expect(mine.locator("#solved")).to_have_text("1")
    # Undo would remove what the other tab has added.
    assert mine.get_by_role("button", name="Undo").count() == 0
    other.close()


def test_browser_that_stores_nothing(page: Page) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    open_mine(page)
    paste(page, "ONP")
    assert message(page) == (
        "Added 1 solved problem. This browser won’t save it; you’ll lose it when you leave."
    )
    assert page.locator("#solved").inner_text() == "1"


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
    assert stored(page, "solved") == ["ONP"]


def test_friends_by_name(mine: Page, listed: dict[str, dict[str, Any]]) -> None:
    tab(mine, "Friends")
    for name, text in (("Ann", "AGGRCOW ADDREV ONP"), ("Bob", "STEADY")):
        mine.locator("#friend-name").fill(name)
        mine.locator("#friend-text").fill(text)
        mine.get_by_role("button", name="Compare").last.click()
        mine.get_by_role("button", name=name, exact=True).wait_for()
    assert mine.locator("#friend-note").inner_text().startswith("Bob solved 0 you haven’t")
    mine.get_by_role("button", name="Ann", exact=True).click()
    ahead = sorted(("AGGRCOW", "ADDREV"), key=lambda code: listed[code]["users"])
    gain = shown(sum(listed[code]["points_if_solved"] for code in ahead))
    assert mine.locator("#friend-note").inner_text() == (
        f"Ann solved 2 you haven’t, worth {gain} points to you."
    )
    assert (codes(mine, "ahead"), set(codes(mine, "behind"))) == (ahead, {"STEADY", "PRIME1"})
    mine.get_by_role("button", name="Remove Ann").click()
    assert list(stored(mine, "friends")) == ["Bob"]


def test_days_show_gains_and_losses(page: Page) -> None:
    scores = {"ONP": 1.0, "PRIME1": 2.0, "FCTRL2": 4.0}
    with_columns(page, score=lambda code: scores.get(code, 0.0))
    for day, text in (("01", "ONP"), ("03", "PRIME1"), ("03", "FCTRL2")):
        page.clock.set_fixed_time(f"2026-05-{day}T12:00:00Z")
        open_mine(page)
        paste(page, text)
        scores["ONP"] = 0.75  # after the first day, new solvers cost a quarter
    tab(page, "Progress")
    assert table(page, "days") == [
        ["2026-05-03", "3", "6.75", f"+2 solved, +6 points, {MINUS}0.25 from new solvers"],
        ["2026-05-01", "1", "1", "first visit"],
    ]


def test_points_lost_lately(page: Page) -> None:
    lost = {"PRIME1": 0.003, "STEADY": 0.25, "ONP": 0.002}
    with_columns(page, score_7=lambda code: -lost.get(code, 0), score_30=lambda _: 0,
                 score_365=lambda _: None)  # fmt: skip
    store(page, **LISTS)
    open_mine(page)
    tab(page, "Progress")
    assert table(page, "lost") == [
        ["7 days", "0.255", "STEADY"], ["30 days", "0", ""],
    ]  # fmt: skip


def bookmarklet(page: Page) -> str:
    page.get_by_text("Send your profile with one click").click()
    return str(page.locator("#bookmarklet").get_attribute("href")).removeprefix("javascript:")


@pytest.mark.skipif(not PROFILE.exists(), reason="shared/spoj is not beside this folder")
def test_bookmarklet_brings_a_real_profile(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site) as context:
        page = context.new_page()
        open_mine(page)
        code = bookmarklet(page)
        page.route("https://**/*", lambda route: route.fulfill(
            body=PROFILE.read_bytes() if "/users/" in route.request.url else b"x",
            content_type="text/html",
        ))  # fmt: skip
        page.goto("https://www.spoj.com/problems/classical/")
        page.evaluate(code)
        page.wait_for_url("https://www.spoj.com/myaccount")
        page.goto("https://www.spoj.com/users/kosaksi/", wait_until="domcontentloaded")
        page.evaluate(code)
        page.get_by_role("button", name="Add 70 solved problems").click()
        assert len(stored(page, "solved")) == 70
        assert page.locator("#solved").inner_text() == "70"


def dismiss(dialog: Dialog, texts: list[str]) -> None:
    texts.append(dialog.message)
    dialog.dismiss()


def test_bookmarklet_explains_itself(page: Page) -> None:
    open_mine(page)
    code = bookmarklet(page)
    page.locator("#bookmarklet").click()
    assert message(page).startswith("Drag this button to your bookmarks bar")
    texts: list[str] = []
    page.on("dialog", lambda dialog: dismiss(dialog, texts))
    page.goto("/api")
    page.evaluate(code)
    assert "on your profile on www.spoj.com" in texts[0]


def test_all_problems_at_once(browser: Browser, site: str, crawled: Path) -> None:
    every = rows(crawled)
    with looking(browser, site, DESK) as page:
        open_mine(page)
        text = "\n".join(row["code"] for row in every)
        page.locator("#mine-text").evaluate("(box, text) => { box.value = text; }", text)
        page.get_by_role("button", name="Add to my list").click()
        expect(page.locator("#solved")).to_have_text("3,974")
        assert page.locator("#points").inner_text() == shown(sum(row["score"] for row in every))
        assert page.locator("#next-note").inner_text().startswith("Nothing left")
        tab(page, "List")
        page.locator("#whole-list").get_by_role("button", name="Show all").click()
        expect(page.locator("#whole-list li")).to_have_count(3974)


@pytest.mark.parametrize("width", [DESK, PHONE, 320])
def test_page_is_accessible_and_fits(width: int, browser: Browser, grown_site: str) -> None:
    with looking(browser, grown_site, width) as page:
        store(page, **LISTS, friends={"Ann": ["AGGRCOW", "ONP"]})
        open_mine(page, "/mine#solved=FCTRL2")
        paste(page, "AGGRCOW and maybe fctrl")
        for name in ("Next", "Progress", "List", "Friends"):
            tab(page, name)
            for summary in page.locator("main details:not([open]) > summary:visible").all():
                summary.click()
            assert overflow(page) == 0
            assert violations(page) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, runOnly=["color-contrast"]) == []


def test_by_keyboard_alone(page: Page) -> None:
    open_mine(page)
    page.locator("#mine-text").focus()
    page.keyboard.type("ONP")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#message p").wait_for()
    assert page.evaluate("document.activeElement.id") == "open-add"
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML"))
    needed = page.locator(
        "main :is(a[href], button:not([tabindex]), input:not([type=radio]), select, summary)"
        ":visible:not(:disabled)"
    ).evaluate_all("all => all.map(one => one.outerHTML)")
    assert len(needed) > 20
    assert set(needed) <= reached
    page.get_by_role("tab", selected=True).focus()
    for name, key in (("Progress", "ArrowRight"), ("Next", "ArrowLeft"), ("Friends", "ArrowLeft")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == name
        page.get_by_role("tabpanel", name=name).wait_for()
