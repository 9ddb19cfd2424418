"""Asks a site of ours for its pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from deploy.toolchain import PublishError
from web.options import DATABASE

TIMEOUT = 30  # seconds
# A function at Vercel may answer 4.5 MB; some of it is left to headers and growth.
MOST = 4_000_000  # bytes


@dataclass(frozen=True)
class Answer:
    """What was answered at `url`: the type of its content, without parameters, and the text."""

    url: str
    kind: str
    text: str


@dataclass(frozen=True)
class Site:
    """A site at `url`. Whatever is asked of it raises PublishError when it fails."""

    url: str

    def ask(self, path: str) -> Answer:
        url = f"{self.url}{path}"
        try:
            with urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310  (the owner's own site)
                body = response.read()
                kind = response.headers.get_content_type()
        except HTTPError as error:
            raise PublishError(f"{url} answers {error.code}") from error
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error) or type(error).__name__
            raise PublishError(f"{url}: {reason}") from error
        if len(body) > MOST:
            raise PublishError(f"{url} has {len(body):,} bytes, more than Vercel lets through")
        try:
            return Answer(url, kind, body.decode() if kind != "image/png" else "")
        except UnicodeDecodeError as error:
            raise PublishError(f"{url}: {error}") from error

    def text(self, path: str, **parameters: object) -> str:
        return self.ask(path + (f"?{urlencode(parameters)}" if parameters else "")).text

    def json(self, path: str, **parameters: object) -> Any:
        """What `path` of the database answers as JSON."""
        text = self.text(f"/{DATABASE}{path}.json", **parameters)
        try:
            return json.loads(text)
        except ValueError as error:
            raise PublishError(f"{self.url}/{DATABASE}{path}.json is not JSON: {error}") from error
