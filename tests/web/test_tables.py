"""Tables as people read them: figures, numbers of rows, links, chips, sorting in the browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from csv import DictReader
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from parsel import Selector
from playwright.sync_api import Browser, Page

from tests.support.databases import change, rows
from tests.support.looking import DESK, looking
from tests.support.sites import get, served
from web.plugins.cells import written

LIST = "/spojscore/problems"
MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def desk(browser: Browser, site: str) -> Iterator[Page]:
    with looking(browser, site, DESK) as page:
        yield page


def column(page: str, name: str) -> list[str]:
    """A column's cells as they are shown, from top to bottom."""
    cells = Selector(page).css(f"tbody td.col-{name}")
    return ["".join(cell.css("::text").getall()) for cell in cells]


def answer(site: str, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(get(f"{site}{path}"))
    return found


@pytest.mark.parametrize("name", ["score", "score_365", "score_change", "points_so_far"])
def test_points_have_as_many_decimals_as_the_smallest_needs(name: str) -> None:
    write = written(name, [80 / 41, 80 / 223203, 0.0])
    assert [write(value) for value in (80 / 41, 80 / 223203, 0.0)] == [
        "1.951220", "0.000358", "0.000000",
    ]  # fmt: skip
    assert written(name, [1234.5678])(1234.5678) == "1,235"
    assert written(name, [-0.5])(-0.5) == f"{MINUS}0.500"
    assert written(name, [9e999, 1.5])(9e999) == "inf"
    # Nobody reads more.
    assert written(name, [-7.294514726356293e-08])(-7.294514726356293e-08) == f"{MINUS}0.00000007"


@pytest.mark.parametrize("name", ["id", "scores", "year"])
def test_what_nobody_knows_is_written_as_it_is(name: str) -> None:
    assert written(name, [2012, 0.123456])(2012) == "2012"
    assert written(name, [2012, 0.123456])(0.123456) == "0.123456"


def test_the_columns_of_the_list(site: str) -> None:
    page = get(f"{site}{LIST}?code__in=PRIME1,AGGRCOW,CFONISMG")
    found = answer(site, f"{LIST}.json?code__in=PRIME1,AGGRCOW,CFONISMG&_shape=array")
    assert {80 / 83095, 80 / 41} <= {row["score"] for row in found}
    assert column(page, "score") == [f"{row['score']:.6f}" for row in found]
    assert column(page, "users") == [f"{row['users']:,}" for row in found]
    percent = [row["acceptance"] for row in found]
    assert column(page, "acceptance") == ["" if one is None else f"{one:.2f}" for one in percent]


def test_json_and_csv_keep_every_digit(site: str, crawled: Path) -> None:
    [prime] = [row for row in rows(crawled) if row["code"] == "PRIME1"]
    [found] = answer(site, f"{LIST}.json?code=PRIME1&_shape=array")
    assert found == {**prime}
    [line] = DictReader(get(f"{site}{LIST}.csv?code=PRIME1").splitlines())
    assert line["score"] == repr(80 / 83095)


@pytest.mark.parametrize("path", [f"{LIST}?_q=prime", "/spojscore/worth_now", "/spojscore/crawls"])
def test_digits_stand_below_each_other(path: str, desk: Page) -> None:
    desk.goto(path)
    for head in desk.locator("th.number").all():
        name = re.findall(r"col-\w+", head.get_attribute("class") or "")[0]
        cells = desk.locator(f"td.{name}:not(:empty)")
        assert cells.first.evaluate("cell => getComputedStyle(cell).fontVariantNumeric") == (
            "tabular-nums"
        )
        ends = cells.evaluate_all("""all => all.map((cell) => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return Math.round(range.getBoundingClientRect().right);
        })""")
        assert len(set(ends)) == 1, name
        decimals = {text.rpartition(".")[2] for text in cells.all_inner_texts() if "." in text}
        assert len({len(digits) for digits in decimals}) <= 1, name


@pytest.mark.parametrize("path", [LIST, "/spojscore/liked", "/spojscore/hardest"])
def test_the_head_stays_in_sight(path: str, desk: Page) -> None:
    desk.goto(path)
    last = desk.locator("tbody tr").last
    last.scroll_into_view_if_needed()
    head = desk.locator("th.col-code").bounding_box()
    row = last.bounding_box()
    assert head
    assert row
    assert 0 <= head["y"] < row["y"] < 844


def test_a_wide_table_is_scrolled_below_its_head(desk: Page) -> None:
    desk.goto("/spojscore/movers")
    box = desk.locator(".table-wrapper")
    box.evaluate("box => box.scrollTo(box.scrollWidth, box.scrollHeight)")
    around = box.bounding_box()
    head = desk.locator("th").last.bounding_box()
    assert around
    assert head
    assert around["height"] < 844
    assert head["y"] == around["y"]
    assert round(head["x"] + head["width"]) == round(around["x"] + around["width"])


def test_a_table_that_fits_is_scrolled_by_the_page_alone(desk: Page) -> None:
    desk.goto(LIST)
    assert desk.locator(".table-wrapper").evaluate("box => getComputedStyle(box).overflow") == (
        "visible"
    )
    desk.set_viewport_size({"width": 800, "height": 844})
    assert desk.evaluate("document.documentElement.scrollWidth") == 800


def ordinals(page: str) -> list[int]:
    return [int(text) for text in column(page, "row")]


@pytest.mark.parametrize(
    "path",
    [
        f"{LIST}?_size=40",
        f"{LIST}?_size=40&_sort=acceptance",
        f"{LIST}?_size=40&_sort_desc=first_seen&users__gt=100",
        f"{LIST}?_size=9&_q=prime",
        f"{LIST}?_size=2&_q=test",
        "/spojscore/movers?_size=40",
        "/spojscore/history?_size=40",
    ],
)
def test_rows_are_numbered_from_page_to_page(path: str, site: str) -> None:
    first = get(site + path)
    second = get(Selector(first).css("a.next::attr(href)").get(""))
    third = get(Selector(second).css("a.next::attr(href)").get(""))
    size = len(ordinals(first))
    # A code that was searched for stands before the others.
    assert ordinals(first) == list(range(1, size + 1))
    assert ordinals(second) == list(range(size + 1, 2 * size + 1))
    assert ordinals(third)[0] == 2 * size + 1


def test_rows_whose_number_is_unknown_have_none(site: str) -> None:
    following = Selector(get(f"{site}{LIST}")).css("a.next::attr(href)").get("")
    assert ordinals(get(following)) == list(range(101, 201))
    assert ordinals(get(f"{following}&_nocount=1")) == []


@pytest.mark.parametrize("path", [f"{LIST}?_q=prime1", "/spojscore/easier", "/spojscore/movers"])
def test_code_and_name_lead_to_the_problem_and_the_arrow_to_spoj(path: str, site: str) -> None:
    page = Selector(get(site + path))
    for row in page.css("tbody tr"):
        code, arrow = row.css("td.col-code a")
        own = f"{LIST}/{code.css('::text').get()}"
        assert code.attrib["href"] == own
        assert row.css("td.col-name a::attr(href)").getall() == [own]
        assert arrow.css("::text").get() == "↗"
        assert arrow.attrib["href"] == f"https://www.spoj.com{own.removeprefix('/spojscore')}/"
    assert page.css("th.col-url, td.col-url").getall() == []


def test_who_asks_for_addresses_gets_them(site: str) -> None:
    for path in (f"{LIST}?_col=url", "/spojscore?sql=select+code,+url+from+problems+limit+3"):
        link = Selector(get(site + path)).css("td.col-url a")[0]
        assert link.attrib["href"].startswith("https://www.spoj.com/problems/")
        assert link.css("::text").get() == "on SPOJ"


def test_a_code_that_no_problem_has_any_more_is_no_link(grown: Path, tmp_path: Path) -> None:
    database = tmp_path / "given-up.db"
    shutil.copy(grown, database)
    change(database, "UPDATE events SET code = 'GIVENUP' WHERE code = 'ARRIVED'")
    with served(database) as (site, _):
        for path in ("/spojscore/latest_events", "/spojscore/news", "/spojscore/events"):
            cells = Selector(get(f"{site}{path}")).css("tbody td.col-code")
            [cell] = [one for one in cells if one.css("::text").get() == "GIVENUP"]
            assert cell.css("a").getall() == []


def test_times_are_read_to_the_minute(site: str) -> None:
    [day] = column(get(f"{site}/spojscore/crawls"), "day")
    [finished] = column(get(f"{site}/spojscore/crawls"), "finished")
    assert re.fullmatch(rf"{day} \d\d:\d\d", finished)


def test_downloads_are_downloaded(site: str) -> None:
    for path, name, amount in ((LIST, "problems", 3974), ("/spojscore/bands", "bands", 5)):
        link = Selector(get(site + path)).xpath("//main//a[text()='CSV']/@href").get("")
        with urlopen(f"{site}{link}") as response:
            lines = response.read().decode().splitlines()
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
        assert len(lines) == amount + 1


def chips(page: Page) -> list[str]:
    return page.locator("#facet-band a").all_inner_texts()


def test_chips_of_bands_stay_after_one_was_chosen(desk: Page, crawled: Path) -> None:
    desk.goto(f"{LIST}?acceptance__gte=50")
    sql = (
        "SELECT substr(band, 4) || char(10) || count(*) AS said FROM problems "
        "WHERE acceptance >= 50 GROUP BY band ORDER BY band"
    )
    expected = [row["said"] for row in rows(crawled, sql)]
    assert len(expected) == 5
    assert chips(desk) == expected
    desk.get_by_role("link", name="0.5 to 1", exact=False).click()
    desk.wait_for_url(re.compile("band=b"))
    assert chips(desk) == expected
    chosen = desk.locator("#facet-band [aria-current=true]")
    assert chosen.all_inner_texts() == [expected[1]]
    assert desk.locator(".count b").inner_text() == f"{expected[1].partition(chr(10))[2]} problems"
    assert chosen.evaluate("chip => getComputedStyle(chip, '::before').content") == '"✓"'
    desk.locator("#facet-band a").first.click()
    desk.wait_for_url(re.compile("band=a"))
    assert chosen.all_inner_texts() == expected[:1]
    chosen.click()
    desk.wait_for_url(f"**{LIST}?acceptance__gte=50")
    assert chosen.count() == 0
    assert chips(desk) == expected


def test_each_band_has_its_colour_on_chips_and_rows(desk: Page) -> None:
    desk.goto(LIST)
    colour = "element => getComputedStyle(element).borderLeftColor"
    colours = desk.locator("#facet-band a").evaluate_all(f"all => all.map({colour})")
    assert len(set(colours)) == 5
    desk.goto(f"{LIST}?band={quote('c: 0.1 to 0.5')}&_size=3")
    assert {row.evaluate(colour) for row in desk.locator("td.col-row").all()} == {colours[2]}


def shown(page: Page, name: str) -> list[str]:
    return page.locator(f"tbody td.col-{name}").all_inner_texts()


def test_a_question_is_sorted_in_the_browser(desk: Page, site: str) -> None:
    found = answer(site, "/spojscore/worth_now.json?_shape=array")
    desk.goto("/spojscore/worth_now")
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    head = desk.locator("th.col-acceptance")
    button = head.get_by_role("button", name="Accepted %")
    button.focus()
    for way, sign in (("descending", -1), ("ascending", 1)):
        desk.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == way
        # Equal ones keep the order that they had.
        found.sort(key=lambda row: sign * row["acceptance"])
        assert shown(desk, "acceptance") == [f"{row['acceptance']:.2f}" for row in found]
        assert [text.split()[0] for text in shown(desk, "code")] == [row["code"] for row in found]
        assert shown(desk, "row") == [str(number) for number in range(1, len(found) + 1)]
    desk.locator("th.col-name").get_by_role("button").click()
    assert desk.locator("th[aria-sort]").all_inner_texts() == ["Name"]
    found.sort(key=lambda row: row["name"].lower())
    assert shown(desk, "name") == [" ".join(row["name"].split()) for row in found]
    assert asked == []


def test_numbers_are_sorted_as_numbers_by_what_they_are(desk: Page) -> None:
    values = "(3, 0.00000000002), (1000, 0.00000000001), (20, -5), (null, 0.00000000003)"
    sql = f"select column1 as users, column2 as score from (values {values})"
    desk.goto(f"/spojscore?sql={quote(sql)}")
    for name, order in (
        ("users", ["1,000", "20", "3", ""]),
        ("users", ["3", "20", "1,000", ""]),
        ("score", ["", "3", "1,000", "20"]),
        ("score", ["20", "1,000", "3", ""]),
    ):
        desk.locator(f"th.col-{name}").get_by_role("button").click()
        assert shown(desk, "users") == order


def test_topics_are_sorted_in_the_browser(desk: Page) -> None:
    desk.goto("/topics")
    desk.get_by_role("button", name="Problems", exact=True).click()
    amounts = [
        int(text.replace(",", "")) for text in desk.locator("td:nth-child(3)").all_inner_texts()
    ]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] > 1000


def test_part_of_an_answer_is_not_sorted_as_if_it_were_all(desk: Page) -> None:
    desk.goto("/spojscore/on_day")
    assert desk.locator(".count b").inner_text() == "The first 200 rows"
    assert desk.locator("th button").count() == 0


def test_who_asks_in_sql_sees_the_answer_at_once(desk: Page) -> None:
    desk.goto("/spojscore?sql=select+code,+users+from+problems+limit+5")
    first = desk.locator("tbody tr").first.bounding_box()
    assert first
    assert first["y"] + first["height"] < 844
    desk.goto("/spojscore?sql=select+nonsense+from+problems")
    assert desk.get_by_text("concept_difficulty").is_visible()
