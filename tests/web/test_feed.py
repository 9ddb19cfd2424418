"""The Atom feed."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.databases import rows
from tests.support.sample import HOSTILE_NAMES
from tests.support.sites import fetch, get

ATOM = "{http://www.w3.org/2005/Atom}"
TITLES = {"added": "New", "delisted": "Removed", "relisted": "Returned"}


@pytest.fixture(scope="module")
def feed(history_site: str) -> ElementTree.Element:
    return ElementTree.fromstring(get(f"{history_site}/feed.atom"))


def texts(feed: ElementTree.Element, tag: str) -> list[str]:
    return [entry.findtext(f"{ATOM}{tag}") or "" for entry in feed.findall(f"{ATOM}entry")]


def test_feed_has_an_entry_per_event(feed: ElementTree.Element, history_database: Path) -> None:
    events = rows(history_database, "SELECT * FROM events ORDER BY id DESC")
    kinds = [title.partition(":")[0] for title in texts(feed, "title")]
    assert kinds == [TITLES[event["kind"]] for event in events]
    new = texts(feed, "title").index("New: Arrived (ARRIVED)")
    assert texts(feed, "updated")[new] == "2026-04-11T00:02:00+00:00"
    ids = texts(feed, "id")
    assert len(set(ids)) == len(ids)


def test_feed_shows_points_of_new_problems(feed: ElementTree.Element) -> None:
    summaries = texts(feed, "summary")
    [new] = [text for text in summaries if text.startswith("ARRIVED")]
    assert new.endswith(
        "between 3 April 2026 and 11 April 2026. If you solve it, you gain 1.95 points."
    )
    [removed] = [text for text in summaries if text.startswith("LEAVING")]
    assert "gain" not in removed


def test_feed_has_what_atom_requires(feed: ElementTree.Element, history_site: str) -> None:
    headers = fetch(f"{history_site}/feed.atom").headers
    assert headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.findtext(f"{ATOM}updated") == "2026-04-11T00:02:00+00:00"
    assert feed.findtext(f"{ATOM}id") == "tag:spoj.com,2026:spojscore"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "spojscore"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"self": f"{history_site}/feed.atom", "alternate": f"{history_site}/"}


def test_feed_escapes_names(feed: ElementTree.Element) -> None:
    for code, name in HOSTILE_NAMES.items():
        printable = name.replace("\x07", "\ufffd").replace("\x0b", "\ufffd")
        assert f"Returned: {printable} ({code})" in texts(feed, "title")
