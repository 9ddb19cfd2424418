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
        "Points, each of them": "1",
        "Points, for the next": "0.988",
        "Accepted": "40 %",
        "Votes": "none",
        "First seen": "2026-03-02",
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
        f"Number {rank} of {len(listed)} by solvers. Worth less than it: "
        f"{poorer}. It lies in the band "
        "1 or more points. In the last 30 days 30 solved it, and each solver lost 0.6 points."
    ) in words(page.get() or "")


def test_how_it_went_is_drawn(page: Selector) -> None:
    # Days 0, 30 and 40 lie at 0, 3/4 and 1 of the axis from 58 to 390; users 10, 20 and 40 at 0,
    # 1/3 and 1 of the one from 174 up to 10.
    users, points = (path.attrib["d"] for path in page.css("svg .line"))
    assert users == "M58.0,174.0 307.0,119.3 390.0,10.0 390.0,10.0"
    first, *_, last = points.split()
    assert float(first.split(",")[1]) < float(last.split(",")[1])
    texts = page.css("figure svg")[0].css("text::text").getall()
    assert texts == ["10", "20", "30", "40", "2026-03-02", "2026-04-11"]
    assert page.xpath("//a[text()='The numbers']/@href").get() == "/spojscore/series?code=STEADY"


def test_neighbours_are_the_next_in_users(page: Selector, grown: Path) -> None:
    found = page.css("ul.short li::attr(data-code)").getall()
    others = [row for row in rows(grown) if not row["delisted"] and row["code"] != "STEADY"]
    others.sort(key=lambda row: (abs(row["users"] - 40), row["users"], row["code"]))
    assert found == [row["code"] for row in others[:6]]


def test_its_events(grown_site: str) -> None:
    page = words(get(f"{grown_site}/spojscore/problems/XSVG"))
    assert "What happened to it 2026-04-11: relisted 2026-04-11: delisted Of like value" in page
    assert "What happened to it 2026-04-11: added" in words(
        get(f"{grown_site}/spojscore/problems/ARRIVED")
    )


def test_a_problem_that_left_says_so(grown_site: str) -> None:
    page = words(get(f"{grown_site}/spojscore/problems/LEAVING"))
    assert "Not in SPOJ’s list since 2026-04-11; the figures are the last ones known." in page
    assert "Where it stands" not in page


def test_a_problem_known_for_a_day_has_no_picture(grown_site: str) -> None:
    page = words(get(f"{grown_site}/spojscore/problems/ARRIVED"))
    assert "Known since 2026-04-11 only" in page


def test_a_code_that_is_none_is_told_so(grown_site: str) -> None:
    with pytest.raises(HTTPError, match="404") as raised:
        get(f"{grown_site}/spojscore/problems/NOSUCH")
    page = words(raised.value.read().decode())
    assert "Not found" in page


def test_name_and_code_lead_to_spoj_beside_the_rows_page(grown_site: str) -> None:
    page = Selector(get(f"{grown_site}/spojscore/problems?_q=steady"))
    [row] = page.css("tr[data-code=STEADY]")
    spoj = "https://www.spoj.com/problems/STEADY/"
    assert row.css(".col-code a::attr(href)").getall() == ["/spojscore/problems/STEADY", spoj]
    assert row.css(".col-name a::attr(href)").getall() == [spoj]


@pytest.mark.parametrize(
    ("asked", "heads"),
    [
        ("", ["Code", "Name", "Solved by", "Points", "For the next", "Accepted %", "Votes +",
              "Votes \N{MINUS SIGN}", "First seen"]),
        ("?_sort=id", ["id"]),
        ("?delisted__notblank=1", ["Gone"]),
        ("?_col=code&_col=url", ["Code", "SPOJ"]),
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
