"""Describes why a page could not be read."""

import re
from urllib.parse import urljoin

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

DOWNLOAD_ERRORS: dict[type, str] = {
    CannotResolveHostError: "no such host",
    DownloadConnectionRefusedError: "the connection was refused",
    DownloadFailedError: "the connection was lost",
    DownloadTimeoutError: "no response in time",
    ResponseDataLossError: "the response was cut off",
}
BOT_CHECK_MARKERS = re.compile(
    rb"<title>just a moment\.\.\.</title>|<title>attention required!|_cf_chl_opt"
    rb"|cf-browser-verification",
    re.IGNORECASE,
)
BOT_CHECK = (
    "a bot check (HTTP {}) instead of the list; open the list in your browser and run collect.js: "
    'see "If SPOJ shows a bot check" in README.md'
)


def describe_error(error: BaseException | None) -> str:
    """Describe an exception from Scrapy's downloader or one of its middlewares."""
    if isinstance(error, HttpError):
        return describe_status(error.response)
    if "certificate verify failed" in str(error):
        return "the server's certificate is not trusted"
    if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
        return "the page is too large (DOWNLOAD_MAXSIZE)"
    description = DOWNLOAD_ERRORS.get(type(error))
    return description or str(error).partition("\n")[0] or type(error).__name__


def describe_status(response: Response) -> str:
    """Describe a response whose status is not 200."""
    if reason := describe_bot_check(response):
        return reason
    if not (location := response.headers.get("Location")):
        return f"HTTP {response.status}"
    target = urljoin(response.url, location.decode("latin-1"))
    site = urljoin(target, "/")
    is_same_site = response.url.startswith(site)
    hint = "" if is_same_site else f" (if that is the right site, set SPOJ_URL={site[:-1]})"
    return f"HTTP {response.status}, a redirect to {target}{hint}"


def describe_bot_check(response: Response) -> str | None:
    """Describe a response that asks its visitor to prove they are human; None for any other.

    Source: Cloudflare's docs say that `cf-mitigated: challenge` marks each challenge.
    """
    is_challenge = response.headers.get("cf-mitigated") == b"challenge"
    if is_challenge or BOT_CHECK_MARKERS.search(response.body):
        return BOT_CHECK.format(response.status)
    return None
