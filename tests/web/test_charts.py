"""The charts: where their parts lie, and what the page says with them."""

from pathlib import Path

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.sites import get, shown, words
from web.plugins.charts import days, line, marks, number, shares, thinned


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 97, [0, 25, 50, 75, 100]),
        (0.0012, 0.0031, [0.001, 0.0015, 0.002, 0.0025, 0.003, 0.0035]),
        (5, 5, [5]),
        (-3, 4, [-4, -2, 0, 2, 4]),
    ],
)
def test_marks_are_round_and_span_the_values(
    low: float, high: float, expected: list[float]
) -> None:
    assert marks(low, high) == expected


def test_a_line_from_zero_ends_where_its_last_point_lies() -> None:
    drawn = line([(1, 50), (2, 100)], zero=True)
    assert drawn.path == "M58.0,92.0 390.0,10.0"
    assert [tick.label for tick in drawn.y_ticks] == ["0", "25", "50", "75", "100"]


def test_a_line_below_zero_stays_in_the_picture() -> None:
    drawn = line([(1, 50), (2, -50)], zero=True)
    assert drawn.path == "M58.0,10.0 390.0,174.0"
    assert [tick.label for tick in drawn.y_ticks] == ["-50", "-25", "0", "25", "50"]


def test_days_are_named_at_the_ends_and_years_between() -> None:
    assert [label for _, label in days(738_000, 738_040)] == ["2021-07-29", "2021-09-07"]
    assert [label for _, label in days(735_000, 738_650)] == ["2014", "2017", "2020", "2023"]


def test_a_long_line_is_thinned_but_keeps_its_ends() -> None:
    points = [(n, n) for n in range(3650)]
    kept = thinned(points)
    assert len(kept) <= 400
    assert (kept[0], kept[-1]) == (points[0], points[-1])


def test_bars_are_as_long_as_their_values() -> None:
    assert shares([1, 4, -2]) == [25, 100, 50]
    assert shares([0, 0]) == [0, 0]
    assert shares([]) == []


def test_numbers_are_for_people() -> None:
    assert [number(1234567), number(40.0), number(0.25)] == ["1,234,567", "40", "0.25"]


def test_the_cumulative_curve_says_what_it_computed(site: str, crawled: Path) -> None:
    scores = [
        row["score"] for row in rows(crawled, "SELECT score FROM problems ORDER BY users DESC")
    ]
    first, second, every = (shown(sum(scores[:many])) for many in (500, 1000, None))
    assert (
        f"The 500 most solved problems make {first} points together, the top 1,000 make {second} "
        f"points together; all 3,974 make {every}."
    ) in words(get(f"{site}/charts"))


def test_each_picture_has_its_numbers_as_a_link(grown_site: str) -> None:
    page = Selector(get(f"{grown_site}/charts"))
    assert page.css("h2::attr(id)").getall() == ["bands", "cumulative", "solves", "movers"]
    links = page.xpath("//a[text()='The numbers']/@href").getall()
    assert links == [
        "/spojscore/bands", "/spojscore/most_solved?n=137", "/spojscore/solves",
        "/spojscore/moved?n=7",
    ]  # fmt: skip
    assert len(page.css("svg")) == len(links)
    for link in links:
        assert "<tbody>" in get(grown_site + link)


def test_movers_are_drawn_with_their_solves(grown_site: str, grown: Path) -> None:
    bars = Selector(get(f"{grown_site}/charts")).css("svg.bars")[-1].css("g")
    expected = rows(grown, "SELECT * FROM movers ORDER BY solves_7 DESC, code LIMIT 10")
    assert [(bar.css("a::text").get(), bar.css(".value::text").get()) for bar in bars] == [
        (row["code"], f"{row['solves_7']} solves") for row in expected
    ]


def test_a_single_crawl_says_what_the_pictures_wait_for(site: str) -> None:
    page = words(get(f"{site}/charts"))
    assert "Solves a day Nothing yet: this takes crawls on three days." in page
    assert "What moved most in 7 days Nothing yet: this takes crawls a week apart." in page
