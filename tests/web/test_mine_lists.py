"""My progress in a real browser: lists in links and backups, friends, days and storage."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.mine import (
    LISTS,
    codes,
    message,
    open_mine,
    open_tab,
    paste,
    read_storage,
    replace_columns,
    store,
    undo,
)
from tests.support.sites import points_text

MINUS = "\N{MINUS SIGN}"
DAMAGED_STORAGE = {
    "solved": ["ONP", 7, None, "<b>", "x" * 99, {}],
    "tried": {"ONP": 1},
    "friends": {"Ann": ["ONP", 1], "Bob": "ONP", "": ["ONP"]},
    "days": {"base": 7, "last": {"day": "x"}, "days": [{"day": "2026-01-02"}, None, 3]},
    "hide": "yes",
}


def table(page: Page, name: str) -> list[list[str]]:
    """The cells of a table's rows."""
    return [row.locator("td").all_inner_texts() for row in page.locator(f"#{name} tbody tr").all()]


def add_friend(page: Page, name: str, text: str) -> None:
    open_tab(page, "Friends")
    page.locator("#friend-name").fill(name)
    page.locator("#friend-text").fill(text)
    page.get_by_role("button", name="Compare").last.click()
    page.get_by_role("button", name=name, exact=True).wait_for()


def test_link_with_a_list_asks_first(mine: Page) -> None:
    open_tab(mine, "List")
    address = mine.locator("#address").input_value()
    assert address.partition("/mine")[2] == "#solved=STEADY,ONP,PRIME1&tried=ADDREV"
    new_codes = ["ONP", "FCTRL2"]
    for button, solved, friends in (
        ("Ignore", LISTS["solved"], None),
        ("Add 2 solved problems and 1 tried", [*LISTS["solved"], "FCTRL2"], {}),
        ("Replace my list", new_codes, {}),
        ("Compare with mine", LISTS["solved"], {"Friend 1": new_codes}),
    ):
        mine.goto("/robots.txt")
        open_mine(mine, "/mine#solved=ONP,FCTRL2,NOSUCH,%3Cb%3E&tried=AGGRCOW")
        assert read_storage(mine, "solved") == LISTS["solved"]
        mine.locator("#shared-list").get_by_role("button", name=button).click()
        mine.locator("#shared-list").wait_for(state="hidden")
        assert "#" not in mine.url
        if friends is not None:
            mine.locator("#message p").wait_for()
        assert (read_storage(mine, "solved"), read_storage(mine, "friends")) == (solved, friends)
        if friends is not None:
            undo(mine)
            assert (read_storage(mine, "solved"), read_storage(mine, "friends")) == (
                LISTS["solved"],
                {},
            )


def test_backup_restores_everything(mine: Page, tmp_path: Path) -> None:
    add_friend(mine, "Ann", "AGGRCOW FCTRL FOO123")
    assert message(mine) == "Added Ann’s 2 problems. Not classical SPOJ problems: FOO123."
    old_values = {name: read_storage(mine, name) for name in ("solved", "tried", "friends", "days")}
    assert old_values["friends"] == {"Ann": ["AGGRCOW", "FCTRL"]}
    open_tab(mine, "List")
    with mine.expect_download() as download:
        mine.get_by_role("button", name="Download backup").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    mine.get_by_role("button", name="Delete my data").click()
    assert message(mine) == "Deleted."
    assert mine.evaluate("localStorage.length") == 0
    assert mine.locator("#add").is_visible()
    undo(mine)
    assert {name: read_storage(mine, name) for name in old_values} == old_values
    mine.get_by_role("button", name="Delete my data").click()
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("Restored 3 solved problems and 1 tried.").wait_for()
    assert {name: read_storage(mine, name) for name in old_values} == old_values
    file.write_text(json.dumps({"spojscore": 1, **DAMAGED_STORAGE}))
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("Restored 1 solved problem.").wait_for()
    assert (read_storage(mine, "solved"), read_storage(mine, "friends")) == (
        ["ONP"],
        {"Ann": ["ONP"]},
    )
    file.write_text("[]")
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("not a backup").wait_for()
    assert read_storage(mine, "solved") == ["ONP"]


def test_csv_has_every_problem_of_the_list(
    mine: Page, listed_problems: dict[str, dict[str, Any]]
) -> None:
    open_tab(mine, "List")
    with mine.expect_download() as download:
        mine.get_by_role("button", name="Download CSV").click()
    row = listed_problems["STEADY"]
    header, first_line, *rows = download.value.path().read_text().splitlines()
    assert header == "code,status,points,solvers"
    assert first_line.split(",")[:2] == ["STEADY", "solved"]
    assert [float(value) for value in first_line.split(",")[2:]] == [
        pytest.approx(row["score"]), row["users"]
    ]  # fmt: skip
    assert [row.split(",")[:2] for row in rows] == [
        ["ONP", "solved"],
        ["PRIME1", "solved"],
        ["ADDREV", "tried"],
    ]


