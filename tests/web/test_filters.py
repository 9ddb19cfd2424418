"""The filters above the list, in people's words."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.databases import rows
from tests.support.looking import DESK, PHONE, looking
from tests.support.sites import get, refusal, words
from web.words import filtered

CHOSEN = (
    "delisted IS NULL AND points_if_solved >= 0.5 AND points_if_solved <= 1.5 AND acceptance >= 40 "
    "AND liked >= 20 AND users >= 15 AND topics LIKE '%\"graphs\"%'"
)
ADDRESS = (
    "/spojscore/problems?points_if_solved__gte=0.5&points_if_solved__lte=1.5&acceptance__gte=40"
    "&liked__gte=20&users__gte=15&topics__arraycontains=graphs&_sort_desc=acceptance"
)
SAID = (
    "accepted at least 40 %, liked by at least 20 %, at least 0.5 points if you solve it, at most "
    "1.5 points if you solve it, topic graphs, solved by at least 15"
)


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A browser at SPOJ's whole list."""
    with looking(browser, site, request.param) as page:
        yield page


def unfold(page: Page) -> None:
    """The filters, which are folded on a phone only."""
    if page.evaluate("innerWidth") == PHONE:
        assert not page.get_by_label("Accepted at least %").is_visible()
        page.get_by_text("Filter and sort").click()
    assert page.get_by_label("Accepted at least %").is_visible()


def test_what_is_chosen_stands_in_the_address_and_is_said(page: Page, crawled: Path) -> None:
    expected = rows(crawled, f"SELECT code FROM problems WHERE {CHOSEN} ORDER BY acceptance DESC")
    assert expected
    page.goto("/spojscore/problems")
    unfold(page)
    for label, value in [
        ("from", "0.5"), ("to", "1.5"), ("Accepted at least %", "40"),
        ("Liked by at least %", "20"), ("Solved by at least", "15"),
    ]:  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("combobox", name="Topic").select_option("graphs")
    page.get_by_label("Sorted by").select_option("Accepted %")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(f"**{ADDRESS}")
    codes = page.locator("tbody tr").evaluate_all("rows => rows.map(row => row.dataset.code)")
    assert codes == [row["code"] for row in expected]
    said = page.locator(".count").inner_text().replace(" ✖", "")
    assert said == f"{len(expected)} problem{'s' if len(expected) > 1 else ''}: {SAID}"
    unfold(page)
    assert page.get_by_label("Accepted at least %").input_value() == "40"
    assert page.get_by_role("combobox", name="Topic").input_value() == "graphs"


def test_one_filter_is_taken_back(page: Page) -> None:
    page.goto("/spojscore/problems?_q=st&users__lt=1000&acceptance__gte=40")
    page.get_by_role("link", name="Remove: Solved by under 1000").click()
    page.wait_for_url("**/spojscore/problems?_q=st&acceptance__gte=40")
    page.get_by_role("link", name="Remove: code or name contains st").click()
    page.wait_for_url("**/spojscore/problems?acceptance__gte=40")


def test_more_filters_have_the_columns_names_for_people(page: Page) -> None:
    page.goto("/spojscore/problems?_q=st&band=a:+1+or+more")
    unfold(page)
    page.get_by_text("More filters").click()
    page.get_by_label("Column, filter new").select_option("First seen")
    page.get_by_label("Comparison, filter new").select_option("begins with")
    page.get_by_label("Value, filter new").fill("2025")
    page.get_by_label("Order", exact=True).select_option("low to high")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**first_seen__startswith=2025*")
    assert sorted(parse_qsl(urlsplit(page.url).query)) == [
        ("_q", "st"), ("_sort", "users"), ("band", "a: 1 or more"),
        ("first_seen__startswith", "2025"),
    ]  # fmt: skip
    expect(page.locator(".count")).to_contain_text(
        "code or name contains st ✖, 1 or more points per solver ✖, First seen begins with 2025"
    )


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("acceptance__gte=40&users__gte=&topics__arraycontains=&_sort=score&_sort_by_desc=on",
         "?acceptance__gte=40&_sort_desc=score"),
        ("users__gte=&_sort=score&_sort_by_desc=", "?_sort=score"),
        ("users__gte=", ""),
        ("_q=&_filter_column=&_filter_op=exact&_filter_value=", ""),
    ],
)  # fmt: skip
def test_what_was_left_blank_is_not_in_the_address(site: str, asked: str, led_to: str) -> None:
    with pytest.raises(HTTPError) as answer:
        build_opener(Stay).open(f"{site}/spojscore/problems?{asked}")
    assert (answer.value.code, answer.value.headers["location"]) == (
        302, f"/spojscore/problems{led_to}",
    )  # fmt: skip


def test_data_is_given_as_it_is_asked_for(site: str) -> None:
    """A blank is a blank to programs."""
    address = f"{site}/spojscore/problems.json?name=&_shape=array"
    assert json.loads(get(address)) == []


@pytest.mark.parametrize(
    ("column", "lookup", "value", "said"),
    [
        ("topics", "exact", "[]", "no topic known"),
        ("topics", "not", "[]", "a topic known"),
        ("topics", "arraycontains", "data-structures", "topic data structures"),
        ("band", "exact", "b: 0.5 to 1", "0.5 to 1 points per solver"),
        ("id", "lt", "9", "number under 9"),
        ("acceptance", "isnull", "1", "number is unknown"),
        ("name", "endswith", "ing", "number endswith ing"),
    ],
)
def test_what_a_filter_is_called(column: str, lookup: str, value: str, said: str) -> None:
    assert filtered(column, lookup, value, "number") == said


def test_other_tables_are_filtered_by_their_columns(site: str) -> None:
    page = get(f"{site}/spojscore/tags?tag=graph-theory")
    assert "30 rows : tag is graph-theory ✖" in words(page)
    assert "Solved by at least" not in words(page)


@pytest.mark.parametrize("column", ["users", "acceptance"])
def test_a_number_is_compared_with_numbers(site: str, crawled: Path, column: str) -> None:
    said = f"`{column}` is compared with numbers, not with `many`"
    assert said in words(refusal(f"{site}/spojscore/problems?{column}__gte=many"))
    told = json.loads(refusal(f"{site}/spojscore/problems.json?{column}__lt=many"))
    assert told["error"] == said
    few = json.loads(get(f"{site}/spojscore/problems.json?{column}__lt=1e1&_size=max&_shape=array"))
    expected = rows(crawled, f"SELECT code FROM problems WHERE {column} < 10 ORDER BY code")
    assert sorted(row["code"] for row in few) == [row["code"] for row in expected]


def test_where_nothing_is_found_it_says_for_what(site: str) -> None:
    page = words(
        get(f"{site}/spojscore/problems?users__gt=99&topics__arraycontains=games&liked__gt=99")
    )
    assert "0 problems" in page
    assert "No problem is like that. Each ✖ above takes one condition back. All problems" in page
    assert "Nothing was found for Code NOSUCH." in words(
        get(f"{site}/spojscore/series?code=NOSUCH")
    )
