"""Runs Datasette as `make serve` does, and reads its pages."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest
from parsel import Selector

from tests.support.processes import free_port, launch


def get(url: str, encoding: str = "utf-8") -> str:
    with urlopen(url, timeout=20) as response:
        return str(response.read().decode(encoding))


class SameAddress(HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: Any) -> None:
        return None


def fetch(url: str, method: str = "GET", **headers: str) -> tuple[int, Message[str, str], bytes]:
    """Status, headers and body of any response."""
    try:
        request = Request(url, method=method, headers=headers)
        with build_opener(SameAddress).open(request, timeout=60) as response:
            return response.status, response.headers, response.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


def words(page: str) -> str:
    """The text of a page, with single spaces."""
    output = Selector(page).xpath("//body//text()[not(parent::script)]").getall()
    return " ".join(" ".join(output).split()).replace(" .", ".")


def path(sql: str, kind: str = "") -> str:
    return f"/spojscore{kind}?{urlencode({'sql': sql})}"


def refusal(url: str, status: int = 400) -> str:
    with pytest.raises(HTTPError) as raised:
        get(url)
    assert raised.value.code == status
    return str(raised.value.read().decode())


def walked(address: str) -> Iterator[dict[str, Any]]:
    """The rows of the JSON at an address, and of all that its `next` leads to."""
    following: str | None = address
    while following:
        page = json.loads(get(following))
        yield from (dict(zip(page["columns"], row, strict=True)) for row in page["rows"])
        following = page["next_url"]


@contextmanager
def running(*words: str | Path) -> Iterator[int]:
    """Run a command that starts a server; yields its process id."""
    with launch(*words, until="Uvicorn running") as (process, lines):
        assert process.stdout
        # A full pipe would block it.
        Thread(target=lines.extend, args=[process.stdout], daemon=True).start()
        yield process.pid


@contextmanager
def served(database: Path) -> Iterator[tuple[str, int]]:
    """Serve `database` as `make serve` does; yields the address and the process id."""
    port = free_port()
    with running(sys.executable, "-m", "web.serve", database, "--port", str(port)) as pid:
        yield f"http://127.0.0.1:{port}", pid


def shown(points: float) -> str:
    return f"{points:,.0f}" if points >= 100 else f"{points:.3g}"