def test_codes_can_be_removed(mine: Page) -> None:
    open_tab(mine, "List")
    chips = mine.locator("#whole-list")
    assert chips.locator("a").all_inner_texts() == ["ONP", "PRIME1", "STEADY", "ADDREV"]
    mine.get_by_role("button", name="Remove PRIME1").focus()
    mine.keyboard.press("Enter")
    assert mine.evaluate("document.activeElement.ariaLabel") == "Remove STEADY"
    chips.get_by_role("button", name="Remove ADDREV").click()
    assert (read_storage(mine, "solved"), read_storage(mine, "tried")) == (["STEADY", "ONP"], [])


def test_damaged_storage_is_left_out(page: Page) -> None:
    store(page, **DAMAGED_STORAGE)
    open_mine(page)
    assert page.locator("#solved").inner_text() == "1"
    page.evaluate(
        "names => names.forEach((n) => { localStorage[`spojscore.${n}`] = '{[' })",
        [*DAMAGED_STORAGE],
    )
    page.reload()
    page.locator("#next:not([hidden])").wait_for()
    assert page.locator("#add").is_visible()
    for name in ("Progress", "List", "Friends"):
        open_tab(page, name)


def test_other_tab_changes_the_list(mine: Page) -> None:
    paste(mine, "FCTRL2")
    other = mine.context.new_page()
    store(other, solved=["PRIME1"])
    expect(mine.locator("#solved")).to_have_text("1")
    # Undo would remove what the other tab has added.
    assert mine.get_by_role("button", name="Undo").count() == 0


def test_browser_that_stores_nothing(page: Page) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    open_mine(page)
    paste(page, "ONP")
    assert "you’ll lose it when you leave" in message(page)
    assert page.locator("#solved").inner_text() == "1"


def test_friends_by_name(mine: Page, listed_problems: dict[str, dict[str, Any]]) -> None:
    add_friend(mine, "Ann", "AGGRCOW ADDREV ONP")
    add_friend(mine, "Bob", "STEADY")
    assert mine.locator("#friend-note").inner_text().startswith("Bob solved 0 you haven’t")
    mine.get_by_role("button", name="Ann", exact=True).click()
    ahead = sorted(("AGGRCOW", "ADDREV"), key=lambda code: listed_problems[code]["users"])
    gain = points_text(sum(listed_problems[code]["points_if_solved"] for code in ahead))
    assert mine.locator("#friend-note").inner_text() == (
        f"Ann solved 2 you haven’t, worth {gain} points to you."
    )
    assert (codes(mine, "friend-only"), set(codes(mine, "mine-only"))) == (
        ahead,
        {"STEADY", "PRIME1"},
    )
    mine.get_by_role("button", name="Remove Ann").click()
    assert list(read_storage(mine, "friends")) == ["Bob"]


def test_words_count_for_a_friend_without_confirmation(mine: Page) -> None:
    add_friend(mine, "Ann", "I like fctrl2")
    assert read_storage(mine, "friends") == {"Ann": ["FCTRL2"]}
    assert read_storage(mine, "solved") == LISTS["solved"]


# Visits are stored after the paste has been processed.
HAS_VISIT = """([day, solved]) =>
    JSON.parse(localStorage.getItem("spojscore.days") ?? '{"days": []}').days
        .some((one) => one.day === day && one.solved === solved)"""


def test_days_show_gains_and_losses(page: Page) -> None:
    scores = {"ONP": 1.0, "PRIME1": 2.0, "FCTRL2": 4.0}
    replace_columns(page, score=lambda code: scores.get(code, 0.0))
    texts = (("2026-05-01", "ONP"), ("2026-05-03", "PRIME1"), ("2026-05-03", "FCTRL2"))
    for solved, (day, text) in enumerate(texts, 1):
        page.clock.set_fixed_time(f"{day}T12:00:00Z")
        open_mine(page)
        paste(page, text)
        page.wait_for_function(HAS_VISIT, arg=[day, solved])
        scores["ONP"] = 0.75  # after the first day, new solvers cost a quarter
    open_tab(page, "Progress")
    assert table(page, "days") == [
        ["2026-05-03", "3", "6.75", f"+2 solved, +6 points, {MINUS}0.25 from new solvers"],
        ["2026-05-01", "1", "1", "first visit"],
    ]


def test_points_lost(mine: Page) -> None:
    lost = {"PRIME1": -0.003, "STEADY": -0.25, "ONP": -0.002}
    replace_columns(
        mine,
        score_7=lambda code: lost.get(code, 0),
        score_30=lambda _: 0,
        score_365=lambda _: None,
    )
    open_mine(mine)
    open_tab(mine, "Progress")
    assert table(mine, "points-lost") == [["7 days", "0.255", "STEADY"], ["30 days", "0", ""]]
    assert mine.locator("#points-note").inner_text() == f"{MINUS}0.255 in 7 days"


def test_points_lost_since_last_update(mine: Page) -> None:
    spans = dict.fromkeys(("score_7", "score_30", "score_365"), lambda _: None)
    replace_columns(mine, **spans, score_last=lambda code: -1 if code == "ONP" else 0)
    open_mine(mine)
    open_tab(mine, "Progress")
    assert table(mine, "points-lost") == [["since 3 April 2026", "1", "ONP"]]
