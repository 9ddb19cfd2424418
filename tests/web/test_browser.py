"""The site used in a browser, with and without script."""

import re

from playwright.sync_api import Browser, Page

from tests.support.looking import DESK

LIST = "/spojscore/problems"
VISIBLE = """() => {
    const bar = document.querySelector('.site nav').getBoundingClientRect();
    const bottom = bar.top > innerHeight / 2 ? bar.top : innerHeight;
    const rows = [...document.querySelectorAll('.rows tbody tr')]
        .map(row => row.getBoundingClientRect());
    return [rows[0].top, rows[0].height, rows.filter(row => row.bottom <= bottom).length];
}"""


def test_colours_follow_the_system(page: Page) -> None:
    page.goto("/")
    grounds = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_list_starts_high(page: Page) -> None:
    page.goto(LIST)
    top, tallness, rows = page.evaluate(VISIBLE)
    is_desk = page.evaluate("innerWidth") == DESK
    assert tallness == (36 if is_desk else 56)
    assert top <= (200 if is_desk else 230)
    assert rows >= (17 if is_desk else 10)


def test_search_leads_to_a_problem(page: Page) -> None:
    page.goto("/topics")
    page.keyboard.press("/")
    page.keyboard.type("stead")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LIST}?_q=stead")
    assert page.locator("tbody tr").count() == 1
    page.get_by_role("link", name="Steady Climb").click()
    assert page.locator("h1").inner_text().split() == ["Steady", "Climb", "STEADY"]


def test_search_suggests_problems(page: Page) -> None:
    page.goto(LIST)
    with page.expect_response(re.compile(r"/spojscore/problems\.json")):
        page.keyboard.press("/")
        page.keyboard.type("stea")
    options = page.locator("#found option")
    options.first.wait_for(state="attached")
    assert options.evaluate_all("all => all.map(one => [one.value, one.text])") == [
        ["STEADY", "Steady Climb"]
    ]
    field = page.get_by_label("Find a problem")
    field.fill("prime")
    assert options.first.get_attribute("value") == "PRIME1"
    # As browsers report a choice from the list.
    page.evaluate("""() => {
        const field = document.querySelector('#find').q;
        field.value = 'STEADY';
        field.dispatchEvent(new InputEvent('input', { inputType: 'insertReplacementText' }));
    }""")
    page.wait_for_url(f"**{LIST}/STEADY")


def test_suggestions_load_on_demand(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in requests if "problems.json" in url]


def test_home_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    reached = set()
    needed = page.evaluate(
        "[...document.querySelectorAll('main :is(a, button, textarea)')]"
        ".filter(e => e.checkVisibility()).map(e => e.outerHTML)"
    )
    for _ in range(len(needed) + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML"))
    assert set(needed) <= reached


def test_best_value_adds_filters_that_can_be_removed(page: Page) -> None:
    page.goto(LIST)
    page.get_by_text("Sort: most solved").click()
    page.get_by_role("link", name="Best value").click()
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Per submission")
    for text, argument in (("Well liked", "liked__gte"), ("Solvers at least 100", "users__gte")):
        assert argument in page.url
        page.locator(".chip[aria-current]", has_text=text).click()
        page.wait_for_url(lambda url, argument=argument: argument not in url)
    assert "_sort_desc=per_submission" in page.url


def test_pages_work_without_script(browser: Browser, grown_site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=grown_site)
    page = context.new_page()
    page.goto(LIST)
    assert not page.locator(".scripted, .tick").first.is_visible()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Min. solvers").fill("40")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**users__gte=40*")
    assert page.get_by_text("Solvers at least 40").is_visible()
    page.goto(f"{LIST}/STEADY")
    charts = page.locator(".of-score, .of-users")
    assert [chart.is_visible() for chart in charts.all()] == [True, False]
    page.locator(".segments label", has_text="Solvers").click()
    assert [chart.is_visible() for chart in charts.all()] == [False, True]
    context.close()
