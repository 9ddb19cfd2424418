"""Visits every page that a site links to, and looks whether it is one."""

from __future__ import annotations

import csv
import json
from collections import Counter, deque
from collections.abc import Collection, Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit
from xml.etree import ElementTree

from parsel import Selector

from deploy.client import Answer, ask
from deploy.toolchain import PublishError

# From the home page, links are followed so far; what the last pages link to is only asked for.
STEPS = 2
# How many are asked for of pages that differ only in their row, or in their parameters' values.
ALIKE = 3
ROW_PARTS = 3  # /database/table/row
LINKS = "a::attr(href), link::attr(href), script::attr(src), img::attr(src)"


def visit(site: str, more: Collection[str], without: Collection[str]) -> int:
    """Ask for all that the site links to, and for the paths `more`, but not for `without`.

    Returns how many answers were right; raises PublishError at the first that is not.
    """
    waiting = deque([("/", 0), *((path, STEPS + 1) for path in more)])
    seen = {path for path, _ in waiting} | {*without}
    alike: Counter[object] = Counter()
    visited = 0
    while waiting:
        path, steps = waiting.popleft()
        answer = ask(f"{site}{path}")
        look(answer)
        visited += 1
        if answer.kind != "text/html" or steps > STEPS:
            continue
        for link in links(answer, site):
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
    return (*(segments[:-1] if len(segments) == ROW_PARTS else segments), *names)


def look(answer: Answer) -> None:
    """Raise PublishError unless the answer is what its type says."""
    try:
        wrong = fault(answer)
    except (ValueError, ElementTree.ParseError) as error:
        wrong = str(error)
    if wrong:
        raise PublishError(f"{answer.url}: {wrong}")


def fault(answer: Answer) -> str | None:
    """What is wrong with an answer. Raises ValueError and ParseError, too."""
    if urlsplit(answer.url).path.endswith(".csv"):
        lines = list(csv.reader(answer.text.splitlines(keepends=True)))
        return None if len({len(line) for line in lines}) == 1 else "lines of other columns"
    if answer.kind == "text/html":
        page = Selector(answer.text)
        message = page.css(".message-error ::text, .message-error::text").get()
        if message or not (heading(answer) and page.css("title::text").get("").strip()):
            return f"an error: {message.strip()}" if message else "a page without title or heading"
    elif answer.kind == "application/json":
        facts = json.loads(answer.text)
        error = facts.get("error") if isinstance(facts, dict) else None
        return error and f"an error: {error}"
    elif answer.kind.endswith("+xml"):
        ElementTree.fromstring(answer.text)  # noqa: S314  (our own)
    elif not answer.text.strip() and answer.kind != "image/png":
        return "it is blank"
    return None


def heading(page: Answer) -> str:
    """The text of its first heading, with single spaces."""
    return " ".join(" ".join(Selector(page.text).css("h1")[:1].css("::text").getall()).split())
