"""A list that shifts during a crawl is never committed: a model of the requests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from spojscore_crawler import gate
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.spiders.classical import ClassicalSpider
from spojscore_crawler.store.state import LastList

SIZE = 50
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LIMITS = dict.fromkeys(gate.LIMITS, 0.0)
IN_FLIGHT = 4


def get_page(ids: list[int], start: int) -> Page:
    """The page that SPOJ serves: the last one for any start= past the end."""
    end = (len(ids) - 1) // SIZE * SIZE
    start = min(start, end)
    return Page(start, end, tuple((id_, f"P{id_}") for id_ in ids[start : start + SIZE]), SIZE)


def shift(ids: list[int], random: Random) -> None:
    """Remove or insert a problem anywhere."""
    place = random.randrange(len(ids))
    if random.random() < 0.5:
        del ids[place]
    else:
        ids.insert(place, ids[place] - 1)  # ids are even


def readings(ids: list[int], shift_at: int, random: Random) -> Iterator[Page]:
    """The pages in the order the spider reads them, with a shift before page `shift_at`."""
    spider = ClassicalSpider()
    spider.settings = {"SPOJ_URL": "http://spoj.test"}  # type: ignore[assignment]
    requests = [spider.request_page(0)]
    read_starts: set[int | None] = set()
    number = 0
    while requests:
        # Any request in flight may be answered first.
        request = requests.pop(random.randrange(min(IN_FLIGHT, len(requests))))
        if number == shift_at:
            shift(ids, random)
        number += 1
        start = request.cb_kwargs["start"]
        page = get_page(ids, start)
        if gate.find_page_error(page, start, 1000):
            return  # it is retried, and finally the crawl fails
        yield page
        if page.start not in read_starts:
            read_starts.add(page.start)
            requests += spider.next_requests(page)


def crawl(pages: list[Page]) -> gate.Crawl:
    """A crawl with the problems of each page's first reading, as the spider yields them."""
    first_readings = {page.start: page for page in reversed(pages)}
    keys = sorted(key for page in first_readings.values() for key in page.keys)
    problems = [Problem(id=id_, code=code, name="n", users=0) for id_, code in keys]
    return gate.Crawl(pages, problems, LastList(1, 0, NOW, {}, {}), LIMITS, started=NOW, now=NOW)


def is_missed(count: int, seed: int) -> bool:
    """Whether a crawl is accepted although its list never existed."""
    random = Random(seed)
    ids = [2 * n for n in range(1, count + 1)]
    old_ids = [*ids]
    shift_at = random.randrange(1, -(-count // SIZE) + 2)
    outcome = crawl([*readings(ids, shift_at, random)])
    result = [problem.id for problem in outcome.problems]
    return not gate.judge(outcome)[0] and result not in (old_ids, ids)


@pytest.mark.parametrize(("count", "trials"), [(120, 1000), (4000, 50)])
def test_every_single_shift_is_refused(count: int, trials: int) -> None:
    assert [seed for seed in range(trials) if is_missed(count, seed)] == []


def test_stable_list_is_accepted() -> None:
    pages = [*readings([2 * n for n in range(1, 121)], 99, Random(1))]
    assert [page.start for page in pages[:2]] == [0, 100]
    assert sorted(page.start or 0 for page in pages) == [0, 0, 50, 100, 100]
    assert gate.judge(crawl(pages)) == ({}, True)
