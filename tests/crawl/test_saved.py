"""Saved pages read into responses; test_days.py crawls them."""

import json
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from spojscore_crawler.saved import SavedPagesError, read_har, read_saved_pages
from tests.support.faults import BOT_CHECK_PAGE
from tests.support.pages import LIST, NOON, SPOJ, har, har_entry

URL = SPOJ + LIST
PLAIN = '<html lang="en"><a href="/problems/ONP">Transform the Expression</a>'


def read(*entries: dict[str, Any]) -> list[tuple[int | None, bytes]]:
    return [(page.start, page.response.body) for page in read_har(har(entries), SPOJ)]


def message(*entries: Any) -> str:
    with pytest.raises(SavedPagesError) as error:
        read(*entries)
    assert "s3cret" not in str(error.value)
    return str(error.value)


def date_header(minutes: float) -> dict[str, Any]:
    """A Date header `minutes` before NOON."""
    date = NOON - timedelta(minutes=minutes)
    return {"headers": [{"name": "date", "value": f"{date:%a, %d %b %Y %H:%M:%S} GMT"}]}


def test_newest_reading_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "list.HAR"
    minute = timedelta(minutes=1)
    readings = (har_entry(URL + "0", "a", NOON), har_entry(URL + "0", "å", NOON + minute))
    file.write_bytes(b"\xef\xbb\xbf" + har(readings))  # with a byte order mark
    pages = read_saved_pages(file, SPOJ)
    assert [(page.response.body.decode(), page.read) for page in pages] == [
        ("å", NOON + minute), ("a", NOON),
    ]  # fmt: skip
    assert {(page.response.url, page.start, page.source) for page in pages} == {
        (URL + "0", 0, "browser")
    }


@pytest.mark.parametrize("other", [{}, {"request": None}, {"request": {"method": "GET"}}])
def test_entries_without_address_are_skipped(other: dict[str, Any]) -> None:
    assert read(other, har_entry(URL + "0", "a")) == [(0, b"a")]


def test_times_are_utc() -> None:
    late = har_entry(URL + "0", "a") | {"startedDateTime": "2026-11-25T00:30:00.250+02:00"}
    [page] = read_har(har([late]), SPOJ)
    assert page.read.isoformat() == "2026-11-24T22:30:00.250000+00:00"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param(b64encode("Łódź".encode()).decode(), "Łódź".encode(), id="base64"),
        pytest.param("w7_Dvz4-Pj8_YQ", "ÿÿ>>>??a".encode(), id="url-safe-without-padding"),
        pytest.param(b64encode("Łódź".encode("utf-16")).decode(), "Łódź".encode(), id="utf-16"),
        pytest.param(PLAIN, PLAIN.encode(), id="plain-text-called-base64"),
    ],
)  # fmt: skip
def test_base64(text: str, body: bytes) -> None:
    content = {"text": text, "encoding": "base64"}
    assert read(har_entry(URL + "0", None, content=content)) == [(0, body)]


@pytest.mark.parametrize(
    ("url", "start"),
    [
        (f"{SPOJ}/problems/classical/", 0),
        (f"{SPOJ}/problems/classical", 0),
        ("http://spoj.com/problems/classical/sort=0", 0),
        ("https://spoj.com/problems/classical/start=50", 50),
        (f"{SPOJ}/problems/classical/sort=0,start=3950/", 3950),
        (f"{SPOJ}/problems/classical/?sort=0", 0),
        # What a browser POSTs to after a passed check.
        (f"{SPOJ}/problems/classical/?__cf_chl_f_tk=AbC-1790000000-1.0.1.1-xyz", 0),
        (f"{SPOJ}/problems/classical/sort=0,start=50?__cf_chl_rt_tk=a&__cf_chl_tk=b", 50),
        (f"{SPOJ}/problems/classical/sort=0,start=50?__cf_waf_tk__=a#top", 50),
    ],
)
def test_addresses_of_the_list(url: str, start: int) -> None:
    assert read(har_entry(url, "a")) == [(start, b"a")]


@pytest.mark.parametrize(
    "url",
    [
        f"{SPOJ}/",
        f"{SPOJ}/problems/tutorial/sort=0,start=50",
        f"{SPOJ}/problems/PRIME1/",
        f"{URL}50?x=1",
        "https://www.spoj.com.evil.example/problems/classical/sort=0,start=50",
        "http://127.0.0.1:8000/problems/classical/sort=0,start=50",
        "data:text/html,/problems/classical/",
    ],
)
def test_other_addresses_are_skipped(url: str) -> None:
    assert read(har_entry(url, "other"), har_entry(URL + "0", "a")) == [(0, b"a")]
    assert message(har_entry(url, "other")) == f"it has no page of {SPOJ}/problems/classical/"


@pytest.mark.parametrize(
    ("address", "sort"),
    [("sort=5,start=50", 5), ("?sort=5", 5), ("sort=-6,start=50", -6), ("?sort=-6", -6)],
)
def test_other_sort_order(address: str, sort: int) -> None:
    entry = har_entry(f"{SPOJ}/problems/classical/{address}", "a")
    assert message(entry).endswith(
        f": sorted by sort={sort}; open the list sorted by id, with sort=0"
    )
    assert read(entry, har_entry(URL + "0", "a")) == [(0, b"a")]


