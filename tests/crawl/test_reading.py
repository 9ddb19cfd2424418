"""The list as it shifts under a crawl, without a network."""

from collections.abc import Callable, Iterable
from random import Random

import pytest

from spojscore_crawler.listing import Listing, Row
from spojscore_crawler.reading import ROUNDS, Reading, ReadingError

SIZE = 5


def page(ids: list[int], start: int) -> Listing:
    """What a site that lists `ids` serves for `start`: beyond the end, the last page again."""
    last = max(0, (len(ids) - 1) // SIZE * SIZE)
    start = min(start, last)
    rows = [Row(id=id_, code=f"P{id_}", name="Name", users=1) for id_ in ids[start : start + SIZE]]
    return Listing(rows, last if start < last else max(0, last - SIZE), start)


def read(
    ids: list[int], known: Iterable[int] = (), shift: Callable[[int, list[int]], None] | None = None
) -> tuple[Reading, list[int]]:
    """Read a list that `shift(number, ids)` may change before each request; and what was asked."""
    reading = Reading(set(known), max_pages=100)
    asked: list[int] = []
    starts = [0]
    while starts:
        for start in starts:
            if shift:
                shift(len(asked), ids)
            asked.append(start)
            reading.add(start, page(ids, start))
        starts = reading.ask()
    return reading, asked


def found(reading: Reading) -> list[int]:
    return [row.id for start in sorted(reading.pages) for row in reading.pages[start].rows]


@pytest.mark.parametrize("count", [1, 4, 5, 6, 10, 23])
def test_a_list_that_holds_still_is_asked_for_once(count: int) -> None:
    ids = list(range(count))
    reading, asked = read(ids, known=ids)
    assert found(reading) == ids
    assert sorted(asked) == list(range(0, count, SIZE))
    assert asked[:2] == [0, max(asked)][: len(asked)]


def test_a_problem_that_is_gone_is_looked_for_once_more() -> None:
    ids = [n for n in range(30) if n not in (7, 20)]
    reading, asked = read(ids, known=range(30))
    assert found(reading) == ids
    assert asked == [0, 25, 5, 10, 15, 20, 5, 15]


def test_what_was_gone_between_two_pages_is_looked_for_on_both() -> None:
    ids = [n for n in range(30) if n != 10]
    _, asked = read(ids, known=range(30))
    assert asked[6:] == [5, 10]


@pytest.mark.parametrize("moment", range(6))
@pytest.mark.parametrize("hidden", [0, 4, 5, 14, 24, 27])
def test_a_problem_hidden_while_the_list_is_read(hidden: int, moment: int) -> None:
    """Even the first crawl, which knows no problem, misses none of the others.

    But when one is hidden on the first page between the first and the second request.
    """
    ids = list(range(30))

    def hide(number: int, ids: list[int]) -> None:
        if number == moment and hidden in ids:
            ids.remove(hidden)

    unseen = moment == 1 and hidden < SIZE
    reading, asked = read(ids, range(30) if unseen else (), hide)
    assert set(found(reading)) | {hidden} == set(range(30))
    assert found(reading) == sorted(set(found(reading)))
    assert len(asked) <= 2 * 6 + 4


@pytest.mark.parametrize("count", [28, 30, 31])
@pytest.mark.parametrize("moment", range(6))
@pytest.mark.parametrize("added", [1, 9, 29, 59])
def test_a_problem_added_while_the_list_is_read(added: int, moment: int, count: int) -> None:
    def add(number: int, ids: list[int]) -> None:
        if number == moment:
            ids[:] = sorted([*ids, added])

    even = range(0, 2 * count, 2)
    reading, _ = read(list(even), even, add)
    assert set(found(reading)) - {added} == set(even)
    assert found(reading) == sorted(set(found(reading)))


def test_a_last_page_that_vanishes_while_the_list_is_read() -> None:
    def hide(number: int, ids: list[int]) -> None:
        if number == 3:
            ids.remove(2)

    reading, asked = read(list(range(26)), (), hide)
    assert found(reading) == [n for n in range(26) if n != 2]
    assert reading.planned == range(0, 21, 5)
    assert asked[:3] == [0, 25, 5]


@pytest.mark.parametrize("changes", [1, 2])
def test_whatever_shifts_nothing_is_lost(changes: int) -> None:
    """A thousand crawls of a list that changes while it is read, from a fixed seed.

    Two opposite changes, one of them between the two requests that look for what the other has
    pushed out of sight, are beyond it: one crawl in hundreds here.
    """
    random = Random(19)
    lost = 0
    for _ in range(1000):
        ids = sorted(random.sample(range(200), random.randint(20, 60)))
        known = set(ids)
        always, ever = set(ids), set(ids)
        moments = random.choices(range(20), k=changes)

        def shift(number: int, ids: list[int]) -> None:
            if number in moments:  # noqa: B023
                if random.random() < 0.5:
                    always.discard(gone := random.choice(ids))  # noqa: B023
                    ids.remove(gone)
                else:
                    new = random.choice([n for n in range(210) if n not in ids])
                    ids[:] = sorted([*ids, new])
                    ever.add(new)  # noqa: B023

        reading, _ = read(ids, known, shift)
        assert not any(
            (reading.shifted, reading.missing(), reading.strayed(), reading.doubled(),
             reading.shrunk(), reading.grown(), reading.short())
        )  # fmt: skip
        assert set(found(reading)) <= ever
        assert found(reading) == sorted(set(found(reading)))
        lost += not always <= set(found(reading))
    assert lost <= 5 * (changes - 1)


def test_a_list_that_never_holds_still_is_given_up() -> None:
    def swap(number: int, ids: list[int]) -> None:
        ids[:] = sorted({*range(30)} - {number % 7})

    reading, asked = read(list(range(30)), range(30), swap)
    assert reading.doubled() or reading.shifted
    assert len(asked) <= (1 + ROUNDS) * 12


def test_a_page_answered_once_with_another() -> None:
    ids = list(range(20))
    reading = Reading()
    for start in (0, 15, 10):
        reading.add(start, page(ids, start))
    other = page(ids, 5)
    reading.add(5, Listing(other.rows, 15, 10))
    assert [reading.strayed(), reading.ask()] == [[5], [0]]


def test_a_short_page_is_asked_for_again_and_nothing_else() -> None:
    reading = Reading()
    short = page(list(range(20)), 5)
    del short.rows[2:]
    for start in (0, 15, 10):
        reading.add(start, page(list(range(20)), start))
    reading.add(5, short)
    assert [reading.ask(), reading.short()] == [[5], []]
    for _ in range(ROUNDS - 1):
        reading.add(5, short)
        assert reading.ask() == [5]
    reading.add(5, short)
    assert [reading.ask(), reading.short()] == [[], [5]]


@pytest.mark.parametrize(
    ("last_start", "reason"),
    [
        (None, "no pager"),
        (12, "the pager ends at 12, which is no multiple of the page's 5 rows"),
        (500, "the pager tells of 101 pages, more than 100 (MAX_PAGES)"),
    ],
)
def test_a_first_page_that_plans_nothing(last_start: int | None, reason: str) -> None:
    with pytest.raises(ReadingError) as error:
        Reading(max_pages=100).add(0, Listing(page(list(range(5)), 0).rows, last_start, 0))
    assert str(error.value) == reason
