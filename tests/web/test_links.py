"""Every link of the site leads to a page."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from parsel import Selector

MAX_STEPS = 2  # from the home page; links of the last pages are only checked
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


def test_every_link_leads_to_a_page(grown_site: str) -> None:
    waiting = deque([("/", "", 0)])
    visited = {"/"}
    similar: Counter[tuple[str, ...]] = Counter()
    broken = []
    with httpx.Client(base_url=grown_site, timeout=30, follow_redirects=True) as client:
        while waiting:
            path, source, steps = waiting.popleft()
            response = client.get(path)
            page = Selector(response.text) if "html" in response.headers["Content-Type"] else None
            if response.status_code != httpx.codes.OK or (page and not page.css("h1, title")):
                broken.append(f"{source} links to {path}: {response.status_code}")
            if page is None or steps > MAX_STEPS:
                continue
            for link in links(f"{grown_site}{path}", page):
                if link not in visited and similar[shape(link)] < MAX_SIMILAR:
                    visited.add(link)
                    similar[shape(link)] += 1
                    waiting.append((link, path, steps + 1))
    assert len(visited) > 100
    assert broken == []
