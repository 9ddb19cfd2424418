"""What is solved and tried, on every page, on its travels and from day to day."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from datasette.utils import tilde_encode
from playwright.sync_api import Page, Route

from tests.support.databases import rows
from tests.support.looking import CONTRAST, serious
from tests.support.mine import LISTED, codes, kept, paste, table, told, with_columns
from web.plugins.cells import points

REMOVE = "\n\N{MULTIPLICATION SIGN}"
MINUS = "\N{MINUS SIGN}"
SOLVED, TRIED = ["STEADY", "ONP", "PRIME1"], ["ADDREV"]


@pytest.fixture
def visitor(page: Page) -> Page:
    """A browser with a list."""
    page.goto("/api")
    keep(page, solved=SOLVED, tried=TRIED)
    return page


def keep(page: Page, **lists: list[str]) -> None:
    for name, kept_codes in lists.items():
        page.evaluate(
            "([name, codes]) => localStorage.setItem(`spojscore.${name}`, codes)",
            [name, json.dumps(kept_codes)],
        )


def marked(page: Page) -> dict[str, str]:
    """The sign of each row that has one, by code."""
    return dict(
        page.locator("main :is(tr, li):is(.solved, .tried)").evaluate_all(
            """all => all.map(row => [
                row.dataset.code ?? row.querySelector("td.col-code a").textContent,
                row.querySelector(".mark").textContent])"""
        )
    )


SIGNS = dict.fromkeys(SOLVED, "✓ solved") | dict.fromkeys(TRIED, "○ tried")


@pytest.mark.parametrize(
    "path",
    [
        "/spojscore/problems?_size=max", "/spojscore/most_solved",
        "/spojscore/worth?codes=ONP,ADDREV,STEADY,PRIME1,FCTRL2",
    ],
)  # fmt: skip
def test_every_row_is_marked(path: str, visitor: Page) -> None:
    visitor.goto(path)
    visitor.locator(".hide-solved").wait_for()
    assert marked(visitor) == SIGNS
    colours = visitor.locator("tr.solved, tr.tried, tr:not([class])").evaluate_all(
        "all => all.map(row => [row.className, getComputedStyle(row).backgroundColor])"
    )
    assert len({tuple(colour) for colour in colours}) == len({colour for _, colour in colours}) == 3
    assert serious(visitor) == []
    visitor.emulate_media(color_scheme="dark")
    assert serious(visitor, **CONTRAST) == []


def test_who_has_no_list_sees_no_sign_and_no_box(page: Page) -> None:
    page.goto("/spojscore/problems")
    page.wait_for_load_state("networkidle")
    assert page.locator(".mark, .hide-solved").count() == 0


@pytest.mark.parametrize("path", ["/spojscore/problems?_size=max", "/spojscore/most_solved"])
def test_what_is_solved_can_be_hidden(path: str, visitor: Page) -> None:
    visitor.goto(path)
    box = visitor.get_by_label("Hide solved")
    before = visitor.locator("tbody tr:visible").count()
    assert visitor.locator(".hide-solved").inner_text().split() == [
        "Hide", "solved", "3", "solved", "on", "this", "page",
    ]  # fmt: skip
    box.focus()
    visitor.keyboard.press("Space")
    assert visitor.locator(".hide-solved span").inner_text() == "3 hidden on this page"
    assert visitor.locator("tbody tr:visible").count() == before - 3
    assert visitor.locator("tr.tried").is_visible()
    # It is kept, also on other pages.
    visitor.goto("/spojscore/worth?codes=ONP,ADDREV,FCTRL2")
    assert visitor.get_by_label("Hide solved").is_checked()
    assert visitor.locator(".hide-solved span").inner_text() == "1 hidden on this page"
    assert visitor.locator("tbody tr:visible").count() == 2
    visitor.get_by_label("Hide solved").uncheck()
    assert visitor.locator("tbody tr:visible").count() == 3


def test_a_problems_page_takes_it_on_the_list_and_off(page: Page) -> None:
    page.goto("/spojscore/problems/STEADY")
    solved, tried = (
        page.get_by_role("button", name=name, exact=True) for name in ("Solved", "Tried")
    )
    assert [one.get_attribute("aria-pressed") for one in (solved, tried)] == ["false", "false"]
    tried.focus()
    page.keyboard.press("Enter")
    assert (kept(page, "solved"), kept(page, "tried")) == ([], ["STEADY"])
    page.locator(".marking button[value=solved]").click()
    assert (kept(page, "solved"), kept(page, "tried")) == (["STEADY"], [])
    page.reload()
    pressed = page.locator(".marking button[aria-pressed=true]")
    assert pressed.all_inner_texts() == ["Solved"]
    assert serious(page) == []
    page.goto("/spojscore/problems?_q=STEADY")
    assert page.locator("tr.solved .mark").inner_text() == "✓ solved"
    page.go_back()
    page.locator(".marking button[value=solved]").click()
    assert kept(page, "solved") == []


def test_a_link_brings_the_list_to_another_browser(visitor: Page) -> None:
    visitor.goto("/mine")
    visitor.locator("#my-list").wait_for()
    address = visitor.locator("#address").input_value()
    assert re.sub(r".*(?=/mine)", "", address) == "/mine#solved=STEADY,ONP,PRIME1&tried=ADDREV"
    visitor.evaluate("localStorage.clear()")
    visitor.goto("/api")
    visitor.goto(address)
    visitor.locator("#brought").wait_for()
    assert visitor.locator("#brought-told").inner_text() == (
        "This link brings a list: 3 solved problems and 1 tried."
    )
    assert kept(visitor, "solved") is None
    visitor.get_by_role("button", name="Add to my list").first.click()
    assert (kept(visitor, "solved"), kept(visitor, "tried")) == (SOLVED, TRIED)
    assert "#" not in visitor.url
    assert visitor.locator("#brought").is_hidden()


@pytest.mark.parametrize(
    ("button", "solved", "tried", "friend"),
    [
        ("Add to my list", ["FCTRL2", "ONP", "STEADY"], ["AGGRCOW", "ADDREV"], []),
        ("Replace my list", ["ONP", "STEADY"], ["ADDREV"], []),
        ("Compare as a friend’s", ["FCTRL2"], ["ADDREV", "AGGRCOW"], ["ONP", "STEADY"]),
        ("Ignore", ["FCTRL2"], ["ADDREV", "AGGRCOW"], None),
    ],
)
def test_a_link_asks_before_it_changes_a_list(
    button: str, solved: list[str], tried: list[str], friend: list[str] | None, page: Page
) -> None:
    page.goto("/api")
    keep(page, solved=["FCTRL2"], tried=["ADDREV", "AGGRCOW"])
    page.goto("/mine#solved=ONP,STEADY,%3Cb%3E,x&tried=ADDREV")
    page.locator("#brought").get_by_role("button", name=button).click()
    assert kept(page, "solved") == solved
    assert sorted(kept(page, "tried") or []) == sorted(tried)
    assert kept(page, "friend") == friend
    if button != "Ignore":
        page.get_by_role("button", name="Undo").click()
        assert (kept(page, "solved"), kept(page, "tried")) == (["FCTRL2"], ["ADDREV", "AGGRCOW"])


def test_my_list_says_what_was_tried(visitor: Page) -> None:
    visitor.goto("/mine")
    visitor.get_by_text("All that is on it").click()
    assert visitor.locator("#whole-list li").all_inner_texts() == [
        f"ONP{REMOVE}", f"PRIME1{REMOVE}", f"STEADY{REMOVE}", f"ADDREV\n○ tried{REMOVE}",
    ]  # fmt: skip


def test_a_link_that_is_opened_in_the_same_tab(visitor: Page) -> None:
    visitor.goto("/mine")
    visitor.locator("#my-list").wait_for()
    visitor.evaluate("location.hash = '#solved=FCTRL2'")
    visitor.locator("#brought").wait_for()
    visitor.evaluate("location.hash = '#progress'")
    visitor.locator("#brought").wait_for(state="hidden")
    assert kept(visitor, "solved") == SOLVED


def test_the_csv_comes_back_as_it_went(visitor: Page, grown: Path, tmp_path: Path) -> None:
    visitor.goto("/mine")
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Download: CSV").click()
    assert download.value.suggested_filename == "my-problems.csv"
    file = tmp_path / "mine.csv"
    download.value.save_as(file)
    lines = file.read_text().splitlines()
    assert lines[0] == "code,status,points,users"
    [steady] = rows(grown, "SELECT * FROM problems WHERE code = 'STEADY'")
    code, status, worth, users = lines[1].split(",")
    assert (code, status, int(users)) == ("STEADY", "solved", steady["users"])
    assert float(worth) == pytest.approx(steady["score"])
    assert [line.split(",")[:2] for line in lines[2:]] == [
        ["ONP", "solved"], ["PRIME1", "solved"], ["ADDREV", "tried"],
    ]  # fmt: skip
    visitor.evaluate("localStorage.clear()")
    visitor.goto("/mine")
    paste(visitor, file.read_text())
    assert told(visitor) == "Read from a table: 3 solved problems and 1 tried."
    assert (kept(visitor, "solved"), kept(visitor, "tried")) == (SOLVED, TRIED)


def test_each_day_keeps_a_point(page: Page, grown: Path) -> None:
    now = {row["code"]: row for row in rows(grown, LISTED)}
    worth = {code: row["score"] for code, row in now.items()}
    page.clock.set_fixed_time("2026-05-01T12:00:00Z")
    page.goto("/mine")
    paste(page, "ONP")
    paste(page, "PRIME1")
    first = points(worth["ONP"] + worth["PRIME1"])
    assert table(page, "days") == [["2026-05-01", "2", first, "the first visit"]]
    # By the next visit others have solved them: they were worth more.
    page.evaluate(
        """() => {
            const days = JSON.parse(localStorage["spojscore.days"]);
            days.last.points += 0.03;
            localStorage["spojscore.days"] = JSON.stringify(days);
        }"""
    )
    page.clock.set_fixed_time("2026-05-03T12:00:00Z")
    page.goto("/mine")
    page.locator("#progress").wait_for()
    assert table(page, "days")[0] == [
        "2026-05-03", "2", first, f"+0 solved, +0 points, {MINUS}0.03 through others",
    ]  # fmt: skip
    paste(page, "FCTRL2 AGGRCOW ADDREV")
    gained = sum(worth[code] for code in ("FCTRL2", "AGGRCOW", "ADDREV"))
    day = f"+3 solved, +{points(gained)} points, {MINUS}0.03 through others"
    assert table(page, "days") == [
        ["2026-05-03", "5", points(worth["ONP"] + worth["PRIME1"] + gained), day],
        ["2026-05-01", "2", first, "the first visit"],
    ]
    # Another look on the same day changes nothing.
    page.reload()
    page.locator("#progress").wait_for()
    assert table(page, "days")[0][3] == day
    page.clock.set_fixed_time("2026-05-04T12:00:00Z")
    page.reload()
    page.locator("#progress").wait_for()
    assert table(page, "days")[0][3] == "+0 solved, +0 points, +0 through others"


def test_what_another_tab_adds_while_the_list_loads_is_kept(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/api")

    def answer(route: Route) -> None:
        keep(other, solved=["ONP"])
        route.continue_()

    page.route("**/everything.json*", answer)
    page.goto("/mine")
    paste(page, "PRIME1")
    assert kept(page, "solved") == ["ONP", "PRIME1"]


def test_a_problem_whose_code_another_got_has_its_link(page: Page) -> None:
    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        at = body["columns"].index("delisted")
        body["rows"].append([*body["rows"][0]])
        body["rows"][-1][0], body["rows"][-1][at] = "ONP~12", "2026-01-01"
        route.fulfill(response=response, json=body)

    page.route("**/everything.json*", answer)
    page.goto("/mine#solved=ONP~12")
    page.locator("#brought").get_by_role("button", name="Add to my list").click()
    page.get_by_text("All that is on it").click()
    link = page.locator("#whole-list a")
    assert (link.inner_text(), link.get_attribute("href")) == (
        "ONP~12", f"/spojscore/problems/{tilde_encode('ONP~12')}",
    )  # fmt: skip


def test_undo_takes_nothing_from_another_tab(page: Page) -> None:
    page.goto("/mine")
    paste(page, "PRIME1")
    page.get_by_role("button", name="Undo").wait_for()
    other = page.context.new_page()
    other.goto("/api")
    keep(other, solved=["PRIME1", "ONP"])
    page.locator("#solved").get_by_text("2 of").wait_for()
    assert page.get_by_role("button", name="Undo").count() == 0
    assert told(page) == "Read from codes: 1 solved problem."


def test_undo_undoes_what_it_stands_beside(visitor: Page) -> None:
    visitor.goto("/mine")
    paste(visitor, "FCTRL2 AGGRCOW")
    visitor.get_by_text("What was read").click()
    visitor.get_by_role("button", name="Remove AGGRCOW").first.click()
    assert told(visitor) == "Read from codes: 2 solved problems."
    visitor.get_by_role("button", name="Undo").click()
    assert (kept(visitor, "solved"), kept(visitor, "tried")) == (SOLVED, TRIED)


def test_undo_brings_the_days_back_that_were_forgotten(page: Page) -> None:
    for day in "2026-05-01", "2026-05-03":
        page.clock.set_fixed_time(f"{day}T12:00:00Z")
        page.goto("/mine")
        paste(page, "ONP")
    days = table(page, "days")
    assert len(days) == 2
    page.get_by_role("button", name="Forget all").click()
    assert page.evaluate("localStorage.length") == 0
    page.get_by_role("button", name="Undo").click()
    assert table(page, "days") == days


def test_a_link_brings_only_problems_that_there_are(page: Page) -> None:
    page.goto("/mine#solved=ONP,NOSUCHCODE&tried=NEITHER")
    page.locator("#brought").wait_for()
    assert (
        page.locator("#brought-told").inner_text() == "This link brings a list: 1 solved problem."
    )
    page.locator("#brought").get_by_role("button", name="Add to my list").click()
    assert (kept(page, "solved"), kept(page, "tried")) == (["ONP"], [])
    page.goto("/api")
    page.goto("/mine#solved=NOSUCHCODE")
    page.locator("#next").wait_for()
    assert page.locator("#brought").is_hidden()


def test_my_problems_are_fit_for_everybody(visitor: Page) -> None:
    with_columns(visitor, topics=lambda _: '["graphs"]', liked=lambda _: 91.26)
    visitor.goto("/mine#solved=FCTRL2")
    paste(visitor, "ADDREV TREE aggrcow")
    visitor.locator("#friend-text").fill("AGGRCOW FCTRL2 tree")
    visitor.locator("#add-friend").click()
    for summary in visitor.locator("main summary:visible").all():
        if summary.locator("xpath=parent::*[@open]").count() == 0:
            summary.click()
    assert visitor.locator("#brought, #mine-perhaps, #read-list, #whole-list").count() == 4
    for width in visitor.evaluate("innerWidth"), 320:
        visitor.set_viewport_size({"width": width, "height": 844})
        assert visitor.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(visitor).response["violations"] == []
    visitor.emulate_media(color_scheme="dark")
    assert Axe().run(visitor, options=CONTRAST).response["violations"] == []
    assert codes(visitor, "friends")
