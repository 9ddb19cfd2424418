"""A problem's page, and the list's rows that lead to it."""

from pathlib import Path
from urllib.error import HTTPError

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.sites import get, words


@pytest.fixture(scope="module")
def page(grown_site: str) -> Selector:
    return Selector(get(f"{grown_site}/spojscore/problems/STEADY"))


def test_its_figures(page: Selector) -> None:
    names = page.css(".figures dt::text").getall()
    values = page.css(".figures dd::text").getall()
    assert dict(zip(names, values, strict=True)) == {
        "Solved by": "40",
        "If you solve it": "0.988",
        "Points per solver": "1",
        "Accepted": "40 %",
        "Votes": "none",
        "First seen": "2 March 2026",
    }


def test_its_links_on_spoj(page: Selector) -> None:
    links = {link.css("::text").get(): link.attrib["href"] for link in page.css(".links a")}
    assert links == {
        "Statement on SPOJ": "https://www.spoj.com/problems/STEADY/",
        "Submit": "https://www.spoj.com/submit/STEADY/",
        "Ranks": "https://www.spoj.com/ranks/STEADY/",
    }


def test_where_it_stands(page: Selector, grown: Path) -> None:
    listed = [row for row in rows(grown) if not row["delisted"]]
    rank = sum(row["users"] > 40 for row in listed) + 1
    poorer = sum(row["score"] < 1 for row in listed)
    assert (
        f"Number {rank} of {len(listed)} by solvers; {poorer} are worth less. Its band: 1 or more "
        "points. 20 solved it between the crawls of 3 and 11 April 2026, and its points fell by "
        "25 %."
    ) in words(page.get() or "")


def test_how_it_went_is_drawn(page: Selector) -> None:
    # Days 0, 30 and 40 lie at 0, 3/4 and 1 of the axis from 66 to 390; users 10, 20 and 40 at 0,
    # 1/3 and 1 of the one from 194 up to 30.
    points, users = (path.attrib["d"] for path in page.css("svg .line"))
    assert users == "M66.0,194.0 309.0,139.3 390.0,30.0"
    first, *_, last = points.split()
    assert float(first.split(",")[1]) < float(last.split(",")[1])
    drawn = page.css("figure svg")[1]
    assert drawn.css(".axis text::text").getall() == [
        "10", "20", "30", "40", "2 March 2026", "11 April 2026",
    ]  # fmt: skip
    assert drawn.css(".end::text").getall() == ["10", "40"]
    assert drawn.css(".dot[tabindex='0']::attr(aria-label)").getall() == [
        "2 March 2026: 10 solvers", "1 April 2026: 20 solvers", "11 April 2026: 40 solvers",
    ]  # fmt: skip
    assert "The vertical axis begins at 10, not at 0." in words(page.get() or "")


def test_its_history_in_a_sentence_and_in_numbers(page: Selector) -> None:
    assert page.css(".lead::text").get() == ("1 points per solver, 38 % less than on 2 March 2026.")
    cells = [row.css("td::text").getall() for row in page.css("details table tbody tr")]
    assert cells == [
        ["11 April 2026", "1", "40"], ["1 April 2026", "1.33", "20"], ["2 March 2026", "1.6", "10"],
    ]  # fmt: skip
    assert page.xpath("//a[text()='Every change']/@href").get() == "/spojscore/series?code=STEADY"


def test_its_charts_have_ranges(page: Selector, grown_site: str) -> None:
    ranges = page.css("nav.ranges a")
    assert ranges.css("::text").getall() == ["A month", "All"]
    month = Selector(get(grown_site + ranges[0].attrib["href"]))
    assert month.css("nav.ranges a[aria-current]::text").getall() == ["A month"]
    assert month.css("figure svg")[1].css(".dot::attr(aria-label)").getall() == [
        "1 April 2026: 20 solvers", "11 April 2026: 40 solvers",
    ]  # fmt: skip


def test_neighbours_are_the_next_in_users(page: Selector, grown: Path) -> None:
    found = page.css("ul.short li::attr(data-code)").getall()
    others = [row for row in rows(grown) if not row["delisted"] and row["code"] != "STEADY"]
    others.sort(key=lambda row: (abs(row["users"] - 40), row["users"], row["code"]))
    assert found == [row["code"] for row in others[:6]]


def test_its_events(grown_site: str) -> None:
    page = words(get(f"{grown_site}/spojscore/problems/XSVG"))
    assert "What happened to it" in page
    assert "It came back into SPOJ’s list between two crawls of 11 April 2026." in page
    assert (
        "It came into SPOJ’s list between the crawls of 3 and 11 April 2026. Worth about the same"
    ) in words(get(f"{grown_site}/spojscore/problems/ARRIVED"))


def test_a_problem_that_left_says_so(grown_site: str) -> None:
    page = words(get(f"{grown_site}/spojscore/problems/LEAVING"))
    assert "Not in SPOJ’s list since 11 April 2026. These are its last known figures." in page
    assert "Where it stands" not in page


def test_a_problem_known_for_a_day_has_no_picture(grown_site: str) -> None:
    page = words(get(f"{grown_site}/spojscore/problems/ARRIVED"))
    assert "Known since 11 April 2026. A chart appears here after a crawl on another day." in page


def test_a_code_that_is_none_is_told_so(grown_site: str) -> None:
    with pytest.raises(HTTPError, match="404") as raised:
        get(f"{grown_site}/spojscore/problems/NOSUCH")
    page = words(raised.value.read().decode())
    assert "Not found" in page


@pytest.mark.parametrize(
    ("asked", "heads"),
    [
        ("", ["#", "Code", "Name", "Solved by", "Points per solver", "If you solve it",
              "Accepted %", "Votes +", "Votes \N{MINUS SIGN}", "First seen"]),
        ("?_sort=id", ["id"]),
        ("?delisted__notblank=1", ["Gone"]),
        ("?_col=code&_col=url", ["#", "Code", "SPOJ"]),
    ],
)  # fmt: skip
def test_minor_columns_show_to_who_asks_for_them(
    asked: str, heads: list[str], grown_site: str
) -> None:
    page = Selector(get(f"{grown_site}/spojscore/problems{asked}"))
    found = [" ".join(head.css("::text").getall()).strip("\xa0▲▼ ") for head in page.css("th")]
    if "_col" in asked or not asked:
        assert found == heads
    else:
        assert set(heads) <= set(found)
