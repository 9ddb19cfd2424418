"""The charts: where their parts lie, and what the page says with them."""

from pathlib import Path

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.sites import get, shown, words
from web.plugins.charts import connected, days, line, marks, shares, since, thinned
from web.words import between, compared, number, percent, then


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
    assert drawn.path == "M66.0,112.0 390.0,30.0"
    assert [tick.label for tick in drawn.y_ticks] == ["0", "25", "50", "75", "100"]
    assert drawn.from_zero
    assert not line([(1, 50), (2, 100)]).from_zero


def test_a_line_below_zero_stays_in_the_picture() -> None:
    drawn = line([(1, 50), (2, -50)], zero=True)
    assert drawn.path == "M66.0,30.0 390.0,194.0"
    assert [tick.label for tick in drawn.y_ticks] == ["-50", "-25", "0", "25", "50"]


def test_both_ends_of_an_axis_are_named_and_the_years_between() -> None:
    assert [label for _, label in days(738_000, 738_040)] == ["29 July 2021", "7 September 2021"]
    found = [label for _, label in days(735_000, 738_650)]
    assert found == ["12 May 2013", "2017", "2020", "10 May 2023"]
    assert [tick.label for tick in line([(1, 5), (3974, 9)]).x_ticks] == [
        "1", "1,000", "2,000", "3,974",
    ]  # fmt: skip


def test_where_nobody_looked_no_line_is_drawn() -> None:
    gaps = [("2012-05-08", "2025-05-31"), ("2025-05-31", "2025-08-26")]
    points = [("2012-05-08", 1.0), ("2025-05-31", 0.5), ("2025-08-26", 0.4)]
    assert line(points, gaps=gaps).path.count("h0") == 3
    assert line(points).path.count("h0") == 0
    # Unchanged over both gaps, it was seen at the end of each.
    assert connected([points[0], ("2025-08-26", 1.0)], gaps) == [
        [points[0]], [("2025-05-31", 1.0)], [("2025-08-26", 1.0)],
    ]  # fmt: skip
    # Seen unchanged between its last change and the gap, and again before the next change.
    assert connected([("2012-04-01", 2.0), ("2025-06-02", 1.0)], gaps[:1]) == [
        [("2012-04-01", 2.0), ("2012-05-08", 2.0)], [("2025-05-31", 2.0), ("2025-06-02", 1.0)],
    ]  # fmt: skip


def test_a_range_begins_with_what_was_known_then() -> None:
    points = [("2026-01-01", 9), ("2026-03-01", 8), ("2026-04-01", 7)]
    assert since(points, "2026-03-10") == [("2026-03-10", 8), ("2026-04-01", 7)]
    assert since(points, "2026-03-01") == points[1:]
    assert since(points[1:], "2026-02-01") == points[1:]


@pytest.mark.parametrize("many", [1, 2, 12, 13, 24, 25, 3650])
def test_a_long_line_is_thinned_but_keeps_its_ends(many: int) -> None:
    points = [(n, n) for n in range(many)]
    for most in (12, 200):
        kept = thinned(points, most)
        assert min(many, most) / 2 <= len(kept) <= most
        assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert len(line(points).dots) <= 12


def test_changes_are_told_in_percent() -> None:
    assert [percent(1, 0.99), percent(2, 1.99999), percent(1, 26)] == ["1 %", "0.0005 %", "2,500 %"]
    assert [percent(80 / 41, 0.000964), percent(80 / 7575, 80 / 83095)] == ["99.95 %", "91 %"]
    assert compared(2, 1) == "50 % less"
    assert compared(1, 2) == "100 % more"
    assert compared(1, 1) == "as much"


def test_days_are_told_as_people_do() -> None:
    assert between("2012-05-08", "2025-05-31") == (
        "between the crawls of 8 May 2012 and 31 May 2025"
    )
    assert between("2025-05-31", "2025-08-26") == "between the crawls of 31 May and 26 August 2025"
    assert then("2012-05-08", "2025-08-26") == "in May 2012"
    assert then("2025-05-31", "2025-08-26") == "on 31 May 2025"


def test_bars_are_as_long_as_their_values() -> None:
    assert shares([1, 4, -2]) == [25, 100, 50]
    assert shares([0, 0]) == [0, 0]
    assert shares([]) == []


def test_numbers_are_for_people() -> None:
    assert [number(n) for n in (1234567, 40.0, 0.25, 1234.5, 0.0000125)] == [
        "1,234,567", "40", "0.25", "1,234.5", "0.0000125",
    ]  # fmt: skip


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
    links = page.xpath("//a[text()='In numbers']/@href").getall()
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
        (row["name"], f"+{row['solves_7']} solvers") for row in expected
    ]


def test_a_single_crawl_says_what_the_pictures_wait_for(site: str) -> None:
    page = words(get(f"{site}/charts"))
    assert "Solves a day A chart appears here after crawls on three days." in page
    assert (
        "Most solved lately Nothing yet. The next crawl will show what was solved since this"
        in page
    )
