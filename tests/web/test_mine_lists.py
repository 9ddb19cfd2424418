"""My progress in a real browser: lists in links and backups, friends, days and storage."""

import csv
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.databases import Row
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

MINUS = "\N{MINUS SIGN}"
DAMAGED_BACKUP = {
    "spojscore": 1,
    "solved": ["ONP", 7, None, "<b>", "x" * 99, {}],
    "tried": {"ONP": 1},
    "friends": {"Ann": ["ONP", 1], "Bob": "ONP", "": ["ONP"]},
    "days": {"base": 7, "last": {"day": "x"}, "days": [{"day": "2026-01-02"}, None, 3]},
}


def table(page: Page, name: str) -> list[list[str]]:
    """The cells of a table's rows."""
    return [row.locator("td").all_inner_texts() for row in page.locator(f"#{name} tbody tr").all()]


def replace_columns(page: Page, **columns: dict[str, float] | None) -> None:
    """Serve the list with other values in these columns, by code: 0 for the rest, or none."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        for name, values in columns.items():
            index = body["columns"].index(name)
            for row in body["rows"]:
                row[index] = None if values is None else values.get(row[0], 0)
        route.fulfill(response=response, json=body)

    page.route("**/everything.json*", answer)


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
        mine.locator("#message p").wait_for()
        assert read_storage(mine, "solved") == solved
        assert read_storage(mine, "friends") == friends
        mine.get_by_role("button", name="Undo").click()
        assert read_storage(mine, "solved") == LISTS["solved"]
        assert read_storage(mine, "friends") == {}


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
    mine.get_by_role("button", name="Undo").click()
    assert {name: read_storage(mine, name) for name in old_values} == old_values
    mine.get_by_role("button", name="Delete my data").click()
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("Restored 3 solved problems and 1 tried.").wait_for()
    assert {name: read_storage(mine, name) for name in old_values} == old_values
    file.write_text(json.dumps(DAMAGED_BACKUP))
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("Restored 1 solved problem.").wait_for()
    assert read_storage(mine, "solved") == ["ONP"]
    assert read_storage(mine, "friends") == {"Ann": ["ONP"]}
    file.write_text("[]")
    mine.locator("#file").set_input_files(file)
    mine.get_by_text("not a backup").wait_for()
    assert read_storage(mine, "solved") == ["ONP"]


def test_list_tab(mine: Page, listed_problems: dict[str, Row]) -> None:
    open_tab(mine, "List")
    with mine.expect_download() as download:
        mine.get_by_role("button", name="Download CSV").click()
    with download.value.path().open() as file:
        table = [*csv.DictReader(file)]
    assert {row["code"]: row["status"] for row in table} == {
        **dict.fromkeys(LISTS["solved"], "solved"),
        "ADDREV": "tried",
    }
    for row in table:
        problem = listed_problems[row["code"]]
        assert float(row["points"]) == pytest.approx(problem["score"])
        assert int(row["solvers"]) == problem["users"]
    chips = mine.locator("#whole-list")
    assert chips.locator("a").all_inner_texts() == ["ONP", "PRIME1", "STEADY", "ADDREV"]
    mine.get_by_role("button", name="Remove PRIME1").focus()
    mine.keyboard.press("Enter")
    assert mine.evaluate("document.activeElement.ariaLabel") == "Remove STEADY"
    chips.get_by_role("button", name="Remove ADDREV").click()
    assert read_storage(mine, "solved") == ["STEADY", "ONP"]
    assert read_storage(mine, "tried") == []


def test_storage_that_is_damaged_and_full(page: Page) -> None:
    page.add_init_script("Storage.prototype.getItem = () => '{['")
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    open_mine(page)
    paste(page, "ONP")
    assert "you’ll lose it when you leave" in message(page)
    assert page.locator("#solved").inner_text() == "1"
    for name in ("Progress", "List", "Friends"):
        open_tab(page, name)


def test_other_tab_changes_the_list(mine: Page) -> None:
    paste(mine, "FCTRL2")
    other = mine.context.new_page()
    store(other, solved=["PRIME1"])
    expect(mine.locator("#solved")).to_have_text("1")
    # Undo would remove what the other tab has added.
    assert mine.get_by_role("button", name="Undo").count() == 0


def test_friends_by_name(mine: Page, listed_problems: dict[str, Row]) -> None:
    add_friend(mine, "Ann", "AGGRCOW ADDREV ONP")
    add_friend(mine, "Bob", "I like fctrl2")  # words need no confirmation
    assert mine.locator("#friend-note").inner_text().startswith("Bob solved 1 you haven’t")
    mine.get_by_role("button", name="Ann", exact=True).click()
    ahead = sorted(("AGGRCOW", "ADDREV"), key=lambda code: listed_problems[code]["users"])
    gain = points_text(sum(listed_problems[code]["points_if_solved"] for code in ahead))
    assert mine.locator("#friend-note").inner_text() == (
        f"Ann solved 2 you haven’t, worth {gain} points to you."
    )
    assert codes(mine, "friend-only") == ahead
    assert {*codes(mine, "mine-only")} == {"STEADY", "PRIME1"}
    mine.get_by_role("button", name="Remove Ann").click()
    assert read_storage(mine, "friends") == {"Bob": ["FCTRL2"]}
    assert read_storage(mine, "solved") == LISTS["solved"]


def test_days_show_gains_and_losses(page: Page) -> None:
    scores = {"ONP": 1.0, "PRIME1": 2.0, "FCTRL2": 4.0}
    replace_columns(page, score=scores)
    texts = (("2026-05-01", "ONP"), ("2026-05-03", "PRIME1"), ("2026-05-03", "FCTRL2"))
    for solved, (day, text) in enumerate(texts, 1):
        page.clock.set_fixed_time(f"{day}T12:00:00Z")
        open_mine(page)
        paste(page, text)
        # The visit has been stored.
        expect(page.locator("#days tr:first-child td:nth-child(2)")).to_have_text(str(solved))
        scores["ONP"] = 0.75  # after the first day, new solvers cost a quarter
    open_tab(page, "Progress")
    assert table(page, "days") == [
        ["2026-05-03", "3", "6.75", f"+2 solved, +6 points, {MINUS}0.25 from new solvers"],
        ["2026-05-01", "1", "1", "first visit"],
    ]


def test_points_lost(mine: Page) -> None:
    lost = {"PRIME1": -0.003, "STEADY": -0.25, "ONP": -0.002}
    replace_columns(mine, score_7=lost, score_30={}, score_365=None)
    open_mine(mine)
    open_tab(mine, "Progress")
    assert table(mine, "points-lost") == [["7 days", "0.255", "STEADY"], ["30 days", "0", ""]]
    assert mine.locator("#points-note").inner_text() == f"{MINUS}0.255 in 7 days"
    replace_columns(mine, score_last={"ONP": -1}, score_7=None, score_30=None, score_365=None)
    open_mine(mine)
    open_tab(mine, "Progress")
    assert table(mine, "points-lost") == [["since 3 April 2026", "1", "ONP"]]
