"""Parses a page of SPOJ's list of classical problems: its problems and its pager. Pure.

Cells are identified by their links (/problems/, /ranks/, /status/) and their titles, never by
position: the old theme, the modern theme and the logged-in view order them differently.
"""

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from lxml.html import HtmlElement
from scrapy.selector import Selector

from spojscore_crawler.items import Page, Problem

PROBLEM_LINK = re.compile(r"(?:https?://[^/]+)?/(problems|ranks|status)/([A-Z0-9_]+)/?$")
PAGER_LINK = re.compile(r"\bstart=([0-9]{1,9})\b")
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]+)?")
VALUE = re.compile(r"\bValue ([0-9]+(?:\.[0-9]+)?) points")
VOTES = re.compile(r"\+\s*([0-9]{1,9})\s+-\s*([0-9]{1,9})\b")

DIFFICULTY = re.compile("concept|implementation")

MAX_QUOTE_LENGTH = 40  # characters of an invalid cell in an error message

SPOJ_ERRORS = ("Wrong problem id!", "Problem hidden")


class ListingError(Exception):
    """The page is not a readable list of problems. The message says which row and why."""


class Listing(NamedTuple):
    page: Page
    problems: list[Problem]


def parse_listing(body: bytes, requested_start: int | None = None) -> Listing:
    """Parse a page of the list that was requested with start=`requested_start`.

    Raises ListingError if the page has no problem table or is cut off inside it, if a row lacks
    its id, code, name or users or has text where a number belongs, or if a page number in the
    pager links to the wrong page.
    """
    text = decode(body)
    page = Selector(text=text, type="html")
    rows = _problem_rows(page)
    if not rows:
        raise ListingError(_describe_missing_list(page, text))
    problems = [_read_row(row, f"row {n}") for n, row in enumerate(rows, 1)]
    if "</table" not in text[text.rfind(f"/ranks/{problems[-1].code}") :].lower():
        raise ListingError(f"the page is cut off after row {len(problems)}")
    start, highest_link, size = _read_pager(page)
    if start is None and highest_link == 0:  # the second of two pages links only to the first
        start = requested_start
    # The last page links neither to itself nor to a later page.
    end = None if highest_link is None else max(highest_link, start or 0)
    keys = tuple((problem.id, problem.code) for problem in problems)
    return Listing(Page(start, end, keys, size), problems)


def decode(body: bytes) -> str:
    """Decode a page as UTF-8 where that is valid, and the other bytes as ISO 8859-2.

    SPOJ's old pages declare ISO 8859-2 and mix both.
    """
    return body.decode("utf-8", "iso-8859-2-fallback")


