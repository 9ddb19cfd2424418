"""What My problems recommends, against a reckoning of its own."""

import json
from math import exp, inf, log
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.databases import rows
from tests.support.mine import LISTED, codes, paste, table, with_columns
from tests.support.sites import get
from web.plugins.cells import points

DASH = "\N{EN DASH}"
RANGES = {"Easy": (1 / 2, inf), "Moderate": (1 / 6, 1 / 2), "Hard": (1 / 30, 1 / 6)}
MINE = ["PRIME1", "ONP", "FCTRL2"]


class Listed(dict[str, dict[str, Any]]):
    """The listed problems by code, with what a submission brings."""

    def __init__(self, database: Path) -> None:
        super().__init__({row["code"]: row for row in rows(database, LISTED)})
        tried = [row for row in self.values() if row["acceptance"]]
        for row in tried:
            row["tries"] = row["users"] * 100 / row["acceptance"]
        share = sum(row["users"] for row in tried) / sum(row["tries"] for row in tried)
        for row in self.values():
            chance = row in tried and (row["users"] + 20 * share) / (row["tries"] + 20)
            row["per_try"] = row["points_if_solved"] * chance if chance else None

    def level(self, solved: list[str]) -> float:
        users = sorted(self[code]["users"] for code in solved)[:10]
        return exp(sum(log(max(number, 1)) for number in users) / len(users))

    def best(self, solved: list[str], least: float, most: float, few: int = 3) -> list[str]:
        """The unsolved ones in a range of solvers, best first."""
        found = [
            row
            for row in self.values()
            if row["code"] not in solved and row["users"] >= few and least <= row["users"] < most
        ]
        found.sort(key=lambda row: (-(row["per_try"] or -1), -row["points_if_solved"], row["code"]))
        return [row["code"] for row in found]


@pytest.fixture(scope="module")
def listed(grown: Path) -> Listed:
    return Listed(grown)


def open_with(page: Page, *solved: str) -> None:
    page.goto("/api")
    page.evaluate("codes => localStorage.setItem('spojscore.solved', codes)", json.dumps(solved))
    page.goto("/mine")
    page.locator("#next").wait_for()


def all_rows(page: Page, name: str) -> list[str]:
    """The codes of a table, after all of them were asked for."""
    more = page.locator(f".table-wrapper:has(#{name}) + .more")
    while more.count():
        more.click()
    return codes(page, name)


@pytest.mark.parametrize("range_", RANGES)
def test_a_range_best_first(range_: str, page: Page, listed: Listed) -> None:
    open_with(page, *MINE)
    page.get_by_label(range_).check()
    level = listed.level(MINE)
    least, most = (share * level for share in RANGES[range_])
    expected = listed.best(MINE, least, most)
    assert len(expected) > 3
    assert codes(page, "suggested") == expected[:10]
    assert all_rows(page, "suggested") == expected
    to = " people or more" if most == inf else f" to {round(most):,} people"
    assert page.locator("#next-count").inner_text() == (
        f"{len(expected)} problems solved by {round(least):,}{to}."
    )
    assert page.locator("#level").inner_text() == (
        f"Your level is {round(level):,} solvers: the geometric mean over your 3 solved problems."
    )
    assert page.get_by_text("Ten solved problems make it more than a guess.").is_visible()


def test_the_ten_rarest_make_the_level(page: Page, listed: Listed) -> None:
    many = [code for code in listed if not code.startswith("X")][::4]
    assert len(many) > 20
    open_with(page, *many)
    assert page.locator("#level").inner_text() == (
        f"Your level is {round(listed.level(many)):,} solvers: "
        "the geometric mean over your ten rarest solved problems."
    )
    assert page.get_by_text("more than a guess").is_hidden()


def test_who_has_solved_none_begins_with_the_most_solved(page: Page, listed: Listed) -> None:
    page.goto("/mine")
    page.locator("#next").wait_for()
    most = sorted(listed, key=lambda code: -listed[code]["users"])[:10]
    level = listed.level(most)
    assert page.locator("#level").inner_text() == (
        "You have solved none yet, so this begins with the level of the ten most solved problems, "
        f"{round(level):,} solvers."
    )
    assert codes(page, "suggested") == listed.best([], level / 2, inf)[:10]


def test_a_row_tells_what_it_brings(page: Page, listed: Listed) -> None:
    open_with(page, *MINE)
    heads = page.locator("#suggested th:not([hidden])").all_inner_texts()
    assert heads == [
        "Problem", "If you solve it", "Per submission", "Accepted", "Liked", "Solved by", "Topics",
    ]  # fmt: skip
    page.get_by_label("Moderate").check()
    for code, cells in zip(codes(page, "suggested"), table(page, "suggested"), strict=True):
        row = listed[code]
        assert cells[0] == f"{code} {' '.join(row['name'].split())} ↗"
        assert cells[1:3] == [f"{row['points_if_solved']:.5f}", f"{row['per_try']:.5f}"]
        liked = DASH if row["liked"] is None else f"{row['liked']:.1f} %"
        topics = DASH if row["topics"] == "[]" else "show"
        assert cells[3:] == [f"{row['acceptance']:.1f} %", liked, f"{row['users']:,}", topics]
    first = page.locator("#suggested tbody tr").first
    links = first.locator("a").evaluate_all("all => all.map(link => link.getAttribute('href'))")
    code = codes(page, "suggested")[0]
    assert links == [f"/spojscore/problems/{code}", f"https://www.spoj.com/problems/{code}/"]


