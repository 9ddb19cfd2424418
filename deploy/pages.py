"""Visits every page that a site links to, and looks whether it is one."""

from __future__ import annotations

import csv
import json
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urljoin, urlsplit
from xml.etree import ElementTree

from parsel import Selector

from deploy.toolchain import PublishError

if TYPE_CHECKING:
    from deploy.site import Answer, Site

# From the home page, links are followed so far; what the last pages link to is only asked for.
STEPS = 2
# Of pages that differ only in their row, or in the values of their parameters, so many.
ALIKE = 3
ROW_PARTS = 3  # /database/table/row
LINKS = "a::attr(href), link::attr(href), script::attr(src), img::attr(src)"


def visit(site: Site, more: Collection[str], without: Collection[str]) -> int:
    """Ask for all that the site links to, and for the paths `more`, but not for `without`.

    Returns how many answers were right; raises PublishError at the first that is not.
    """
    waiting = deque([("/", 0), *((path, STEPS + 1) for path in more)])
    seen = {path for path, _ in waiting} | {*without}
    alike: Counter[object] = Counter()
    visited = 0
    while waiting:
        path, steps = waiting.popleft()
        answer = site.ask(path)
        look(answer)
        visited += 1
        if answer.kind != "text/html" or steps > STEPS:
            continue
        for link in links(answer, site.url):
            if link not in seen and alike[shape(link)] < ALIKE:
                seen.add(link)
                alike[shape(link)] += 1
                waiting.append((link, steps + 1))
    return visited


def links(page: Answer, site: str) -> Iterator[str]:
    """The paths, with their queries, of the site's own pages that `page` links to."""
    for link in Selector(page.text).css(LINKS).getall():
        parts = urlsplit(urljoin(page.url, link))
        if f"{parts.scheme}://{parts.netloc}" == site:
            yield parts._replace(scheme="", netloc="", fragment="").geturl()


def shape(path: str) -> object:
    """What pages have in common that differ only in their row or their parameters' values."""
    parts = urlsplit(path)
    segments = parts.path.strip("/").split("/")
    names = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    if len(segments) == ROW_PARTS:
        return (*segments[:-1], *names)
    return parts.path if not names else (parts.path, *names)


def look(answer: Answer) -> None:
    """Raise PublishError unless the answer is what its type says."""
    try:
        is_table = urlsplit(answer.url).path.endswith(".csv")
        wrong = (is_csv if is_table else LOOKS.get(answer.kind, blank))(answer.text)
    except (ValueError, ElementTree.ParseError) as error:
        wrong = str(error)
    if wrong:
        raise PublishError(f"{answer.url}: {wrong}")


def html(text: str) -> str | None:
    page = Selector(text)
    for name in ("title", "h1"):
        if not " ".join(page.css(f"{name} ::text, {name}::text").getall()).strip():
            return f"the page has no {name}"
    if message := page.css(".message-error ::text, .message-error::text").get():
        return f"the page tells an error: {message.strip()}"
    return None


def is_json(text: str) -> str | None:
    answer = json.loads(text)
    error = answer.get("error") if isinstance(answer, dict) else None
    return error and f"it tells an error: {error}"


def is_csv(text: str) -> str | None:
    lines = list(csv.reader(text.splitlines(keepends=True)))
    return None if len({len(line) for line in lines}) == 1 else "lines of other columns"


def xml(text: str) -> None:
    ElementTree.fromstring(text)  # noqa: S314  (our own)


def blank(text: str) -> str | None:
    return None if text.strip() else "it is blank"


LOOKS: dict[str, Callable[[str], str | None]] = {
    "text/html": html,
    "application/json": is_json,
    "image/svg+xml": xml,
    "application/atom+xml": xml,
    "image/png": lambda _: None,
}
