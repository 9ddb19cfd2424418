"""A list that shifts during a crawl is never committed: a model of the requests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import pytest

from spojscore_crawler import gate
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.listing import ListingError
from spojscore_crawler.spiders.classical import ClassicalSpider
from spojscore_crawler.store.state import LastList

SIZE = 50
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LIMITS = dict.fromkeys(gate.LIMITS, 0.0)
IN_FLIGHT = 4


@dataclass
class World:
    """A list of ids, whose last page SPOJ serves for any start= past the end."""

    ids: list[int]

    def page(self, start: int) -> Page:
        end = (len(self.ids) - 1) // SIZE * SIZE
        start = min(start, end)
        return Page(
            start, end, tuple((id_, f"P{id_}") for id_ in self.ids[start : start + SIZE]), SIZE
        )

    def shift(self, random: Random) -> None:
        """Remove or insert a problem anywhere."""
        place = random.randrange(len(self.ids))
        if random.random() < 0.5:
            del self.ids[place]
        else:
            self.ids.insert(place, self.ids[place] - 1)  # ids are even


def readings(
    world: World, shift: Callable[[], None], moment: int, random: Random
) -> Iterator[Page]:
    """The pages in the order the spider reads them, with the shift before page `moment`."""
    spider = ClassicalSpider()
    spider.settings = {"SPOJ_URL": "http://spoj.test"}  # type: ignore[assignment]
    waiting = [spider.request_page(0)]
    read: set[int | None] = set()
    requests = 0
    while waiting:
        # Of the requests that are in flight, any may be answered first.
        request = waiting.pop(random.randrange(min(IN_FLIGHT, len(waiting))))
        if requests == moment:
            shift()
        requests += 1
        page = world.page(request.cb_kwargs["start"])
        yield page
        if fault := gate.page_fault(page, request.cb_kwargs["start"], 1000):
            raise ListingError(fault)  # it is retried, and the crawl fails in the end
        if page.start not in read:
            read.add(page.start)
            waiting += spider.next_requests(page)


def crawl(pages: list[Page]) -> gate.Crawl:
    """With the problems of each page's first reading, as the spider yields them."""
    first = {page.start: page for page in reversed(pages)}
    problems = [
        Problem(id=id_, code=code, name="n", users=0)
        for page in first.values()
        for id_, code in page.keys
    ]
    return gate.Crawl(pages, problems, LastList(1, 0, NOW, {}), LIMITS, started=NOW, now=NOW)


def is_missed(count: int, seed: int) -> bool:
    """Whether a crawl is accepted although its list never existed."""
    random = Random(seed)
    world = World([2 * n for n in range(1, count + 1)])
    before = list(world.ids)
    requests = -(-count // SIZE) + 2
    moment = random.randrange(1, requests)
    try:
        outcome = crawl(list(readings(world, lambda: world.shift(random), moment, random)))
    except ListingError:
        return False
    listed = sorted(problem.id for problem in outcome.problems)
    return not gate.judge(outcome)[0] and listed not in (before, world.ids)


@pytest.mark.parametrize(("count", "trials"), [(120, 3000), (4000, 150)])
def test_every_single_shift_is_refused(count: int, trials: int) -> None:
    assert [seed for seed in range(trials) if is_missed(count, seed)] == []


def test_stable_list_is_accepted() -> None:
    world = World([2 * n for n in range(1, 121)])
    pages = list(readings(world, lambda: None, 0, Random(1)))
    assert [page.start for page in pages[:2]] == [0, 100]
    assert sorted(page.start or 0 for page in pages) == [0, 0, 50, 100, 100]
    assert gate.judge(crawl(pages)) == ({}, True)
