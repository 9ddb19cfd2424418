"""The site on a phone: cards instead of tables, results at once, targets for a finger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.looking import DESK, PAGES, PHONE, looking

FINGER = 44  # pixels
SCREEN = 844
LIST = "/spojscore/problems"
SOLVED = "localStorage.setItem('spojscore.solved', JSON.stringify(['TEST', 'PRIME1']))"
TARGETS = (
    "td a, th a, th button, .chip, main button, .short a, header a, summary, select, textarea, "
    "input:not([type=checkbox], [type=radio], [type=hidden]), label:has([type=checkbox]), .jump a"
)


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """A visitor's with a list, which takes a line of its own."""
    with looking(browser, site, PHONE) as page:
        page.add_init_script(SOLVED)
        yield page


@pytest.mark.parametrize("column", ["users", "first_seen", "votes_up", "score", "liked", "id"])
@pytest.mark.parametrize("way", ["_sort", "_sort_desc"])
def test_a_card_has_what_it_is_sorted_by(column: str, way: str, phone: Page) -> None:
    phone.goto(f"{LIST}?{way}={column}&_size=3&liked__notblank=1")
    cells = phone.locator(f"tbody td.col-{column}")
    assert cells.count() == 3
    for cell in cells.all():
        assert cell.is_visible()
        assert cell.inner_text()
        assert cell.get_attribute("data-label")


def test_a_card_has_names_for_its_figures_and_no_more_than_matter(phone: Page) -> None:
    phone.goto(f"{LIST}?_size=1")
    seen = phone.locator("tbody td:visible")
    labels = seen.evaluate_all("""all => all.map((cell) => {
        const { content } = getComputedStyle(cell, "::before");
        return content === "none" ? "" : JSON.parse(content);
    })""")
    assert labels == ["", "", "", "Solved by", "If you solve it", "Accepted %"]
    assert seen.all_inner_texts()[2:] == [
        "Life, the Universe, and Everything", "223,163", "0.000358", "33.17",
    ]  # fmt: skip


def test_who_chooses_columns_sees_them(phone: Page) -> None:
    phone.goto(f"{LIST}?_col=votes_up&_size=1")
    assert phone.locator("td.col-votes_up").is_visible()


@pytest.mark.parametrize(
    "path",
    [LIST, f"{LIST}?band=e%3A+under+0.01", "/topics", "/spojscore/worth_now", "/spojscore/liked",
     "/spojscore/topic_value", "/spojscore/moved", "/spojscore/attempts", "/spojscore/newest"],
)  # fmt: skip
def test_the_first_result_is_on_the_first_screen(path: str, phone: Page) -> None:
    phone.goto(path)
    phone.wait_for_load_state("networkidle")
    first = phone.locator("tbody tr, .zero-results").first.bounding_box()
    assert first
    assert first["y"] + first["height"] <= SCREEN


@pytest.mark.parametrize("width", [PHONE, 320])
@pytest.mark.parametrize(
    "path",
    ["/", LIST, f"{LIST}?band=e%3A+under+0.01&_size=5", "/spojscore/worth_now", "/topics",
     "/topics/graphs", f"{LIST}/PRIME1", "/spojscore/events", "/spojscore/crawls", "/mine"],
)  # fmt: skip
def test_targets_are_as_large_as_a_finger(path: str, width: int, phone: Page) -> None:
    phone.set_viewport_size({"width": width, "height": SCREEN})
    phone.goto(path)
    phone.wait_for_load_state("networkidle")
    small = phone.locator(TARGETS).evaluate_all(
        """(all, least) => all.filter((one) => one.checkVisibility()).map((one) => {
            const { width, height } = one.getBoundingClientRect();
            return [height, one.outerHTML.slice(0, 120)];
        }).filter(([height]) => height < least)""",
        FINGER,
    )
    assert small == []
    assert phone.evaluate("document.documentElement.scrollWidth") == width


def test_cards_are_sorted_by_what_stands_above_them(phone: Page) -> None:
    phone.goto("/spojscore/worth_now")
    phone.get_by_role("button", name="Name").click()
    names = [name.lower() for name in phone.locator("td.col-name").all_inner_texts()]
    assert names == sorted(names)
    # What it is sorted by stands first.
    left = phone.locator("th:visible").evaluate_all(
        "all => all.sort((a, b) => a.offsetLeft - b.offsetLeft)[0].ariaSort"
    )
    assert left == "ascending"


def test_one_jumps_to_the_sections_of_my_problems(phone: Page) -> None:
    phone.goto("/mine")
    phone.locator("#progress").wait_for()
    links = phone.locator(".jump a")
    assert links.count() == 5
    for link in links.all():
        link.click()
        heading = phone.locator(f"{link.get_attribute('href')} > :is(h2, h3)").first
        bar = phone.locator(".jump").bounding_box()
        found = heading.bounding_box()
        assert bar
        assert found
        # The links stay, and cover nothing.
        assert bar["y"] >= 0
        assert bar["y"] + bar["height"] <= found["y"] < SCREEN


@pytest.mark.parametrize("path", [path for path in PAGES if "nosuchpage" not in path])
def test_no_page_is_wider_than_its_window(path: str, browser: Browser, grown_site: str) -> None:
    with looking(browser, grown_site, PHONE) as page:
        page.goto(path)
        for width in 320, 700, 1120:
            page.set_viewport_size({"width": width, "height": SCREEN})
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize(
    "path", [LIST, f"{LIST}?band=e%3A+under+0.01", "/spojscore/worth_now", "/topics", "/mine"]
)
def test_axe_finds_nothing_at_all(path: str, width: int, phone: Page) -> None:
    phone.set_viewport_size({"width": width, "height": SCREEN})
    phone.goto(path)
    phone.wait_for_load_state("networkidle")
    found = Axe().run(phone, context={"exclude": [["tbody tr:nth-child(n+6)"]]})
    assert [one["id"] for one in found.response["violations"]] == []
