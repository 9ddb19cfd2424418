"""Reading saved pages; test_days.py crawls them."""

import json
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from spojscore_crawler import saved
from tests.support.faults import BOT_CHECK_PAGE
from tests.support.pages import LIST, NOON, SPOJ, har, har_entry

URL = SPOJ + LIST


def read(*entries: dict[str, Any]) -> list[tuple[int | None, bytes]]:
    return [(page.start, page.response.body) for page in saved.read_har(har(entries), SPOJ)]


def error(*entries: Any) -> str:
    with pytest.raises(saved.SavedPagesError) as exception:
        read(*entries)
    assert "s3cret" not in str(exception.value)
    return str(exception.value)


def date_header(minutes: float) -> dict[str, Any]:
    """A Date header `minutes` before NOON."""
    date = NOON - timedelta(minutes=minutes)
    return {"headers": [{"name": "date", "value": f"{date:%a, %d %b %Y %H:%M:%S} GMT"}]}


def test_newest_reading_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "list.HAR"
    newer_entry = har_entry(URL + "0", "å") | {"startedDateTime": "2026-03-02T14:01:00.250+02:00"}
    # With a byte order mark.
    file.write_bytes(b"\xef\xbb\xbf" + har([har_entry(URL + "0", "a", NOON), newer_entry]))
    pages = saved.read_saved_pages(file, SPOJ)
    assert [page.response.body.decode() for page in pages] == ["å", "a"]
    assert pages[0].read_at.isoformat() == "2026-03-02T12:01:00.250000+00:00"
    assert {(page.response.url, page.start, page.source) for page in pages} == {
        (URL + "0", 0, "browser")
    }


@pytest.mark.parametrize("other", [{}, {"request": None}, {"request": {"method": "GET"}}])
def test_entries_without_address_are_skipped(other: dict[str, Any]) -> None:
    assert read(other, har_entry(URL + "0", "a")) == [(0, b"a")]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param(b64encode("Łódź".encode()).decode(), "Łódź", id="base64"),
        pytest.param(b64encode("Łódź".encode("utf-16")).decode(), "Łódź", id="utf-16"),
        pytest.param("w7_Dvz4-Pj8_YQ", "ÿÿ>>>??a", id="url-safe-without-padding"),
        pytest.param("<a>Łódź</a>", "<a>Łódź</a>", id="plain-text-labeled-base64"),
    ],
)
def test_base64(text: str, body: str) -> None:
    content = {"text": text, "encoding": "base64"}
    assert read(har_entry(URL + "0", None, content=content)) == [(0, body.encode())]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{SPOJ}/problems/classical", (0, 0)),
        ("http://spoj.com/problems/classical/sort=0", (0, 0)),
        ("https://spoj.com/problems/classical/start=50", (0, 50)),
        (f"{SPOJ}/problems/classical/sort=0,start=3950/", (0, 3950)),
        (f"{SPOJ}/problems/classical/?sort=0", (0, 0)),
        # What a browser POSTs to once a bot check is passed.
        (f"{SPOJ}/problems/classical/?__cf_chl_f_tk=AbC-1790000000-1.0.1.1-xyz", (0, 0)),
        (f"{URL}50?__cf_chl_rt_tk=a&__cf_waf_tk__=b#top", (0, 50)),
        (f"{SPOJ}/problems/classical/sort=5,start=50", (5, 50)),
        (f"{SPOJ}/problems/classical/?sort=5", (5, 0)),
        (f"{SPOJ}/problems/classical/sort=-6", (-6, 0)),
        (f"{SPOJ}/problems/classical/?sort=-6", (-6, 0)),
        (f"{SPOJ}/", None),
        (f"{SPOJ}/problems/tutorial/sort=0,start=50", None),
        (f"{SPOJ}/problems/PRIME1/", None),
        (f"{URL}50?x=1", None),
        ("https://www.spoj.com.evil.example/problems/classical/sort=0,start=50", None),
        ("data:text/html,/problems/classical/", None),
    ],
)
def test_addresses_of_list(url: str, expected: tuple[int, int] | None) -> None:
    assert saved.parse_list_url(url, SPOJ) == expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"{SPOJ}/problems/PRIME1/", f"no page of {SPOJ}/problems/classical/ in it; "),
        (f"{SPOJ}/problems/classical/?sort=-6", f"{SPOJ}/problems/classical/?sort=-6: sorted by "),
    ],
    ids=["other-page", "other-order"],
)
def test_other_pages_are_skipped(url: str, reason: str) -> None:
    assert read(har_entry(url, "other"), har_entry(URL + "0", "a")) == [(0, b"a")]
    assert error(har_entry(url, "other")).startswith(reason)