CHALLENGE = {"status": 403, "headers": [{"name": "CF-Mitigated", "value": "challenge"}]}
FAILURES = [
    pytest.param({"content": {}}, {}, "its text is missing", id="no-text"),
    pytest.param({"content": None}, {}, "its text is missing", id="no-content"),
    pytest.param({"content": {"text": 7}}, {}, "not readable (AttributeError", id="number"),
    pytest.param({"headers": 7}, {}, "not readable (TypeError", id="headers-are-a-number"),
    pytest.param({"status": 0}, {}, "the browser got no response", id="no-response"),
    pytest.param({}, {"response": None}, "the browser got no response", id="response-missing"),
    pytest.param({}, {"startedDateTime": "noon"}, "not readable (ValueError", id="no-time"),
    pytest.param(
        {}, {"startedDateTime": "2026-11-25T10:00"}, "not readable (ValueError", id="no-time-zone"
    ),
    pytest.param({"status": 502}, {}, "HTTP 502", id="502"),
    pytest.param({"content": {"text": BOT_CHECK_PAGE.decode()}}, {}, "a bot check", id="check"),
    pytest.param(CHALLENGE, {}, "a bot check (HTTP 403)", id="check-by-header"),
    pytest.param({}, {"_fromCache": "disk"}, "it came from the browser's cache", id="chrome"),
    pytest.param({}, {"_fetchType": "Memory Cache"}, "it came from the browser's", id="safari"),
    pytest.param({}, {"cache": {"afterRequest": None}}, "it came from the", id="firefox"),
    pytest.param(date_header(11), {}, "it came from the browser's cache", id="old-date"),
    pytest.param(
        {"headers": [{"name": "age", "value": "601"}]}, {}, "it came from the", id="old-by-age"
    ),
    pytest.param({"status": 304}, {}, "it came from the browser's cache", id="not-modified"),
    pytest.param({"_transferSize": 0}, {}, "it came from the", id="chrome-nothing-transferred"),
    pytest.param({"_fetchedViaServiceWorker": True}, {}, "it came from the", id="chrome-worker"),
    pytest.param({}, {"_fetchType": "Service Worker"}, "it came from the", id="safari-worker"),
]  # fmt: skip


@pytest.mark.parametrize(("response", "entry", "reason"), FAILURES)
def test_unusable_page_is_named(
    response: dict[str, Any], entry: dict[str, Any], reason: str
) -> None:
    failed = har_entry(URL + "50", "b", **response) | entry
    assert message(har_entry(URL + "0", "a"), failed).startswith(f"{URL}50: {reason}")
    # It does no harm if the page was read again.
    assert read(failed, har_entry(URL + "50", "b")) == [(50, b"b")]


@pytest.mark.parametrize(
    ("response", "entry"),
    [
        pytest.param({"headers": None}, {}, id="no-headers"),
        pytest.param(date_header(9), {}, id="date-nine-minutes-old"),
        pytest.param({"headers": [{"name": "Date", "value": "today"}]}, {}, id="unreadable-date"),
        pytest.param({}, {"time": 0, "_fetchType": "Network Load"}, id="safari"),
        pytest.param({}, {"cache": {"beforeRequest": None, "afterRequest": None}}, id="no-cache"),
        pytest.param({}, {"cache": None}, id="cache-null"),
    ],
)
def test_page_that_is_not_cached(response: dict[str, Any], entry: dict[str, Any]) -> None:
    assert read(har_entry(URL + "0", "a", **response) | entry) == [(0, b"a")]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"\xff\xfe\x00", b"[]", b'{"log": {}}', b'{"log": {"entries": [7]}}',
     pytest.param(b"[" * 100_000, id="deep"), json.dumps({"log": None}).encode()],
)  # fmt: skip
def test_invalid_har_file(content: bytes) -> None:
    with pytest.raises(SavedPagesError, match=r"^not a HAR file \("):
        read_har(content, SPOJ)


@pytest.mark.parametrize(
    ("page", "translated"),
    [
        pytest.param('<html lang="en"><a _msttexthash="74035" _msthash="1">', True, id="edge"),
        pytest.param('<html lang="en" class="x translated-rtl">', True, id="chrome"),
        pytest.param('<a><font style="vertical-align: inherit;">Generator', True, id="google"),
        pytest.param("<body><div class='goog-te-spinner-pos'>", True, id="google-widget"),
        pytest.param('<a href="https://www-spoj-com.translate.goog/p">', True, id="proxy"),
        pytest.param("<ya-tr-span data-index='0'>Generator</ya-tr-span>", True, id="yandex"),
        pytest.param('<font class="immersive-translate-target-wrapper">', True, id="immersive"),
        pytest.param('<!DOCTYPE html>\n<html class="js" lang="pl">', True, id="language"),
        pytest.param('<html lang="en-US">' + PLAIN, False, id="english"),
        pytest.param('<html lang = "pl">', True, id="language-with-blanks"),
        pytest.param("<html lang=en><font color='red'>", False, id="old-font"),
        pytest.param('<html xmlns="http://www.w3.org" xml:lang="pl">', False, id="xhtml"),
        pytest.param('<html lang=""><a hreflang="pl">', False, id="no-language"),
    ],
)  # fmt: skip
def test_translated_pages(page: str, translated: bool, tmp_path: Path) -> None:
    (tmp_path / "list.html").write_text(page)
    if not translated:
        assert len(read_saved_pages(tmp_path, SPOJ)) == 1
        return
    with pytest.raises(SavedPagesError, match=r"list\.html: the browser translated it; turn "):
        read_saved_pages(tmp_path, SPOJ)


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(SavedPagesError, match=r"no \*\.html files in this folder$"):
        read_saved_pages(tmp_path, SPOJ)
    for name in ("a.html", "b.htm", "c.HTM", "d.txt"):
        (tmp_path / name).write_text(name)
    pages = read_saved_pages(tmp_path, SPOJ)
    assert {page.response.body for page in pages} == {b"a.html", b"b.htm", b"c.HTM"}
    assert {page.start for page in pages} == {None}
    with pytest.raises(SavedPagesError, match=r"no such folder or \.har file$"):
        read_saved_pages(tmp_path / "a.html", SPOJ)
