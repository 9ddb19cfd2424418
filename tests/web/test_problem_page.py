"""A problem's page."""

import re
from pathlib import Path

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.sample import HOSTILE_NAMES
from tests.support.sites import get_page, words

LIST = "/spojscore/problems"


@pytest.fixture(scope="module")
def problem(history_site: str) -> Selector:
    return get_page(f"{history_site}{LIST}/STEADY")


def test_figures(problem: Selector) -> None:
    figures = dict(
        zip(problem.css("dt::text").getall(), problem.css("dt + dd::text").getall(), strict=True)
    )
    expected = {"Points": "1", "You gain": "0.988", "Solvers": "40", "Accepted": "40%"}
    assert expected.items() <= figures.items()
    assert "down 37.5% since 2 March 2026" in words(problem)


def test_links_to_spoj(problem: Selector) -> None:
    links = set(problem.css("a[href^='https://www.spoj.com']::attr(href)").getall())
    assert links >= {
        f"https://www.spoj.com/{path}/STEADY/" for path in ("problems", "submit", "ranks")
    }


def test_rank_and_growth(problem: Selector, history_database: Path) -> None:
    listed_rows = [row for row in rows(history_database) if not row["delisted"]]
    rank = sum(row["users"] > 40 for row in listed_rows) + 1
    text = words(problem)
    assert f"#{rank} of {len(listed_rows)} by solvers" in text
    assert "+20 since 3 April 2026" in text


def test_history_is_drawn_and_listed(problem: Selector) -> None:
    # Days 0, 30 and 40 are at 0, 75 and 100% of the x axis; 10, 20 and 40 solvers between 192 and
    # 30 on the y axis. The page draws points first.
    users = problem.css("svg path.line::attr(d)").getall()[1]
    assert users == "M0,192 75,138 100,30"
    dots = [dot.css("title::text").get() for dot in problem.css("svg circle")][-3:]
    assert dots == [
        "2 March 2026: 10 solvers", "1 April 2026: 20 solvers", "11 April 2026: 40 solvers",
    ]  # fmt: skip
    cells = [row.css("td::text").getall() for row in problem.css("details table tbody tr")]
    assert [row[1:] for row in cells] == [["1", "40"], ["1.33", "20"], ["1.6", "10"]]
    assert problem.css("a[href='/spojscore/series?code=STEADY']")


def test_neighbors_are_closest_in_solvers(problem: Selector, history_database: Path) -> None:
    other_rows = [
        row for row in rows(history_database) if not row["delisted"] and row["code"] != "STEADY"
    ]
    other_rows.sort(key=lambda row: (abs(row["users"] - 40), row["users"], row["code"]))
    similar_codes = problem.css("li[data-code]::attr(data-code)").getall()
    assert similar_codes == [row["code"] for row in other_rows[: len(similar_codes)]]
    assert len(similar_codes) >= 5


@pytest.mark.parametrize(
    ("code", "message"),
    [
        pytest.param("XSVG", "Returned to SPOJ on 11 April 2026", id="relisted"),
        pytest.param("ARRIVED", "Added to SPOJ between 3 April 2026 and 11 April 2026", id="added"),
        pytest.param("ARRIVED", "No solvers yet.", id="unsolved"),
        pytest.param(
            "LEAVING", "Removed from SPOJ between 3 April 2026 and 11 April 2026.", id="removed"
        ),
    ],
)
def test_changes(code: str, message: str, history_site: str) -> None:
    text = words(get_page(f"{history_site}{LIST}/{code}"))
    assert message in text
    # A removed problem has no rank.
    assert bool(re.search(r"#\d", text)) is (code != "LEAVING")


@pytest.mark.parametrize("code", HOSTILE_NAMES)
def test_hostile_names_are_text(code: str, history_site: str) -> None:
    page = get_page(f"{history_site}{LIST}/{code}")
    assert " ".join(HOSTILE_NAMES[code].split()) == " ".join(
        page.css("h1 bdi::text").get("").split()
    )
    assert page.css("script:not([src]), [onerror], [onload], [onmouseover]").getall() == []
