"""The public site: its address, its files and the crawl it shows."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from deploy.process import PublishError
from spojscore_crawler.store.times import minute

TIMEOUT = 30  # seconds without a byte
DOWNLOAD_SECONDS = 900
MAX_PAGE_BYTES = 4_500_000  # of a response of Vercel's functions


class NotFoundError(PublishError):
    """The site answers 404."""


def site_url() -> str:
    """SITE_URL without a final slash. Raises PublishError if it is no address."""
    url = os.environ.get("SITE_URL", "")
    if not url.startswith(("http://", "https://")):
        raise PublishError(f"SITE_URL is {url!r}, not the site's address, https://…")
    return url.rstrip("/")


def download(url: str, target: Path, max_bytes: int = MAX_PAGE_BYTES) -> None:
    """Write the response of `url` into `target`.

    Raises PublishError if it fails, is incomplete, too large or too slow; NotFoundError for a 404.
    """
    end = time.monotonic() + DOWNLOAD_SECONDS
    size = 0
    try:
        with (
            httpx.stream("GET", url, timeout=TIMEOUT, follow_redirects=True) as response,
            target.open("wb") as file,
        ):
            if response.status_code != HTTPStatus.OK:
                missing = response.status_code == HTTPStatus.NOT_FOUND
                kind = NotFoundError if missing else PublishError
                raise kind(f"{url} answers {response.status_code}")
            for block in response.iter_bytes():
                size += file.write(block)
                if size > max_bytes:
                    raise PublishError(f"{url} has more than {max_bytes:,} bytes")
                if time.monotonic() > end:
                    raise PublishError(f"{url} took longer than {DOWNLOAD_SECONDS} s")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise PublishError(f"{url}: {error or type(error).__name__}") from error


def read(url: str) -> str:
    """The text at `url`. Raises PublishError as `download` does."""
    with TemporaryDirectory(prefix="spojscore-") as folder:
        file = Path(folder, "page")
        download(url, file)
        return file.read_text(errors="replace")


@dataclass(frozen=True)
class Freshness:
    """The last crawl of a site, from its /-/freshness.json."""

    crawl: int
    finished: datetime
    age_hours: float
    problems: int
    stale: bool

    @classmethod
    def of(cls, site: str) -> Freshness:
        """Ask the site at that address. Raises PublishError if it does not show a crawl."""
        url = f"{site}/-/freshness.json"
        try:
            facts = json.loads(read(url))
            return cls(
                crawl=int(facts["crawl"]),
                finished=datetime.fromisoformat(facts["finished"]).astimezone(UTC),
                age_hours=float(facts["age_hours"]),
                problems=int(facts["problems"]),
                stale=bool(facts["stale"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PublishError(f"{url} shows no crawl: {error}") from error

    def __str__(self) -> str:
        return (
            f"crawl {self.crawl}, finished {minute(self.finished)}, {self.age_hours:.1f} h ago, "
            f"{self.problems} problems"
        )
