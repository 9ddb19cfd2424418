"""Pages of the list that a person saved in their browser: a folder of them, or a HAR file.

Source: the HAR 1.2 specification, http://www.softwareishard.com/blog/har-12-spec/.
"""

import codecs
import json
import re
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from scrapy.http import HtmlResponse

from spojscore_crawler.failures import describe_bot_check, describe_status

URL_PREFIX = re.compile(r"https?://(?:www\.)?")
LIST_PATH = re.compile(r"/problems/classical/?(?:sort=(-?[0-9]+))?(?:,?start=([0-9]{1,9}))?/?")
# Cloudflare adds parameters with this prefix once a bot check is passed.
BOT_CHECK_PARAMETER_PREFIX = "__cf"
MAX_AGE = timedelta(minutes=10)  # of a response when the browser requests the page
# Fields that Chrome sets on a response from its cache or a service worker.
CHROME_CACHES = ("_fromCache", "_fetchedViaServiceWorker", "_responseCacheStorageCacheName")
SAFARI_NETWORK_SOURCES = (None, "", "Network Load")  # others are caches or local overrides
URL_SAFE_TO_STANDARD = str.maketrans("-_", "+/")  # URL-safe base64, which may lack padding
RELOAD_HINT = "load the page again and save once more"
# Traces of page translators: Edge, Chrome and Google's widget, its proxy, Yandex, Immersive
# Translate, DeepL, Firefox, Papago. Several also change the page's language, which is English.
TRANSLATION_MARKERS = re.compile(
    rb"_mst(?:text)?hash|\btranslated-(?:ltr|rtl)\b|<font[^>]+vertical-align: ?inherit|goog-te-"
    rb"|_x_tr_|\.translate\.goog|<ya-tr-span|immersive-translate-target|data-dl-translated"
    rb"|data-moz-translations|papago-|<html[^>]*\slang\s*=\s*[\"']?(?!en\b|[\"'>\s])",
    re.IGNORECASE,
)


class SavedPagesError(Exception):
    """The saved pages cannot be read. The message says why."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One reading of a page of the list, from `source`.

    `start` is the start= of the request, None for a file in a folder; `read_at` is when the browser
    loaded it, in UTC.
    """

    response: HtmlResponse
    start: int | None
    source: str
    read_at: datetime


