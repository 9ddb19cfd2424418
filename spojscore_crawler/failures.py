"""Why a page could not be had, in words."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

NO_ANSWER: dict[type, str] = {
    CannotResolveHostError: "there is no such host",
    DownloadConnectionRefusedError: "the connection was refused",
    DownloadFailedError: "the connection broke off",
    DownloadTimeoutError: "no answer in time",
    ResponseDataLossError: "the answer broke off",
}


def why(error: BaseException | None) -> str:
    """A few words for an exception of Scrapy's downloader or of one of its middlewares."""
    if "certificate verify failed" in str(error):
        return "the server's certificate can't be trusted"
    if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
        return "the page is too large (DOWNLOAD_MAXSIZE)"
    return NO_ANSWER.get(type(error)) or str(error).partition("\n")[0] or type(error).__name__
