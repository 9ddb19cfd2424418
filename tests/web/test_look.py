"""How pages look and work in a browser, with and without script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.looking import DESK, PAGES, PHONE, check_page, looking

LIST = "/spojscore/problems"
# The first row's top and height, and the number of rows above the lower edge, in pixels.
ROWS = """() => {
    const bar = document.querySelector('.site nav').getBoundingClientRect();
    const edge = bar.top > innerHeight / 2 ? bar.top : innerHeight;
    const rows = [...document.querySelectorAll('.rows tbody tr')]
        .map(row => row.getBoundingClientRect());
    return [rows[0].top, rows[0].height, rows.filter(row => row.bottom <= edge).length];
}"""


@pytest.fixture
def phone(browser: Browser, grown_site: str) -> Iterator[Page]:
    with looking(browser, grown_site, PHONE) as page:
        yield page


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible(path: str, phone: Page) -> None:
    check_page(phone, path)


def test_check_page_notices_faults(phone: Page) -> None:
    faults = {
        "wide": "document.querySelector('main').style.minWidth = '1500px'",
        "contrast": "document.querySelector('h1').style.color = '#eee'",
        "label": "document.querySelector('main').append(document.createElement('input'))",
    }
    for fault in faults.values():
        phone.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {fault} }})")
        with pytest.raises(AssertionError):
            check_page(phone, "/api")


@pytest.mark.parametrize(
    ("width", "max_top", "height", "min_rows"),
    [pytest.param(DESK, 200, 36, 17, id="desk"), pytest.param(PHONE, 230, 56, 10, id="phone")],
)
def test_list_starts_high(
    width: int, max_top: int, height: int, min_rows: int, browser: Browser, grown_site: str
) -> None:
    with looking(browser, grown_site, width) as page:
        page.goto(LIST)
        top, row_height, rows = page.evaluate(ROWS)
    assert top <= max_top
    assert row_height == height
    assert rows >= min_rows


def test_home_by_keyboard(phone: Page) -> None:
    phone.goto("/")
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.textContent") == "Skip to content"
    phone.keyboard.press("Enter")
    needed = phone.evaluate(
        "[...document.querySelectorAll('main :is(a, button, textarea)')]"
        ".filter(element => element.checkVisibility()).map(element => element.outerHTML)"
    )
    reached = set()
    for _ in needed:
        phone.keyboard.press("Tab")
        reached.add(phone.evaluate("document.activeElement.outerHTML"))
    assert reached == set(needed)


def test_best_value_adds_filters_that_can_be_removed(phone: Page) -> None:
    phone.goto(LIST)
    phone.get_by_text("↓ Most solved").click()
    phone.get_by_role("link", name="Best value").click()
    for argument in ("liked__gte", "users__gte"):
        phone.wait_for_url(f"**{argument}*")
        chips = phone.locator("a.chip[aria-current]")
        links = [chip.get_attribute("href") or "" for chip in chips.all()]
        chips.nth([argument in link for link in links].index(False)).click()
        phone.wait_for_url(re.compile(f"^(?!.*{argument})"))
    assert "_sort_desc=per_submission" in phone.url


def test_pages_work_without_script(browser: Browser, grown_site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=grown_site)
    page = context.new_page()
    page.goto(LIST)
    assert not page.locator(".scripted, .tick").first.is_visible()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Min. solvers").fill("40")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**users__gte=40*")
    page.goto(f"{LIST}/STEADY")
    charts = page.locator(".of-score, .of-users")
    assert [chart.is_visible() for chart in charts.all()] == [True, False]
    page.locator(".segments label", has_text="Solvers").click()
    assert [chart.is_visible() for chart in charts.all()] == [False, True]
    context.close()
