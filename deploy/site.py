"""The public site: its address, its files and the crawl it shows."""

import json
import os
from datetime import UTC, datetime
from typing import NamedTuple, Self

import httpx

from deploy.process import PublishError
from spojscore_crawler.store.times import format_minute

TIMEOUT = 30  # seconds without a byte
MAX_PAGE_BYTES = 4_500_000  # Vercel's limit for a function's response


class NotFoundError(PublishError):
    """The site returned 404."""


def site_url() -> str:
    """SITE_URL without a trailing slash. Raises PublishError if it is not a URL."""
    url = os.environ.get("SITE_URL", "")
    if not url.startswith(("http://", "https://")):
        raise PublishError(f"SITE_URL is {url!r}, not the site's address, https://…")
    return url.rstrip("/")


def fetch(url: str, max_bytes: int) -> bytes:
    """Read the body at `url`. Raises PublishError, or NotFoundError for a 404."""
    body = bytearray()
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT, follow_redirects=True) as response:
            if (status := response.status_code) != httpx.codes.OK:
                error = NotFoundError if status == httpx.codes.NOT_FOUND else PublishError
                raise error(f"{url} returned HTTP {status}")
            for block in response.iter_bytes():
                body += block
                if len(body) > max_bytes:
                    raise PublishError(f"{url} has more than {max_bytes:,} bytes")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        raise PublishError(f"{url}: {fault or type(fault).__name__}") from fault
    return bytes(body)


class Freshness(NamedTuple):
    """The last crawl that a site shows; `text` is a sentence about it."""

    finished: datetime
    stale: bool
    text: str

    @classmethod
    def fetch(cls, site: str) -> Self:
        """Read /-/freshness.json of the site. Raises PublishError if it does not show a crawl."""
        body = fetch(url := f"{site}/-/freshness.json", MAX_PAGE_BYTES)
        try:
            data = json.loads(body)
            finished = datetime.fromisoformat(data["finished"]).astimezone(UTC)
            text = f"{site} shows crawl {data['crawl']}, finished {format_minute(finished)}"
            return cls(finished, bool(data["stale"]), text)
        except (KeyError, TypeError, ValueError) as error:
            raise PublishError(f"{url} is not a freshness report: {error}") from error
