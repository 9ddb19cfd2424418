"""Every link of the site leads to a page."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

from parsel import Selector

from tests.support.sites import CLIENT, fetch

PAGES = (
    "/", "/about", "/api", "/charts", "/ladder", "/mine", "/topics", "/topics/graphs",
    "/nosuchpage", "/spojscore", "/spojscore/worth_now", "/spojscore/history",
    "/spojscore/problems/STEADY", "/spojscore/problems?_q=a&users__gt=9&_facet=year&_size=20",
)  # fmt: skip
LINKS = "a::attr(href), link::attr(href), script::attr(src), img::attr(src)"
ROW_PARTS = 3  # /database/table/row


def links(url: str, page: Selector) -> Iterator[str]:
    """The paths on the same site that a page links to."""
    for link in page.css(LINKS).getall():
        parts = urlsplit(urljoin(url, link))
        if parts.netloc == urlsplit(url).netloc:
            yield parts._replace(scheme="", netloc="", fragment="").geturl()


def page_pattern(path: str) -> tuple[str, ...]:
    """What pages share that differ only in their row or in the values of their parameters."""
    parts = urlsplit(path)
    segments = parts.path.strip("/").split("/")
    names = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return (*(segments[:-1] if len(segments) == ROW_PARTS else segments), *names)


def test_every_link_leads_to_a_page(history_site: str) -> None:
    sources: dict[str, str] = {}
    patterns = set()
    for path in PAGES:
        url = history_site + path
        for link in links(url, Selector(fetch(url).text)):
            if link not in PAGES and page_pattern(link) not in patterns:
                sources[link] = path
                patterns.add(page_pattern(link))
    broken_links = []
    for path, source in sources.items():
        response = CLIENT.get(history_site + path, follow_redirects=True)
        is_page = "html" in response.headers["Content-Type"]
        if response.is_error or (is_page and "<h1" not in response.text):
            broken_links.append(f"{source} links to {path}: {response.status_code}")
    assert len(sources) > 90
    assert broken_links == []
