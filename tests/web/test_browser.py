"""The site used in a real browser, on a desk and on a phone."""

import re

from playwright.sync_api import Page


def test_dark_is_dark(page: Page) -> None:
    page.goto("/")
    grounds = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(20, 23, 28)"]


def test_from_home_over_the_list_to_a_problem(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Look up a problem").fill("stead")
    page.keyboard.press("Enter")
    page.wait_for_url("**/spojscore/problems?_q=stead")
    assert page.locator("tbody tr").count() == 1
    page.get_by_role("link", name="STEADY", exact=True).click()
    assert page.locator(".figures dd").nth(2).inner_text() == "40"


def test_columns_are_explained_where_they_are_read(page: Page) -> None:
    page.goto("/spojscore/problems")
    page.get_by_text("What the columns mean").click()
    assert page.get_by_text("how many people have solved it").is_visible()
    explained = page.locator(".columns-explained").bounding_box()
    rows = page.locator(".rows").bounding_box()
    assert explained
    assert rows
    assert explained["y"] < rows["y"]


def test_everything_on_home_is_reached_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML"))
    needed = page.evaluate(
        "[...document.querySelectorAll('main a, main button, main input')].map(e => e.outerHTML)"
    )
    assert set(needed) <= reached


def test_a_problem_is_suggested_while_one_types(page: Page) -> None:
    page.goto("/")
    with page.expect_response(re.compile(r"/spojscore/problems\.json")):
        page.keyboard.press("/")
        page.keyboard.type("stea")
    options = page.locator("#found option")
    options.first.wait_for(state="attached")
    assert options.evaluate_all("all => all.map(one => [one.value, one.text])") == [
        ["STEADY", "Steady Climb"]
    ]
    field = page.get_by_label("Look up a problem")
    field.fill("prime")
    assert options.first.get_attribute("value") == "PRIME1"
    field.fill("e")
    assert options.count() == 8
    # As browsers tell of a choice from the list.
    page.evaluate("""() => {
        const field = document.querySelector('#q');
        field.value = 'STEADY';
        field.dispatchEvent(new InputEvent('input', { inputType: 'insertReplacementText' }));
    }""")
    page.wait_for_url("**/spojscore/problems/STEADY")


def test_the_list_is_not_loaded_before_somebody_looks_up(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "problems.json" in url]


def test_a_point_of_a_chart_tells_its_figures(page: Page) -> None:
    page.goto("/spojscore/problems/STEADY")
    dot = page.locator(".dot").nth(1)
    opacity = "dot => getComputedStyle(dot.querySelector('text')).opacity"
    assert dot.evaluate(opacity) == "0"
    page.locator("nav.ranges a").last.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert dot.evaluate("dot => dot === document.activeElement")
    assert dot.evaluate(opacity) == "1"
    assert dot.locator("text").text_content() == "1 April 2026: 1.33 points"
    page.locator("nav.ranges a").last.focus()
    dot.locator("circle").last.hover()
    assert dot.evaluate(opacity) == "1"