def read_saved_pages(path: Path, site: str) -> list[SavedPage]:
    """Read a folder's *.html and *.htm, or `site`'s list in a HAR file, the newest page first.

    Raises SavedPagesError.
    """
    try:
        is_har = path.suffix.lower() == ".har"
        pages = read_har(path.read_bytes(), site) if is_har else _read_folder(path)
    except (SavedPagesError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SavedPagesError(f"{path}: {reason}") from error
    for page in pages:
        if TRANSLATION_MARKERS.search(page.response.body):
            reason = f"the browser translated it; turn translation off, {RELOAD_HINT}"
            raise SavedPagesError(f"{page.response.url}: {reason}")
    return sorted(pages, key=attrgetter("read_at"), reverse=True)


def _read_folder(folder: Path) -> list[SavedPage]:
    if not folder.is_dir():
        raise SavedPagesError("no such folder or .har file")
    files = [file for file in sorted(folder.iterdir()) if file.suffix.lower() in (".html", ".htm")]
    if not files:
        raise SavedPagesError("no *.html files in this folder")
    return [
        SavedPage(
            HtmlResponse(str(file), body=_to_utf_8(file.read_bytes())), None, "saved pages",
            datetime.fromtimestamp(file.stat().st_mtime, UTC),
        )
        for file in files
    ]  # fmt: skip


def read_har(content: bytes, site: str) -> list[SavedPage]:
    """Every reading of a page of `site`'s list in a HAR file.

    Skips the entries of other pages, and failed readings of a page that was also read
    successfully. Uses addresses, times, headers and bodies only. Raises SavedPagesError.
    """
    try:
        entries = [
            (entry, str((entry.get("request") or {}).get("url")))
            for entry in json.loads(content)["log"]["entries"]
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SavedPagesError(f"not a HAR file ({type(error).__name__}: {error})") from error
    pages: list[SavedPage] = []
    errors: dict[int, str] = {}  # by start=
    reason = f"no page of {site}/problems/classical/ in it; open the list, then save again"
    for entry, url in entries:
        sort, start = parse_list_url(url, site) or (None, 0)
        if sort:
            reason = f"{url}: sorted by sort={sort}; open the list sorted by id, with sort=0"
        elif sort == 0:
            try:
                pages.append(_read_entry(entry, url, start))
            except SavedPagesError as error:
                errors[start] = f"{url}: {error}"
            except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
                errors[start] = f"{url}: not readable ({type(error).__name__}: {error})"
    missing_starts = sorted(errors.keys() - {page.start for page in pages})
    if missing_starts or not pages:
        raise SavedPagesError(errors[missing_starts[0]] if missing_starts else reason)
    return pages


def parse_list_url(url: str, site: str) -> tuple[int, int] | None:
    """(sort, start) of a page of the list; None for any other address. SPOJ's default sort is 0."""
    home, address = (URL_PREFIX.sub("", text).partition("#")[0] for text in (site.rstrip("/"), url))
    path, _, query = address.removeprefix(home).partition("?")
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    sort = parameters.pop("sort", "0")
    match = LIST_PATH.fullmatch(path)
    if not match or not all(name.startswith(BOT_CHECK_PARAMETER_PREFIX) for name in parameters):
        return None
    return int(match[1] or (sort if sort.lstrip("-").isdecimal() else 0)), int(match[2] or 0)


def _read_entry(entry: dict[str, Any], url: str, start: int) -> SavedPage:
    """Read an entry of the list. Raises SavedPagesError if its response is not usable."""
    fields = entry.get("response") or {}
    response = HtmlResponse(
        url,
        status=fields.get("status") or 0,
        headers={header["name"]: header["value"] for header in fields.get("headers") or []},
        body=_to_utf_8(_decode_body(fields.get("content") or {})),
    )
    if reason := describe_bot_check(response):
        raise SavedPagesError(reason)
    if not response.status:
        raise SavedPagesError(f"the browser got no response; {RELOAD_HINT}")
    if response.status not in (200, 304):
        raise SavedPagesError(describe_status(response))
    read_at = datetime.fromisoformat(entry["startedDateTime"])
    if read_at.tzinfo is None:
        raise ValueError(f"{entry['startedDateTime']} has no time zone")
    if _is_cached(entry, response, read_at):
        raise SavedPagesError(f"it came from the browser's cache; {RELOAD_HINT}")
    if not response.body:
        raise SavedPagesError(
            "it has no body; the browser may have left the page before it had loaded; "
            f"{RELOAD_HINT}"
        )
    return SavedPage(response, start, "browser", read_at.astimezone(UTC))


def _is_cached(entry: dict[str, Any], response: HtmlResponse, read_at: datetime) -> bool:
    """Whether the browser marked a response as cached, or its Date or Age header is too old."""
    fields = entry["response"] | entry
    cache = fields.get("cache") or {}
    is_firefox_cache = "afterRequest" in cache and "beforeRequest" not in cache
    is_chrome_cache = fields.get("_transferSize") == 0 or any(map(fields.get, CHROME_CACHES))
    if (
        is_chrome_cache
        or is_firefox_cache
        or fields.get("_fetchType") not in SAFARI_NETWORK_SOURCES
    ):
        return True
    age = response.headers.get("Age") or b""
    if response.status != 200 or (age.isdigit() and int(age) > MAX_AGE.total_seconds()):  # noqa: PLR2004
        return True
    with suppress(ValueError, OverflowError):
        date = parsedate_to_datetime((response.headers.get("Date") or b"").decode("latin-1"))
        return read_at - (date if date.tzinfo else date.replace(tzinfo=UTC)) > MAX_AGE
    return False


def _decode_body(content: dict[str, Any]) -> bytes:
    text: str = content.get("text") or ""
    # Some programs label plain text as base64, which never contains "<".
    if content.get("encoding") == "base64" and "<" not in text:
        return b64decode(f"{text.translate(URL_SAFE_TO_STANDARD)}==")
    return text.encode("utf-8", "replace")


def _to_utf_8(body: bytes) -> bytes:
    """Convert a UTF-16 page, recognized by its byte order mark, to UTF-8."""
    is_utf_16 = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return body.decode("utf-16", "replace").encode() if is_utf_16 else body
