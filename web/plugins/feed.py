"""/feed.atom: the problems that came, left and came back, newest first.

Written here and not by datasette-atom, which fails at the control characters that names may hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from datasette import hookimpl
from datasette.utils.asgi import Response

from web.words import between

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100
# By the crawl that found it, at the second at which that had read the list.
NEWS = """
    SELECT events.id, crawls.finished, kind, events.code, problems.name, events.day,
      (SELECT max(day) FROM crawls AS earlier WHERE earlier.id < crawl_id) AS since,
      iif(problems.delisted IS NULL, points_if_solved, NULL) AS points_if_solved
    FROM events JOIN crawls ON crawls.id = crawl_id
      LEFT JOIN problems ON problems.code = events.code
    WHERE kind IN ('added', 'delisted', 'relisted')
    ORDER BY events.id DESC LIMIT :most
"""
LAST = "SELECT max(finished) AS finished FROM crawls"
SAID = {
    "added": ("New", "came into"),
    "delisted": ("Gone", "left"),
    "relisted": ("Back", "came back into"),
}
# What XML 1.0 can't hold, https://www.w3.org/TR/xml/#charsets
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


async def feed(datasette: Datasette, request: Request) -> Response:
    database = datasette.get_database("spojscore")
    news = (await database.execute(NEWS, {"most": MOST})).rows
    [[finished]] = (await database.execute(LAST)).rows
    home = datasette.absolute_url(request, datasette.urls.instance())
    root = Element("feed", xmlns=ATOM)
    add(root, "title", "spojscore: new, gone and returned problems")
    add(root, "id", "tag:spoj.com,2026:spojscore")
    add(root, "updated", finished)
    SubElement(SubElement(root, "author"), "name").text = "spojscore"
    SubElement(root, "link", rel="self", href=f"{home}feed.atom")
    SubElement(root, "link", rel="alternate", href=home)
    for event in news:
        root.append(entry(dict(event), home))
    body = tostring(root, encoding="unicode", xml_declaration=True)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def entry(event: dict[str, Any], home: str) -> Element:
    """One event; its id stays the same wherever the site moves."""
    made = Element("entry")
    title, happened = SAID[event["kind"]]
    code, name = event["code"], event["name"] or event["code"]
    page = f"{home}spojscore/problems/{code}" if event["name"] is not None else home
    add(made, "title", f"{title}: {name} ({code})")
    add(made, "id", f"tag:spoj.com,2026:spojscore/{event['id']}/{event['kind']}/{code}")
    add(made, "updated", event["finished"])
    SubElement(made, "link", rel="alternate", href=page)
    worth = event["points_if_solved"]
    more = "" if worth is None else f" If you solve it, you get {worth:.3g} points."
    days = between(event["since"], event["day"])
    add(made, "summary", f"{code} {happened} SPOJ’s list {days}.{more}")
    return made


def add(parent: Element, tag: str, text: str) -> None:
    # Names may hold characters that XML does not allow.
    SubElement(parent, tag).text = FORBIDDEN.sub("\ufffd", text)


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(r"^/feed\.atom$", feed)]
