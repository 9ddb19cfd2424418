"""Asks a site for its pages and files; trusts nothing that it answers."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import BinaryIO
from urllib.error import HTTPError
from urllib.request import urlopen

from deploy.toolchain import PublishError

TIMEOUT = 30  # seconds without a byte
BLOCK = 1 << 20  # bytes
# A function at Vercel may answer 4.5 MB; some of it is left to headers and growth.
LARGEST_PAGE = 4_000_000  # bytes


class NotFoundError(PublishError):
    """The site answers that it has no such thing."""


@dataclass(frozen=True)
class Answer:
    """What was answered at `url`: the type of its content, without parameters, and the text."""

    url: str
    kind: str
    text: str


def site_url() -> str:
    """The public site's address, SITE_URL, without a slash at its end. Raises PublishError."""
    url = os.environ.get("SITE_URL", "")
    if not url.startswith(("http://", "https://")):
        raise PublishError(f"SITE_URL is {url!r}, not the site's address, https://…")
    return url.rstrip("/")


def download(url: str, target: BinaryIO, largest: int) -> str:
    """Write what `url` answers, at most so many bytes, into `target`; returns its type.

    Raises PublishError when that fails, is too large, or ends before it is complete.
    """
    received = 0
    try:
        with urlopen(url, timeout=TIMEOUT) as answer:  # noqa: S310  (the owner's own address)
            while block := answer.read(BLOCK):
                received += len(block)
                if received > largest:
                    raise PublishError(f"{url} has more than {largest:,} bytes")
                target.write(block)
            missing = answer.length
            kind = str(answer.headers.get_content_type())
    except HTTPError as error:
        kind_of_error = NotFoundError if error.code == HTTPStatus.NOT_FOUND else PublishError
        raise kind_of_error(f"{url} answers {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error) or type(error).__name__
        raise PublishError(f"{url}: {reason}") from error
    if missing:
        raise PublishError(f"{url} broke off, {missing:,} bytes are missing")
    return kind


def ask(url: str) -> Answer:
    """Ask for a page. Raises PublishError, also when it is larger than Vercel lets through."""
    body = io.BytesIO()
    kind = download(url, body, LARGEST_PAGE)
    text = "" if kind.startswith("image/p") else body.getvalue().decode(errors="replace")
    return Answer(url, kind, text)
