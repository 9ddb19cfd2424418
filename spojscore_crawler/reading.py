"""What a crawl has read of the list, and which page to ask for next. Pure: no engine.

The list may shift while it is read. A problem hidden in the middle of a crawl moves all later
ones up by one, and the first row of the next page slips, unseen, onto a page that was read
already; a problem put in moves them down, and a row is read twice, or slips onto a later page that
was read already. Three things tell of it:

- A row stands on two pages. For that, the last page is asked for right after the first, and all
  others then: it is as old as the pages that a problem hidden meanwhile made outdated.
- A page, or its pager, is another than was asked for.
- A problem that the last crawl knew is missing, and turns up when its page is asked for once more.

What each page read once can't tell: of problems that the last crawl did not know, one may slip away
when another is put in before it, or hidden on the first page before the last is read. And of two
opposite shifts, the second may hide the first from the very two requests that look for it. The
next crawl brings what was missed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from spojscore_crawler.listing import Listing

# How often a list that shifts, or a part of it, is asked for again.
ROUNDS = 3


class ReadingError(Exception):
    """No list can be planned from this page. Says why."""


class Reading:
    """One crawl's pages: `planned` has the start= of each, `pages` what was read of them.

    `known` are the ids of the problems that the last crawl listed. `shifted` tells that it
    never held still.
    """

    def __init__(self, known: Collection[int] = (), max_pages: int = 1000) -> None:
        self.known = known
        self.max_pages = max_pages
        self.planned = range(0, 1)
        self.pages: dict[int, Listing] = {}
        self.shifted = False
        self._rounds = 0
        self._confirmed: set[int] = set()  # known problems that are gone
        self._before: dict[int, Listing] = {}  # pages asked for to confirm that

    def add(self, start: int, listing: Listing) -> None:
        """Take in the page that was asked for with `start`.

        Raises ReadingError if the first page's pager does not tell how many there are, or
        tells of more than `max_pages`.
        """
        if start == 0:
            self._plan(listing.last_start, len(listing.rows))
        self.pages[start] = listing

    def ask(self) -> list[int]:
        """The start= of the pages to ask for, now that all that were asked for are read.

        Empty when the list is complete, or was asked for again often enough.
        """
        if missing := self.missing():
            return missing[-1:] if len(self.pages) == 1 else missing
        if self._changed() or self.strayed() or self.doubled() or self.shrunk() or self.grown():
            # It shifted, but what all that tells is not where.
            return self._ask_again(list(self.pages))
        if short := self.short():
            return self._ask_again(short)
        return self._confirm_the_gone()

    def missing(self) -> list[int]:
        """The start= of the pages that were not read."""
        return [start for start in self.planned if start not in self.pages]

    def strayed(self) -> list[int]:
        """The start= of the pages that say, by their pager, that they are another."""
        return [s for s, page in self.pages.items() if page.start is not None and page.start != s]

    def doubled(self) -> list[int]:
        """The ids that stand on two pages."""
        ids = Counter(id_ for page in self.pages.values() for id_ in _ids(page))
        return [id_ for id_, count in ids.items() if count > 1]

    def shrunk(self) -> list[int]:
        """The start= of the pages, but for the last, whose pager ends before the last page."""
        return [
            start
            for start in self.planned[:-1]
            if start in self.pages and (self.pages[start].last_start or 0) < self.planned[-1]
        ]

    def grown(self) -> int:
        """The highest start= that a pager links to, if that is after the last page; else 0."""
        end = max((page.last_start or 0 for page in self.pages.values()), default=0)
        return end if end > self.planned[-1] else 0

    def short(self) -> list[int]:
        """The start= of the pages, but for the last, with fewer rows than the longest page."""
        size = max((len(page.rows) for page in self.pages.values()), default=0)
        return [
            start
            for start in self.planned[:-1]
            if start in self.pages and len(self.pages[start].rows) < size
        ]

    def _plan(self, last_start: int | None, size: int) -> None:
        if last_start is None:
            raise ReadingError("no pager")
        if last_start % size:
            raise ReadingError(
                f"the pager ends at {last_start}, which is no multiple of the page's {size} rows"
            )
        planned = range(0, last_start + 1, size)
        if len(planned) > self.max_pages:
            raise ReadingError(
                f"the pager tells of {len(planned)} pages, more than {self.max_pages} (MAX_PAGES)"
            )
        self.planned = planned

    def _ask_again(self, starts: Collection[int]) -> list[int]:
        if self._rounds == ROUNDS:
            self.shifted = len(starts) == len(self.pages)
            return []
        self._rounds += 1
        for start in starts:
            del self.pages[start]
        self._before.clear()
        if not self.pages:
            self._confirmed.clear()
            return [0]
        return self.missing()

    def _confirm_the_gone(self) -> list[int]:
        """The pages that would hold the known problems that are missing, to be read once more."""
        listed = {id_ for page in self.pages.values() for id_ in _ids(page)}
        gone = [id_ for id_ in self.known if id_ not in listed and id_ not in self._confirmed]
        firsts = [_ids(self.pages[start])[0] for start in self.planned]
        for id_ in gone:
            index = max(bisect_right(firsts, id_) - 1, 0)
            start = self.planned[index]
            self._before[start] = self.pages[start]
            if id_ > _ids(self.pages[start])[-1] and index + 1 < len(self.planned):
                following = self.planned[index + 1]
                self._before[following] = self.pages[following]
        self._confirmed.update(gone)
        return sorted(self._before) if gone else []

    def _changed(self) -> bool:
        """Whether a page that was read once more holds other problems now.

        New ones at the end of the list don't count.
        """
        return any(
            _ids(self.pages[start])[: len(page.rows)] != _ids(page)
            for start, page in self._before.items()
        )


def _ids(page: Listing) -> list[int]:
    return [row.id for row in page.rows]
