"""The geometry of charts, and the page Stats."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import rows
from tests.support.sites import get_page, points_text, words
from web.formatting import describe_change, describe_period, format_number
from web.plugins.charts import Line, lay_out_line, round_numbers, thin_out


def lay_out(*points: tuple[Any, float], **options: Any) -> Line:
    return lay_out_line([{"x": x, "y": y} for x, y in points], "x", "y", **options)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([0, 97], [0, 50, 100], id="integers"),
        pytest.param([0.0012, 0.0031], [0.001, 0.002, 0.003, 0.004], id="small"),
        pytest.param([0.00096, 0.0106], [0, 0.004, 0.008, 0.012], id="close"),
        pytest.param([5, 5], [5], id="one"),
        pytest.param([-3, 4], [-4, 0, 4], id="negative"),
    ],
)
def test_round_numbers_span_values(values: list[float], expected: list[float]) -> None:
    assert round_numbers(values) == expected


def test_line_ends_at_last_point() -> None:
    chart = lay_out((1, 50), (2, 100), include_zero=True)
    assert chart.path == "M0,111 100,30"
    assert [tick.label for tick in chart.y_ticks] == ["0", "50", "100"]
    assert [tick.label for tick in lay_out((1, 0), (2, 4)).y_ticks] == ["0", "2", "4"]
    assert [tick.label for tick in lay_out((1, 0), (2, 1)).y_ticks] == ["0", "0.5", "1.0"]
    assert lay_out((1, 50), (2, -50), include_zero=True).path == "M0,30 100,192"
    assert lay_out((1, 50)).path == "M0,192"


@pytest.mark.parametrize(
    ("points", "labels"),
    [
        pytest.param([("2021-07-29", 1), ("2021-09-07", 2)], ["29 July 2021", "7 September 2021"],
                     id="days"),
        pytest.param([("2013-05-12", 1), ("2023-05-10", 2)],
                     ["12 May 2013", "10 May 2023", "2016", "2020"], id="years"),
        pytest.param([(1, 5), (3974, 9)], ["1", "3,974", "2,000"], id="numbers"),
    ],
)  # fmt: skip
def test_x_axis_labels_ends_and_what_fits(points: list[Any], labels: list[str]) -> None:
    assert [tick.label for tick in lay_out(*points).x_ticks] == labels


def test_gaps_are_separate() -> None:
    days = ("2012-05-07", "2012-05-08", "2025-05-31", "2025-06-01", "2025-08-26")
    points = [(day, 1.0) for day in days]
    gaps = [
        {"since": "2012-05-08", "day": "2025-05-31"},
        {"since": "2025-06-02", "day": "2025-08-26"},
    ]
    chart = lay_out(*points, gaps=gaps)
    assert chart.path.count("M") == 3
    assert chart.gaps.count("M") == 2
    assert lay_out(*points).gaps == ""


@pytest.mark.parametrize("count", [1, 2, 12, 13, 24, 25, 3650])
def test_thin_out_keeps_ends(count: int) -> None:
    for limit in (12, 200):
        sample = thin_out(range(count), limit)
        assert min(count, limit) / 2 <= len(sample) <= limit
        assert (sample[0], sample[-1]) == (0, count - 1)
    assert len(lay_out(*((n, n) for n in range(count))).dots) <= 12


def test_words() -> None:
    assert [describe_change(1, 0.99), describe_change(1, 26)] == ["down 1%", "up 2,500%"]
    assert describe_period("2012-05-08", "2025-05-31") == "between 8 May 2012 and 31 May 2025"
    assert describe_period("2025-05-31", "2025-05-31") == "on 31 May 2025"
    texts = [format_number(n) for n in (1234567, 40.0, 0.25, 1234.5, 0.0000125)]
    assert texts == ["1,234,567", "40", "0.25", "1,234.5", "0.0000125"]


def test_stats_add_up(site: str, full_database: Path) -> None:
    scores = sorted(row["score"] for row in rows(full_database))
    page = words(get_page(f"{site}/charts"))
    for count in (500, 1000):
        assert f"{count:,} give {points_text(sum(scores[:count]))} points" in page
    assert f"Points {sum(scores):,.0f}" in page


def test_charts_link_to_their_data(history_site: str) -> None:
    page = get_page(f"{history_site}/charts")
    links = set(page.css("main a[href^='/spojscore/']::attr(href)").getall())
    names = ("by_solvers", "most_solved", "solves", "rising", "falls", "moved")
    assert {link.partition("?")[0] for link in links} >= {f"/spojscore/{name}" for name in names}
