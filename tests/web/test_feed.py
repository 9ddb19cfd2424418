"""The Atom feed."""

from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree

from tests.support.databases import rows
from tests.support.grown import HOSTILE
from tests.support.sites import get

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(site: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(get(f"{site}/feed.atom")).findall(f"{ATOM}entry")


def said(entry: ElementTree.Element, tag: str) -> str:
    return entry.findtext(f"{ATOM}{tag}") or ""


def test_the_feed_tells_what_came_left_and_returned(grown_site: str, grown: Path) -> None:
    found = entries(grown_site)
    titles = [said(entry, "title") for entry in found]
    events = rows(grown, "SELECT * FROM events ORDER BY id DESC")
    assert [title.partition(":")[0] for title in titles] == [
        {"added": "New", "delisted": "Gone", "relisted": "Back"}[event["kind"]] for event in events
    ]
    assert titles[-1] == "New: Arrived (ARRIVED)"
    assert said(found[-1], "summary") == (
        "ARRIVED came into SPOJ’s list between the crawls of 3 and 11 April 2026. "
        "If you solve it, you get 1.95 points."
    )
    assert said(found[-1], "updated") == "2026-04-11T00:02:00+00:00"
    assert found[-1].find(f"{ATOM}link").get("href") == f"{grown_site}/spojscore/problems/ARRIVED"  # type: ignore[union-attr]


def test_what_is_gone_is_worth_nothing_to_the_next(grown_site: str) -> None:
    gone = [said(e, "summary") for e in entries(grown_site) if "LEAVING" in said(e, "title")]
    assert gone == ["LEAVING left SPOJ’s list between the crawls of 3 and 11 April 2026."]


def test_an_entrys_id_is_its_own(grown_site: str) -> None:
    found = entries(grown_site)
    assert len({said(entry, "id") for entry in found}) == len(found)


def test_what_atom_demands_is_there(grown_site: str) -> None:
    with urlopen(f"{grown_site}/feed.atom") as response:
        assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(get(f"{grown_site}/feed.atom"))
    assert root.findtext(f"{ATOM}updated") == "2026-04-11T00:02:00+00:00"
    assert root.findtext(f"{ATOM}id") == "tag:spoj.com,2026:spojscore"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "spojscore"
    assert [link.attrib for link in root.findall(f"{ATOM}link")] == [
        {"rel": "self", "href": f"{grown_site}/feed.atom"},
        {"rel": "alternate", "href": f"{grown_site}/"},
    ]


def test_hostile_names_are_text(grown_site: str) -> None:
    titles = {said(entry, "title") for entry in entries(grown_site)}
    for code, name in HOSTILE.items():
        shown = name.replace("\x07", "\ufffd").replace("\x0b", "\ufffd")
        assert f"Back: {shown} ({code})" in titles


def test_pages_tell_of_the_feed(grown_site: str) -> None:
    page = get(f"{grown_site}/spojscore/problems")
    assert '<link rel="alternate" type="application/atom+xml"' in page