CHALLENGE = {"status": 403, "headers": [{"name": "CF-Mitigated", "value": "challenge"}]}
CACHED_REASON = "it came from the browser's cache"
# A response, other fields of its entry, and what is wrong with them.
UNUSABLE_ENTRIES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no-text": ({"content": {}}, {}, "it has no body"),
    "no-content": ({"content": None}, {}, "it has no body"),
    "text-is-a-number": ({"content": {"text": 7}}, {}, "not readable (AttributeError"),
    "headers-are-a-number": ({"headers": 7}, {}, "not readable (TypeError"),
    "status-0": ({"status": 0}, {}, "the browser got no response"),
    "no-response": ({}, {"response": None}, "the browser got no response"),
    "no-time": ({}, {"startedDateTime": "noon"}, "not readable (ValueError"),
    "no-time-zone": ({}, {"startedDateTime": "2026-11-25T10:00"}, "not readable (ValueError"),
    "502": ({"status": 502}, {}, "HTTP 502"),
    "check": ({"content": {"text": BOT_CHECK_PAGE.decode()}}, {}, "a bot check"),
    "check-by-header": (CHALLENGE, {}, "a bot check (HTTP 403)"),
    "old-date": (date_header(11), {}, CACHED_REASON),
    "old-age": ({"headers": [{"name": "age", "value": "601"}]}, {}, CACHED_REASON),
    "not-modified": ({"status": 304}, {}, CACHED_REASON),
    "firefox": ({}, {"cache": {"afterRequest": None}}, CACHED_REASON),
    "chrome": ({}, {"_fromCache": "disk"}, CACHED_REASON),
    "chrome-nothing-transferred": ({"_transferSize": 0}, {}, CACHED_REASON),
    "chrome-worker": ({"_fetchedViaServiceWorker": True}, {}, CACHED_REASON),
    "safari": ({}, {"_fetchType": "Memory Cache"}, CACHED_REASON),
}
USABLE_ENTRIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no-headers": ({"headers": None}, {}),
    "date-nine-minutes-old": (date_header(9), {}),
    "unreadable-date": ({"headers": [{"name": "Date", "value": "today"}]}, {}),
    "safari": ({}, {"time": 0, "_fetchType": "Network Load"}),
    "no-cache": ({}, {"cache": {"beforeRequest": None, "afterRequest": None}}),
    "cache-null": ({}, {"cache": None}),
}


@pytest.mark.parametrize(
    ("response", "fields", "reason"), UNUSABLE_ENTRIES.values(), ids=UNUSABLE_ENTRIES
)
def test_unusable_entry(response: dict[str, Any], fields: dict[str, Any], reason: str) -> None:
    entry = har_entry(URL + "50", "b", **response) | fields
    assert error(har_entry(URL + "0", "a"), entry).startswith(f"{URL}50: {reason}")
    # It does no harm if the page was read again.
    assert read(entry, har_entry(URL + "50", "b")) == [(50, b"b")]


@pytest.mark.parametrize(("response", "fields"), USABLE_ENTRIES.values(), ids=USABLE_ENTRIES)
def test_usable_entry(response: dict[str, Any], fields: dict[str, Any]) -> None:
    assert read(har_entry(URL + "0", "a", **response) | fields) == [(0, b"a")]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"\xff\xfe\x00", b"[]", b'{"log": {}}', b'{"log": {"entries": [7]}}',
     pytest.param(b"[" * 100_000, id="deep"), json.dumps({"log": None}).encode()],
)  # fmt: skip
def test_invalid_har_file(content: bytes) -> None:
    with pytest.raises(saved.SavedPagesError, match=r"^not a HAR file \("):
        saved.read_har(content, SPOJ)


@pytest.mark.parametrize(
    ("html", "is_translated"),
    [
        ('<html lang="en"><a _msttexthash="74035" _msthash="1">', True),  # Edge
        ('<html lang="en" class="x translated-rtl">', True),  # Chrome
        ('<a><font style="vertical-align: inherit;">Generator', True),  # Google
        ("<body><div class='goog-te-spinner-pos'>", True),  # Google's widget
        ('<a href="https://www-spoj-com.translate.goog/p">', True),  # its proxy
        ("<ya-tr-span data-index='0'>Generator</ya-tr-span>", True),  # Yandex
        ('<font class="immersive-translate-target-wrapper">', True),  # Immersive Translate
        ('<a href="?_x_tr_sl=en">', True),
        ("<a data-dl-translated='true'>", True),  # DeepL
        ('<p data-moz-translations-id="1">', True),  # Firefox
        ('<div class="papago-popup">', True),
        ('<!DOCTYPE html>\n<html class="js" lang="pl">', True),
        ('<html lang = "pl">', True),
        ('<html lang="en-US"><a href="/problems/ONP">Transform the Expression</a>', False),
        ("<html lang=en><font color='red'>", False),
        ('<html xmlns="http://www.w3.org" xml:lang="pl">', False),
        ('<html lang=""><a hreflang="pl">', False),
    ],
)
def test_translation_markers(html: str, is_translated: bool) -> None:
    assert bool(saved.TRANSLATION_MARKERS.search(html.encode())) is is_translated


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(saved.SavedPagesError, match=r"no \*\.html files in this folder$"):
        saved.read_saved_pages(tmp_path, SPOJ)
    for name in ("a.html", "b.htm", "c.HTM", "d.txt"):
        (tmp_path / name).write_text(name, encoding="utf-16" if name == "b.htm" else "utf-8")
    pages = saved.read_saved_pages(tmp_path, SPOJ)
    assert {page.response.body for page in pages} == {b"a.html", b"b.htm", b"c.HTM"}
    assert {page.start for page in pages} == {None}
    with pytest.raises(saved.SavedPagesError, match=r"no such folder or \.har file$"):
        saved.read_saved_pages(tmp_path / "a.html", SPOJ)
    (tmp_path / "b.htm").write_text('<html lang="pl">')
    with pytest.raises(saved.SavedPagesError, match=r"b\.htm: the browser translated it; turn "):
        saved.read_saved_pages(tmp_path, SPOJ)
