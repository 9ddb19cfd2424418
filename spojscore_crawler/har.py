"""SPOJ's list out of a HAR file, which a browser's network tab or collect.js saved. Pure.

`pages(content, site)` gives the readings of the list's pages, the oldest first. A page that was
read twice is there twice: the crawl takes the newest reading of each, and the first and the last
reading of the first and the last page for its fence. Only address, time and body are taken:
cookies and headers stay in the file.

Source: the HAR 1.2 specification, http://www.softwareishard.com/blog/har-12-spec/.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from spojscore_crawler.listing import decode, is_bot_check

# By id, which is SPOJ's order too when none is asked for.
LIST = re.compile(r"/problems/classical/?(?:sort=0)?(?:,?start=([0-9]{1,9}))?/?")
SCHEME = re.compile(r"https?://(?:www\.)?")
OK = 200
AGAIN = "load the page again and save once more"


class HarError(Exception):
    """The file holds no list that can be read. Says which page is wrong, and what is."""


@dataclass(frozen=True, slots=True)
class Page:
    """One reading of a page of the list.

    `start` is what its address asks for; its pager may say that it is another page. `started`
    is when the browser asked for it, in UTC.
    """

    url: str
    start: int
    started: datetime
    body: bytes


def pages(content: bytes, site: str) -> list[Page]:
    """Every reading of a page of `site`'s list, the oldest first.

    What is of other pages is passed over, and so is a reading that failed when the same page
    was read once more. Raises HarError when a page was not read at all, when there is none, or
    when this is no HAR file.
    """
    read: list[Page] = []
    failed: dict[int, str] = {}
    try:
        for entry in json.loads(content)["log"]["entries"]:
            url = entry["request"]["url"]
            start = _start(url, site)
            if start is None:
                continue
            if why := _why_not(entry):
                failed[start] = f"{url}: {why}"
            else:
                started = _time(entry["startedDateTime"])
                read.append(Page(url, start, started, _body(entry["response"]["content"])))
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise HarError(f"not a HAR file ({type(error).__name__}: {error})") from error
    if lost := sorted(failed.keys() - {page.start for page in read}):
        others = ", ".join(map(str, lost[1:]))
        raise HarError(failed[lost[0]] + (f"; nor can start={others} be read" if others else ""))
    if not read:
        raise HarError(f"no page of {site}/problems/classical/ in it")
    return sorted(read, key=attrgetter("started"))


def _start(url: str, site: str) -> int | None:
    """The start= of a page of the list; None for any other address."""
    home, address = (SCHEME.sub("", one) for one in (site.rstrip("/"), url))
    listed = LIST.fullmatch(address.removeprefix(home))
    return int(listed[1] or 0) if listed else None


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return time.astimezone(UTC)


def _why_not(entry: dict[str, Any]) -> str | None:
    """Why this entry of the list can't be used; None when it can."""
    response = entry["response"]
    status = response["status"]
    headers = {header["name"].lower(): header["value"] for header in response["headers"]}
    body = _body(response["content"])
    if headers.get("cf-mitigated") == "challenge" or is_bot_check(decode(body)):
        return f"a bot check (HTTP {status}) instead of the list of problems"
    if not status:
        return f"the browser got no answer; {AGAIN}"
    if status != OK:
        return f"HTTP {status}"
    if "_fromCache" in entry:
        return f"it is out of the browser's cache; {AGAIN}"
    if not body:
        return f"its text is missing, because it was left before it was complete; {AGAIN}"
    return None


def _body(content: dict[str, Any]) -> bytes:
    text: str = content.get("text", "")
    if content.get("encoding") == "base64":
        return b64decode(text)
    return text.encode("utf-8", "replace")
