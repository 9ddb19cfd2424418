"""The site's scripts in a real browser."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.mine import LISTS, codes, open_mine, read_storage, store


@pytest.fixture
def visitor(page: Page) -> Page:
    """A visitor with LISTS."""
    store(page, **LISTS)
    return page


def test_search_suggests_problems_while_typing(page: Page) -> None:
    page.goto("/charts")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.wait_for_load_state("networkidle")
    assert not [url for url in requests if "problems.json" in url]
    with page.expect_response(re.compile(r"/spojscore/problems\.json")):
        page.keyboard.press("/")
        page.keyboard.type("stea")
    options = page.locator("#suggestions option")
    expect(options).to_have_count(1)
    assert options.evaluate_all("all => all.map(one => [one.value, one.text])") == [
        ["STEADY", "Steady Climb"]
    ]
    field = page.get_by_label("Find a problem")
    # The code first, then beginnings of words, each by solvers.
    for text, code in (("prime", "PRIME1"), ("dance", "DANCE"), ("tre", "TREE1")):
        field.fill(text)
        assert options.first.get_attribute("value") == code
    field.fill("e")
    assert options.count() == 8
    # As browsers report a choice from the list.
    field.evaluate("""field => {
        field.value = 'STEADY';
        field.dispatchEvent(new InputEvent('input', { inputType: 'insertReplacementText' }));
    }""")
    page.wait_for_url("**/spojscore/problems/STEADY")


def test_rows_are_marked(visitor: Page) -> None:
    query = "/spojscore/worth?codes=ONP,ADDREV,STEADY,PRIME1,FCTRL2"
    for path in ("/spojscore/problems?_size=max", query):
        visitor.goto(path)
        name = visitor.locator("tr[data-code=FCTRL2] .mark").get_attribute("aria-label")
        assert name == "Solved: Small factorials"
        states = visitor.locator("main tr[data-code]:is(.solved, .tried)").evaluate_all(
            "all => all.map(row => row.dataset.code + row.querySelector('.mark').ariaPressed)"
        )
        assert sorted(states) == ["ADDREVmixed", "ONPtrue", "PRIME1true", "STEADYtrue"]


def test_mark_changes_the_list(visitor: Page) -> None:
    visitor.goto("/spojscore/problems?_size=max")
    for code in ("FCTRL2", "ADDREV", "ONP"):
        visitor.locator(f"tr[data-code={code}] .mark").click()
    assert read_storage(visitor, "solved") == ["STEADY", "PRIME1", "FCTRL2", "ADDREV"]
    assert read_storage(visitor, "tried") == []
    visitor.locator("tr[data-code=ONP] .mark").press("Space")
    assert read_storage(visitor, "solved")[-1] == "ONP"


def test_hidden_rows_are_replaced_by_following_ones(page: Page) -> None:
    page.goto("/spojscore/problems?_size=5&_sort_desc=users")
    rows = page.locator("main tbody tr:visible")
    rows.locator(".mark").first.wait_for()
    assert page.locator("#hide-solved").is_hidden()  # without a list
    solved = [row.get_attribute("data-code") for row in rows.all()][:4]
    store(page, solved=solved)
    page.goto("/spojscore/problems?_size=5&_sort_desc=users")
    page.get_by_role("button", name="Not solved by me").click()
    rows.nth(4).wait_for()
    visible_codes = [row.get_attribute("data-code") for row in rows.all()]
    assert not {*visible_codes} & {*solved}
    expect(page.locator("h1")).to_contain_text("in all")
    assert 5 <= len(visible_codes) < 10
    # The next page continues after the last row that was loaded.
    page.get_by_role("link", name="Next page").click()
    rows.first.wait_for()
    expect(page.locator("#hide-solved")).to_have_attribute("aria-pressed", "true")
    assert not {*visible_codes} & {row.get_attribute("data-code") for row in rows.all()}
    page.locator("#hide-solved").click()
    expect(page.locator("h1")).not_to_contain_text("in all")


def test_problem_page_has_three_state_switch(page: Page) -> None:
    page.goto("/spojscore/problems/STEADY", wait_until="networkidle")  # the scripts have run
    states = page.get_by_role("group", name="My progress")
    pressed_button = states.locator("[aria-pressed=true]")
    assert pressed_button.inner_text() == "Not yet"
    for name, solved, tried in (("Tried", [], ["STEADY"]), ("✓ Solved", ["STEADY"], [])):
        states.get_by_role("button", name=name).click()
        assert (read_storage(page, "solved"), read_storage(page, "tried")) == (solved, tried)
    page.reload()
    expect(pressed_button).to_have_text("✓ Solved")
    states.get_by_role("button", name="Tried").click()
    states.get_by_role("button", name="Not yet").press("Enter")
    assert (read_storage(page, "solved"), read_storage(page, "tried")) == ([], [])


def test_ladder_shows_next_rung(full_page: Page) -> None:
    full_page.goto("/ladder")
    first_rung = full_page.locator("[data-rung='1']")
    rung_codes = [row.get_attribute("data-code") for row in first_rung.locator("[data-code]").all()]
    store(full_page, solved=rung_codes)
    full_page.goto("/ladder")
    expect(first_rung.locator("[data-rung-progress]")).to_have_text(
        f"{len(rung_codes)} of {len(rung_codes)} solved"
    )
    total = full_page.locator("[data-ladder-total]")
    assert total.inner_text().startswith(f"{len(rung_codes)} of ")
    assert total.locator("a").get_attribute("href") == "#rung-2"
    open_mine(full_page)
    full_page.get_by_role("tab", name="Progress").click()
    full_page.locator("#ladder").get_by_role("link", name="rung 2").click()
    assert full_page.url.endswith("/ladder#rung-2")


def test_topics_show_progress_by_family(full_page: Page) -> None:
    store(full_page, **LISTS)
    full_page.goto("/topics")
    notes = full_page.locator("[data-family] [data-progress]:visible")
    notes.first.wait_for()
    texts = notes.all_inner_texts()
    assert len(texts) == full_page.locator("[data-family]").count() > 4
    assert all(re.fullmatch(r"\d+ of [\d,]+ solved", text) for text in texts)
    assert sum(int(text.split()[0]) for text in texts) > 0


def test_home_takes_a_paste_and_then_shows_next_problems(page: Page) -> None:
    page.goto("/", wait_until="networkidle")  # the scripts have run
    assert page.locator("#my-next").is_hidden()
    page.locator("#paste textarea").fill("PRIME1 onp")
    page.get_by_role("button", name="Show my next problems").click()
    page.wait_for_url("**/mine")
    page.locator("#message p").wait_for()
    assert read_storage(page, "solved") == ["PRIME1", "ONP"]
    page.goto("/")
    page.locator("#my-next-rows").wait_for()
    assert page.locator("#paste").is_hidden()
    assert len(codes(page, "my-next-rows")) == 3
    assert "2 solved" in page.locator("#my-next-note").inner_text()


def test_times_are_relative(page: Page) -> None:
    page.goto("/about")
    finished = page.locator("time.relative").first.get_attribute("datetime") or ""
    for ago, text in ((30, "just now"), (90, "1 minute ago"), (3 * 3600, "3 hours ago"),
                      (47 * 3600, "47 hours ago"), (49 * 3600, "2 days ago")):  # fmt: skip
        page.clock.set_fixed_time(datetime.fromisoformat(finished) + timedelta(seconds=ago))
        page.reload()
        expect(page.locator("time.relative").first).to_have_text(text)


def test_examples_can_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/api")
    example = page.locator("pre.copy").first
    text = example.inner_text().removeprefix("Copy").strip()
    example.get_by_role("button", name="Copy").click()
    example.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").strip() == text


def test_query_table_sorts_by_click_on_header(page: Page) -> None:
    page.goto("/spojscore/worth?codes=ONP,ADDREV,STEADY,PRIME1,FCTRL2")
    head = page.locator("th", has_text="Solvers")
    for direction in ("descending", "ascending"):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == direction
        solvers = page.locator("td.users").all_inner_texts()
        values = [int(text.replace(",", "")) for text in solvers]
        assert values == sorted(values, reverse=direction == "descending")
