import pytest

from spojscore_crawler.gate import findings
from spojscore_crawler.items import Problem
from spojscore_crawler.listing import Listing

SIZE = 3


def problem(number: int) -> Problem:
    return Problem(id=number, code=f"P{number}", name="Name", users=1)


def crawl(*sizes: int, last_start: int = 6) -> tuple[dict[int, Listing], list[Problem]]:
    """Pages of so many rows each, and the problems on them."""
    pages: dict[int, Listing] = {}
    for page, size in enumerate(sizes):
        rows = [problem(page * SIZE + n) for n in range(size)]
        pages[page * SIZE] = Listing(list(rows), last_start)
    return pages, [row for page in pages.values() for row in page.rows if isinstance(row, Problem)]


@pytest.mark.parametrize("last", [1, 2, 3])
def test_a_whole_list(last: int) -> None:
    assert findings(range(0, 7, 3), *crawl(3, 3, last)) == []


@pytest.mark.parametrize(
    ("sizes", "last_start", "found"),
    [
        ((3, 3), 6, ["1 of 3 pages were not read, start=6 first"]),
        ((), 6, ["3 of 3 pages were not read, start=0 first"]),
        ((3, 2, 3), 6, ["1 pages are short, start=3 first: 2 of 3 rows"]),
        ((2, 1, 3), 6, ["2 pages are short, start=0 first: 2 of 3 rows"]),
        ((3, 3, 3), 9, ["the list grew while it was read, to start=9"]),
    ],
)
def test_what_keeps_a_list_from_being_whole(
    sizes: tuple[int, ...], last_start: int, found: list[str]
) -> None:
    assert findings(range(0, 7, 3), *crawl(*sizes, last_start=last_start)) == found


def test_a_problem_that_got_lost_on_the_way() -> None:
    pages, problems = crawl(3, 3, 3)
    assert findings(range(0, 7, 3), pages, problems[1:]) == [
        "9 rows were read, but 8 problems came of them"
    ]