def _decode_iso_8859_2(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("iso-8859-2"), error.end


codecs.register_error("iso-8859-2-fallback", _decode_iso_8859_2)


def _problem_rows(page: Selector) -> list[HtmlElement]:
    """The rows of the last table of problems; a logged-in user's own table may precede it."""
    problem_rows: list[HtmlElement] = []
    for table in page.css("table.problems"):
        rows = table.root.xpath("./tr[td] | ./tbody/tr[td]")
        if any(kind != "problems" for row in rows for kind, _, _ in _problem_links(row)):
            problem_rows = rows
    return problem_rows


def _read_pager(page: Selector) -> tuple[int | None, int | None, int | None]:
    """(the page's own start=, the highest start= linked, rows per page); None if unknown.

    The pager does not link to the page it is on.
    """
    number = highest_link = size = None
    for cell in page.css("ul.pagination li, table.navigation td"):
        text = _text(cell.root)
        links = [PAGER_LINK.search(link.get("href", "")) for link in cell.root.iter("a")]
        starts = [int(link[1]) for link in links if link]
        highest_link = max(highest_link or 0, *starts, 0)
        if not WHOLE_NUMBER.fullmatch(text) or text == "0":
            continue
        pages_before = int(text) - 1
        if not starts or "active" in cell.root.get("class", "").split():
            number = pages_before
        if not starts:
            continue
        if pages_before:
            size = size or starts[0] // pages_before
        if starts[0] != (size or 0) * pages_before or (pages_before and not size):
            raise ListingError(f"the pager links page {text} to start={starts[0]}")
    if number is None or (number and not size):
        return None, highest_link, size
    return number * (size or 0), highest_link, size


def _problem_links(row: HtmlElement) -> Iterator[tuple[str, str, HtmlElement]]:
    """(problems | ranks | status, code, link) of each of the row's links to a problem."""
    for link in row.iter("a"):
        if match := PROBLEM_LINK.match(link.get("href", "")):
            yield match[1], match[2], link


def _describe_missing_list(page: Selector, text: str) -> str:
    for error in SPOJ_ERRORS:
        if error in text:
            return f"no problem table; SPOJ says '{error}'"
    if page.css("table.problems"):
        return "no problems in the problem table"
    return "no problem table"


def _read_row(row: HtmlElement, place: str) -> Problem:
    links = {kind: (code, link) for kind, code, link in _problem_links(row)}
    if not links:
        raise ListingError(f"{place}: no code")
    codes = {code for code, _ in links.values()}
    place = f"{place} ({', '.join(sorted(codes))})"
    if len(codes) > 1:
        raise ListingError(f"{place}: more than one code")
    texts = {kind: _text(link) for kind, (_, link) in links.items()}
    for kind, noun in (("problems", "name"), ("ranks", "users")):
        if not texts.get(kind):
            raise ListingError(f"{place}: no {noun}")
    users, acceptance = texts["ranks"], texts.get("status") or "-"
    if not WHOLE_NUMBER.fullmatch(users):
        raise ListingError(f"{place}: users are {users[:MAX_QUOTE_LENGTH]!r}, not a whole number")
    if acceptance != "-" and not NUMBER.fullmatch(acceptance):
        quote = acceptance[:MAX_QUOTE_LENGTH]
        raise ListingError(f"{place}: acceptance is {quote!r}, not a number")
    name_link, ranks_link = links["problems"][1], links["ranks"][1]
    value = VALUE.search(ranks_link.get("title", ""))
    tooltips = [element for element in row.iter() if element.tag != "a" and element.get("title")]
    votes = next((m for e in tooltips if (m := VOTES.search(e.get("title", "")))), None)
    concept, implementation = _read_difficulties(tooltips)
    return Problem(
        id=_read_id(row, name_link, place),
        code=codes.pop(),
        name=texts["problems"],
        users=int(users),
        value=float(value[1]) if value else None,
        acceptance=None if acceptance == "-" else float(acceptance),
        votes_up=int(votes[1]) if votes else None,
        votes_down=int(votes[2]) if votes else None,
        concept_difficulty=concept,
        implementation_difficulty=implementation,
    )


def _read_id(row: HtmlElement, name_link: HtmlElement, place: str) -> int:
    """Read the plain number nearest to the name, preferably before it."""
    name_cell = next(cell for cell in row if name_link in cell.iter("a"))
    neighbors = chain(name_cell.itersiblings("td", preceding=True), name_cell.itersiblings("td"))
    for cell in neighbors:
        if len(cell) == 0 and WHOLE_NUMBER.fullmatch(_text(cell)):
            return int(_text(cell))
    raise ListingError(f"{place}: no id")


def _read_difficulties(tooltips: list[HtmlElement]) -> tuple[float | None, float | None]:
    """(concept, implementation). Implementation comes first unless the page says otherwise."""
    for element in tooltips:
        title = element.get("title", "").lower()
        spans = [span for span in element.iter("span") if NUMBER.fullmatch(_text(span))]
        if len(spans) != 2 or VOTES.search(title):  # noqa: PLR2004
            continue
        first_value, second_value = (float(_text(span)) for span in spans)
        labels = [f"{span.get('title', '')} {span.get('class', '')}".lower() for span in spans]
        order = DIFFICULTY.findall(title) if not DIFFICULTY.search(" ".join(labels)) else []
        if "concept" in labels[0] or "implementation" in labels[1] or order[:1] == ["concept"]:
            return first_value, second_value
        return second_value, first_value
    return None, None


def _text(element: HtmlElement) -> str:
    return str(element.text_content()).strip()
