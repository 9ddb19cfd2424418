"""Why a page is not available, in words."""

from __future__ import annotations

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

from spojscore_crawler import listing

NO_ANSWER: dict[type, str] = {
    CannotResolveHostError: "there is no such host",
    DownloadConnectionRefusedError: "the connection was refused",
    DownloadFailedError: "the connection broke off",
    DownloadTimeoutError: "no answer in time",
    ResponseDataLossError: "the answer broke off",
}
BOT_CHECK = (
    "a bot check (HTTP {}) instead of the list of problems; your own browser can bring the list: "
    "see 'When SPOJ asks for a proof' in README.md"
)


def why(error: BaseException | None) -> str:
    """A few words for an exception of Scrapy's downloader or of one of its middlewares."""
    if isinstance(error, HttpError):
        response = error.response
        return bot_check(response) or f"HTTP {response.status}"
    if "certificate verify failed" in str(error):
        return "the server's certificate is not trusted"
    if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
        return "the page is too large (DOWNLOAD_MAXSIZE)"
    if "MemoryError" in str(error):  # one that Twisted wrapped
        return "the answer takes more memory than a crawl may use (ADDRESS_SPACE)"
    return NO_ANSWER.get(type(error)) or str(error).partition("\n")[0] or type(error).__name__


def bot_check(response: Response) -> str | None:
    """A sentence if the response asks its visitor to prove that he is no robot, else None.

    Source: Cloudflare's docs say that `cf-mitigated: challenge` marks each challenge.
    """
    marked = response.headers.get("cf-mitigated") == b"challenge"
    if marked or listing.is_bot_check(listing.decode(response.body)):
        return BOT_CHECK.format(response.status)
    return None
