"""The list out of HAR files."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from spojscore_crawler.har import HarError, Page, pages
from standin.pages import bot_check_page

SPOJ = "https://www.spoj.com"
LIST = f"{SPOJ}/problems/classical/sort=0,start="
TEN = datetime(2026, 11, 25, 10, tzinfo=UTC)


def entry(url: str, text: str | None, minute: int = 0, **response: Any) -> dict[str, Any]:
    """As a browser's network tab exports it, cookies included."""
    content: dict[str, Any] = {"size": 9, "mimeType": "text/html"}
    if text is not None:
        content["text"] = text
    secrets = [{"name": "cf_clearance", "value": "s3cret"}]
    headers = [{"name": "Cookie", "value": "s3cret"}]
    return {
        "startedDateTime": (TEN + timedelta(minutes=minute)).isoformat().replace("+00:00", "Z"),
        "time": 120.5,
        "request": {"method": "GET", "url": url, "headers": headers, "cookies": secrets},
        "response": {"status": 200, "headers": headers, "cookies": secrets, "content": content}
        | response,
        "cache": {},
    }  # fmt: skip


def har(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def read(*entries: dict[str, Any]) -> list[tuple[int, bytes]]:
    return [(page.start, page.body) for page in pages(har(*entries), SPOJ)]


def challenge(status: int) -> dict[str, Any]:
    return {"status": status, "headers": [{"name": "CF-Mitigated", "value": "challenge"}]}


def test_pages_in_the_order_in_which_they_were_asked_for() -> None:
    assert pages(har(entry(LIST + "50", "b", 2), entry(LIST + "0", "å", 1)), SPOJ) == [
        Page(LIST + "0", 0, TEN + timedelta(minutes=1), "å".encode()),
        Page(LIST + "50", 50, TEN + timedelta(minutes=2), b"b"),
    ]


def test_times_are_utc() -> None:
    late = entry(LIST + "0", "a") | {"startedDateTime": "2026-11-25T00:30:00.250+02:00"}
    [page] = pages(har(late), SPOJ)
    assert page.started.isoformat() == "2026-11-24T22:30:00.250000+00:00"


def test_a_body_in_base64() -> None:
    body = "Łódź".encode("iso-8859-2")
    content = {"text": b64encode(body).decode(), "encoding": "base64"}
    assert read(entry(LIST + "0", None, content=content)) == [(0, body)]


@pytest.mark.parametrize(
    ("address", "start"),
    [
        ("https://www.spoj.com/problems/classical/", 0),
        ("https://www.spoj.com/problems/classical", 0),
        ("http://spoj.com/problems/classical/sort=0", 0),
        ("https://spoj.com/problems/classical/start=50", 50),
        ("https://www.spoj.com/problems/classical/sort=0,start=3950/", 3950),
    ],
)
def test_addresses_of_the_list(address: str, start: int) -> None:
    assert read(entry(address, "a")) == [(start, b"a")]


@pytest.mark.parametrize(
    "address",
    [
        "https://www.spoj.com/",
        "https://www.spoj.com/problems/classical/sort=6,start=50",
        "https://www.spoj.com/problems/tutorial/sort=0,start=50",
        "https://www.spoj.com/problems/PRIME1/",
        "https://www.spoj.com/problems/classical/sort=0,start=50?x=1",
        "https://www.spoj.com.evil.example/problems/classical/sort=0,start=50",
        "http://127.0.0.1:8000/problems/classical/sort=0,start=50",
        "data:text/html,/problems/classical/",
    ],
)
def test_entries_of_other_pages_are_passed_over(address: str) -> None:
    assert read(entry(address, "other"), entry(LIST + "0", "a")) == [(0, b"a")]
    with pytest.raises(
        HarError, match=r"^no page of https://www\.spoj\.com/problems/classical/ in it$"
    ):
        read(entry(address, "other"))


def test_of_a_page_read_twice_both_readings_are_there() -> None:
    twice = read(entry(LIST + "0", "a", 3), entry(LIST + "50", "b", 2), entry(LIST + "0", "A", 1))
    assert twice == [(0, b"A"), (50, b"b"), (0, b"a")]


FAILED = [
    (entry(LIST + "50", None, 1),
     "its text is missing, because it was left before it was complete; "
     "load the page again and save once more"),
    (entry(LIST + "50", "", 1, status=0),
     "the browser got no answer; load the page again and save once more"),
    (entry(LIST + "50", "down", 1, status=502), "HTTP 502"),
    (entry(LIST + "50", bot_check_page().decode(), 1),
     "a bot check (HTTP 200) instead of the list of problems"),
    (entry(LIST + "50", None, 1, **challenge(403)),
     "a bot check (HTTP 403) instead of the list of problems"),
    (entry(LIST + "50", "b", 1) | {"_fromCache": "disk"},
     "it is out of the browser's cache; load the page again and save once more"),
]  # fmt: skip


@pytest.mark.parametrize(("failed", "why"), FAILED)
def test_a_page_that_cannot_be_read_is_named(failed: dict[str, Any], why: str) -> None:
    with pytest.raises(HarError) as error:
        read(entry(LIST + "0", "a"), failed)
    assert str(error.value) == f"{LIST}50: {why}"
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(("failed", "why"), FAILED)
@pytest.mark.parametrize("minute", [0, 2])
def test_a_reading_that_failed_does_no_harm_beside_one_that_did_not(
    failed: dict[str, Any], why: str, minute: int
) -> None:
    assert read(failed, entry(LIST + "50", "b", minute)) == [(50, b"b")], why


def test_all_pages_that_cannot_be_read_are_named() -> None:
    with pytest.raises(HarError) as error:
        read(*(entry(f"{LIST}{start}", None) for start in (100, 50, 1000)))
    assert str(error.value).startswith(f"{LIST}50: its text is missing")
    assert str(error.value).endswith("; nor can start=100, 1000 be read")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"\xff\xfe\x00",
        b"[]",
        b'{"log": {}}',
        b'{"log": {"entries": [{}]}}',
        b'{"log": {"entries": [{"request": {"url": 7}}]}}',
        b"[" * 100_000,
        har(entry(LIST + "0", "a") | {"startedDateTime": "yesterday"}),
        har(entry(LIST + "0", "a") | {"startedDateTime": "2026-11-25T10:00:00"}),
        har(entry(LIST + "0", None, content={"text": "abc", "encoding": "base64"})),
        har(entry(LIST + "0", "a", headers=None)),
    ],
)
def test_what_is_no_har_file(content: bytes) -> None:
    with pytest.raises(HarError, match=r"^not a HAR file \("):
        pages(content, SPOJ)


def test_a_har_file_with_a_byte_order_mark() -> None:
    assert pages(b"\xef\xbb\xbf" + har(entry(LIST + "0", "a")), SPOJ)[0].body == b"a"
