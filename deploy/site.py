"""The public site: its address, its files and the crawl it shows."""

import io
import json
import os
from datetime import UTC, datetime
from typing import BinaryIO, NamedTuple, Self

import httpx

from deploy.process import PublishError
from spojscore_crawler.store.times import format_minute

TIMEOUT = 30  # seconds without a byte
MAX_PAGE_BYTES = 4_500_000  # of a response of Vercel's functions


class NotFoundError(PublishError):
    """The site returned 404."""


def site_url() -> str:
    """SITE_URL without a trailing slash. Raises PublishError if it is not a URL."""
    url = os.environ.get("SITE_URL", "")
    if not url.startswith(("http://", "https://")):
        raise PublishError(f"SITE_URL is {url!r}, not the site's address, https://…")
    return url.rstrip("/")


def download(url: str, target: BinaryIO, max_bytes: int) -> None:
    """Write the body at `url` into `target`. Raises PublishError, NotFoundError for a 404."""
    size = 0
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT, follow_redirects=True) as response:
            if response.status_code != httpx.codes.OK:
                missing = response.status_code == httpx.codes.NOT_FOUND
                error = NotFoundError if missing else PublishError
                raise error(f"{url} returned {response.status_code}")
            for block in response.iter_bytes():
                size += target.write(block)
                if size > max_bytes:
                    raise PublishError(f"{url} has more than {max_bytes:,} bytes")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        raise PublishError(f"{url}: {fault or type(fault).__name__}") from fault


class Freshness(NamedTuple):
    """The last crawl that a site shows; `text` is a sentence about it."""

    finished: datetime
    stale: bool
    text: str

    @classmethod
    def of(cls, site: str) -> Self:
        """Read /-/freshness.json of the site. Raises PublishError if it does not show a crawl."""
        url, body = f"{site}/-/freshness.json", io.BytesIO()
        download(url, body, MAX_PAGE_BYTES)
        try:
            data = json.loads(body.getvalue())
            finished = datetime.fromisoformat(data["finished"]).astimezone(UTC)
            text = f"{site} shows crawl {data['crawl']}, finished {format_minute(finished)}"
            return cls(finished, bool(data["stale"]), text)
        except (KeyError, TypeError, ValueError) as error:
            raise PublishError(f"{url} shows no crawl: {error}") from error
