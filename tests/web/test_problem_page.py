"""A problem's page."""

import re
from pathlib import Path

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.sample import HOSTILE
from tests.support.sites import get, words

LIST = "/spojscore/problems"


@pytest.fixture(scope="module")
def page(grown_site: str) -> Selector:
    return Selector(get(f"{grown_site}{LIST}/STEADY"))


@pytest.fixture(scope="module")
def text(page: Selector) -> str:
    return words(page.get() or "")


def test_figures(page: Selector, text: str) -> None:
    figures = dict(
        zip(page.css("dt::text").getall(), page.css("dt + dd::text").getall(), strict=True)
    )
    expected = {"Points": "1", "You gain": "0.988", "Solvers": "40", "Accepted": "40%"}
    assert expected.items() <= figures.items()
    assert "down 37.5% since 2 March 2026" in text


def test_links_to_spoj(page: Selector) -> None:
    links = set(page.css("a[href^='https://www.spoj.com']::attr(href)").getall())
    assert links >= {
        f"https://www.spoj.com/{path}/STEADY/" for path in ("problems", "submit", "ranks")
    }


def test_rank_and_growth(text: str, grown: Path) -> None:
    listed = [row for row in rows(grown) if not row["delisted"]]
    rank = sum(row["users"] > 40 for row in listed) + 1
    assert f"#{rank} of {len(listed)} by solvers" in text
    assert "+20 since 3 April 2026" in text


def test_history_is_drawn_and_listed(page: Selector) -> None:
    # Days 0, 30 and 40 are at 0, 75 and 100% of the x axis; 10, 20 and 40 solvers between 192 and
    # 30 on the y axis. The page draws points first.
    users = page.css("svg path.line::attr(d)").getall()[1]
    assert users == "M0,192 75,138 100,30"
    dots = [dot.css("title::text").get() for dot in page.css("svg circle")][-3:]
    assert dots == [
        "2 March 2026: 10 solvers", "1 April 2026: 20 solvers", "11 April 2026: 40 solvers",
    ]  # fmt: skip
    cells = [row.css("td::text").getall() for row in page.css("details table tbody tr")]
    assert [row[1:] for row in cells] == [["1", "40"], ["1.33", "20"], ["1.6", "10"]]
    assert page.css("a[href='/spojscore/series?code=STEADY']")


def test_neighbors_are_closest_in_solvers(page: Selector, grown: Path) -> None:
    others = [row for row in rows(grown) if not row["delisted"] and row["code"] != "STEADY"]
    others.sort(key=lambda row: (abs(row["users"] - 40), row["users"], row["code"]))
    similar = page.css("li[data-code]::attr(data-code)").getall()
    assert similar == [row["code"] for row in others[: len(similar)]]
    assert len(similar) >= 5


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        pytest.param("XSVG", "Back on SPOJ on 11 April 2026", id="relisted"),
        pytest.param("ARRIVED", "Added to SPOJ between 3 April 2026 and 11 April 2026", id="added"),
        pytest.param("ARRIVED", "No solvers yet.", id="unsolved"),
        pytest.param(
            "LEAVING", "Removed from SPOJ between 3 April 2026 and 11 April 2026.", id="removed"
        ),
    ],
)
def test_changes(code: str, sentence: str, grown_site: str) -> None:
    assert sentence in words(get(f"{grown_site}{LIST}/{code}"))


def test_removed_problem_has_no_rank(grown_site: str) -> None:
    assert not re.search(r"#\d", words(get(f"{grown_site}{LIST}/LEAVING")))


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_names_are_text(code: str, grown_site: str) -> None:
    page = Selector(get(f"{grown_site}{LIST}/{code}"))
    assert " ".join(HOSTILE[code].split()) == " ".join(page.css("h1 bdi::text").get("").split())
    assert page.css("script:not([src]), [onerror], [onload], [onmouseover]").getall() == []