def test_a_submission_brings_what_the_question_effort_says(page: Page, grown_site: str) -> None:
    effort = json.loads(get(f"{grown_site}/spojscore/effort.json?_shape=array"))
    told = {row["code"]: row["per_submission"] for row in effort}
    page.goto("/api")
    found = page.evaluate(
        """async () => {
            const { fetchList } = await import("/static/list.js");
            const problems = await fetchList("/spojscore/everything.json?_shape=arrays");
            return Object.fromEntries([...problems.values()].map((one) => [one.code, one.perTry]));
        }"""
    )
    assert len(told) > 50
    assert {code: found[code] for code in told} == pytest.approx(told)


def test_topics_and_likes_when_the_list_has_them(page: Page, listed: Listed) -> None:
    level = listed.level(MINE)
    every = listed.best(MINE, level / 6, level / 2)
    graphs, one_of_them = every[1::2], every[1]
    with_columns(
        page,
        topics=lambda code: '["graphs", "binary-search"]' if code in graphs else "[]",
        liked=lambda code: 91.26 if code == one_of_them else None,
    )
    open_with(page, *MINE)
    page.get_by_label("Moderate").check()
    assert all_rows(page, "suggested") == every
    page.get_by_label("Topic").select_option("graphs")
    assert all_rows(page, "suggested") == graphs
    row = page.locator("#suggested tbody tr").first
    assert row.locator("td.col-liked").inner_text().split()[-2:] == ["91.3", "%"]
    assert "graphs" not in row.inner_text()
    row.get_by_text("show").click()
    assert (
        "binary search, graphs" in row.inner_text() or "graphs, binary search" in row.inner_text()
    )
    assert all_rows(page, "way")[0] in graphs
    page.get_by_label("Topic").select_option("no topic known")
    assert all_rows(page, "suggested") == [code for code in every if code not in graphs]
    page.get_by_text("By topic").click()
    assert [cells[0] for cells in table(page, "topics")] == ["binary search", "graphs"]
    assert table(page, "topics")[0][1] == f"0 of {len(graphs)}"


def test_an_empty_range_is_widened(page: Page, listed: Listed) -> None:
    # The most solved of all: nothing has half as many.
    top = max(listed, key=lambda code: listed[code]["users"])
    others = [code for code in listed if listed[code]["users"] >= listed[top]["users"] / 6]
    open_with(page, *others)
    page.get_by_label("Moderate").check()
    level = listed.level(others)
    least, most = level / 6, level / 2
    assert not listed.best(others, least, most)
    while not listed.best(others, least, most):
        least, most = least / 2, most * 2
    expected = listed.best(others, least, most)
    assert page.locator("#next-count").inner_text() == (
        f"Nothing left in this range, so it was widened: {len(expected)} "
        f"problem{'s' * (len(expected) > 1)} solved by {round(least):,} to {round(most):,} people."
    )
    assert all_rows(page, "suggested") == expected


def test_what_few_have_solved_only_if_asked_for(page: Page, listed: Listed) -> None:
    rare = min((code for code in listed if listed[code]["users"]), key=lambda c: listed[c]["users"])
    open_with(page, rare)
    # Nobody has solved ARRIVED, and the range is widened down to that.
    page.get_by_label("Hard").check()
    without = all_rows(page, "suggested")
    assert without
    assert "ARRIVED" not in without
    page.get_by_label("Also what fewer than three have solved").check()
    assert "ARRIVED" in all_rows(page, "suggested")


def test_the_shortest_way(page: Page, listed: Listed) -> None:
    open_with(page, *MINE)
    page.get_by_label("Hard").check()
    level = listed.level(MINE)
    chosen = listed.best(MINE, level / 30, level / 6)
    worth = {code: listed[code]["points_if_solved"] for code in chosen}
    best = sorted(chosen, key=lambda code: (-worth[code], code))
    goal = sum(worth[code] for code in best[:3]) - 0.00001
    page.locator("#goal").fill(str(goal))
    gained = points(sum(worth[code] for code in best[:3]))
    assert page.locator("#way-count").inner_text() == f"3 problems for {gained} points."
    assert codes(page, "way") == best[:3]
    page.locator("#goal").fill("1000")
    assert page.locator("#way-count").inner_text() == (
        f"{len(best)} problems for {points(sum(worth.values()))} points: "
        "all there are here, not enough."
    )
    assert codes(page, "way") == best[:5]
    assert all_rows(page, "way") == best
    page.locator("#goal").fill("")
    assert page.locator("#way-count").inner_text() == "Type a number of points above 0."
    assert codes(page, "way") == []


def test_a_random_one_of_those_chosen(page: Page, listed: Listed) -> None:
    open_with(page, *MINE)
    page.get_by_label("Hard").check()
    choice = {*all_rows(page, "suggested")}
    drawn = set()
    for _ in range(40):
        page.get_by_role("button", name="Pick one at random").click()
        drawn.add(page.locator("#picked b").inner_text())
    assert drawn <= choice
    assert len(drawn) > 1
    code = page.locator("#picked b").inner_text()
    worth = points(listed[code]["points_if_solved"])
    assert page.locator("#picked").inner_text().endswith(f", {worth} points if you solve it")


def test_what_was_tried_is_suggested_with_its_sign(page: Page, listed: Listed) -> None:
    page.goto("/mine")
    best = listed.best(MINE, listed.level(MINE) / 2, inf)[0]
    paste(page, f"code,status\n{best},tried\n" + "".join(f"{code},solved\n" for code in MINE))
    assert codes(page, "suggested")[0] == best
    assert page.locator("#suggested tr.tried .mark").all_inner_texts() == ["○ tried"]
