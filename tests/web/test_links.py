"""Every link of the site leads to a page."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from parsel import Selector

START = (
    "/", "/spojscore/problems/STEADY", "/topics/graphs", "/spojscore/worth_now", "/nosuchpage",
    "/spojscore/problems?_q=a&users__gt=9&_facet=year&_size=20",
)  # fmt: skip
MAX_STEPS = 1  # from these pages; links of the last pages are only checked
MAX_SIMILAR = 2  # pages that differ only in their row or in the values of their parameters
LINKS = "a::attr(href), link::attr(href), script::attr(src), img::attr(src)"
ROW_PARTS = 3  # /database/table/row


def links(url: str, page: Selector) -> Iterator[str]:
    """The paths on the same site that a page links to."""
    for link in page.css(LINKS).getall():
        parts = urlsplit(urljoin(url, link))
        if parts.netloc == urlsplit(url).netloc:
            yield parts._replace(scheme="", netloc="", fragment="").geturl()


def shape(path: str) -> tuple[str, ...]:
    """What similar pages have in common."""
    parts = urlsplit(path)
    segments = parts.path.strip("/").split("/")
    names = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return (*(segments[:-1] if len(segments) == ROW_PARTS else segments), *names)


def test_every_link_leads_to_a_page(history_site: str) -> None:
    waiting = deque((path, 0) for path in START)
    sources = dict.fromkeys(START, "")
    similar: Counter[tuple[str, ...]] = Counter()
    broken = []
    with httpx.Client(base_url=history_site, timeout=60, follow_redirects=True) as client:
        while waiting:
            path, steps = waiting.popleft()
            response = client.get(path)
            page = Selector(response.text) if "html" in response.headers["Content-Type"] else None
            if (response.is_error and sources[path]) or (page and not page.css("h1, title")):
                broken.append(f"{sources[path]} links to {path}: {response.status_code}")
            for link in links(f"{history_site}{path}", page) if page and steps <= MAX_STEPS else ():
                if link not in sources and similar[shape(link)] < MAX_SIMILAR:
                    sources[link] = path
                    similar[shape(link)] += 1
                    waiting.append((link, steps + 1))
    assert len(sources) > 150
    assert broken == []
