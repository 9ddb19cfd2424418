"""How pages look and work in a browser, with and without script."""

import re

import pytest
from playwright.sync_api import Page
from pytest_playwright import CreateContextCallback

from tests.support.accessibility import check_page, find_unreachable, overflow, watch
from tests.support.browsing import HEIGHT
from tests.support.queries import QUERIES

LIST = "/spojscore/problems"
PHONE = pytest.mark.browser_context_args(viewport={"width": 390, "height": HEIGHT})
# Paths and their status; other queries have the same template.
PAGES = {
    **dict.fromkeys(
        (
            "/", "/mine", "/charts", "/api", "/about", "/topics", "/ladder", "/spojscore", LIST,
            f"{LIST}?_q=x&_facet=first_seen&users__gt=5", f"{LIST}?_col=code&_col=url&_size=5",
            f"{LIST}?_q=nosuchproblem", f"{LIST}/STEADY", f"{LIST}/XWIDE", f"{LIST}/LEAVING",
            "/spojscore/crawls", "/spojscore/crawls/1", "/spojscore/events", "/spojscore/history",
            "/spojscore/movers", "/spojscore?sql=select+*+from+problems+limit+3",
            "/spojscore/worth?codes=ONP,NOSUCH", "/spojscore/rising", "/spojscore/topic_families",
        ),
        200,
    ),
    "/spojscore?sql=select": 400,
    "/nosuchpage": 404,
}  # fmt: skip
# The first row's top and height, and the number of rows above the lower edge, in pixels.
ROWS = """() => {
    const bar = document.querySelector('.site nav').getBoundingClientRect();
    const edge = bar.top > innerHeight / 2 ? bar.top : innerHeight;
    const rows = [...document.querySelectorAll('.rows tbody tr')]
        .map(row => row.getBoundingClientRect());
    return [rows[0].top, rows[0].height, rows.filter(row => row.bottom <= edge).length];
}"""


@PHONE
@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible(path: str, page: Page) -> None:
    response = page.goto(path)
    assert response
    assert response.status == PAGES[path]
    check_page(page)


@pytest.mark.browser_context_args(viewport={"width": 320, "height": HEIGHT})
def test_queries_fit_narrow_window(page: Page) -> None:
    for query in QUERIES:
        page.goto(f"/spojscore/{query}")
        assert overflow(page) == 0, query


def test_check_page_detects_faults(page: Page) -> None:
    page.goto("/about")
    for fault in (
        "document.querySelector('main').style.minWidth = '1500px'",
        "document.querySelector('h1').style.color = '#eee'",
        "document.body.append(document.createElement('input'))",
    ):
        page.reload()
        page.evaluate(fault)
        with pytest.raises(AssertionError):
            check_page(page)


def test_watch_detects_faults(new_context: CreateContextCallback, history_site: str) -> None:
    page = new_context(base_url=history_site).new_page()
    errors = watch(page, history_site)
    page.goto("/about")
    assert errors == []
    page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    with page.expect_event("requestfinished"):
        page.evaluate("(new Image()).src = '/static/nosuch.png'")
    assert errors == ["broken", f"404 {history_site}/static/nosuch.png"]


@pytest.mark.parametrize(
    ("max_top", "height", "min_rows"),
    [
        pytest.param(200, 36, 17, id="desk"),
        pytest.param(230, 56, 10, id="phone", marks=PHONE),
    ],
)
def test_first_rows_are_in_view(max_top: int, height: int, min_rows: int, page: Page) -> None:
    page.goto(LIST)
    top, row_height, rows = page.evaluate(ROWS)
    assert top <= max_top
    assert row_height == height
    assert rows >= min_rows


@PHONE
def test_home_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert find_unreachable(page, "main :is(a, button, textarea)") == set()


@PHONE
def test_best_value_adds_filters_that_can_be_removed(page: Page) -> None:
    page.goto(LIST)
    page.get_by_text("↓ Most solved").click()
    page.get_by_role("link", name="Best value").click()
    for argument in ("liked__gte", "users__gte"):
        page.wait_for_url(f"**{argument}*")
        chips = page.locator("a.chip[aria-current]")
        links = [chip.get_attribute("href") or "" for chip in chips.all()]
        chips.nth([argument in link for link in links].index(False)).click()
        page.wait_for_url(re.compile(f"^(?!.*{argument})"))
    assert "_sort_desc=per_submission" in page.url


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_pages_work_without_script(page: Page) -> None:
    page.goto(LIST)
    assert not page.locator(".scripted, .tick").first.is_visible()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Min. solvers").fill("40")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**users__gte=40*")
    page.goto(f"{LIST}/STEADY")
    charts = page.locator(".score-plot, .users-plot")
    assert [chart.is_visible() for chart in charts.all()] == [True, False]
    page.locator(".segments label", has_text="Solvers").click()
    assert [chart.is_visible() for chart in charts.all()] == [False, True]
