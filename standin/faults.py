"""Errors that the stand-in serves on request instead of a page."""

from __future__ import annotations

import gzip
import re
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from standin.pages import bot_check_page, error_page

if TYPE_CHECKING:
    from standin.server import Handler

FORM = re.compile(r"(\d+|robots|all):([a-z0-9-]+)(?::(\d+))?")
STATUS = re.compile(r"status-([1-5]\d\d)")
HUGE = 200_000_000  # bytes
ENDLESS = 3_000_000_000  # bytes: more than anybody should take
CHALLENGE = {"cf-mitigated": "challenge"}
UNLESS_BROWSER = "bot-check-unless-browser"


@dataclass
class Fault:
    """Answers a page with the error `kind`, `times` times (None: always).

    `page` is the start= of a page of the list, "all" of them, or "robots" for robots.txt.
    """

    page: int | str
    kind: str
    times: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """From PAGE:KIND[:TIMES], as in 2000:status-500:2. Raises ValueError."""
        match = FORM.fullmatch(text)
        if not match or not (match[2] in KINDS or STATUS.fullmatch(match[2])):
            raise ValueError(f"{text!r} is not PAGE:KIND[:TIMES] with KIND {kinds()}")
        page = int(match[1]) if match[1].isdecimal() else match[1]
        return cls(page, match[2], int(match[3]) if match[3] else None)

    def strikes(self, handler: Handler) -> bool:
        """Whether it answers this request for a page of the list or robots.txt."""
        asked = "robots" if handler.start is None else handler.start
        if self.page != asked and (self.page != "all" or asked == "robots"):
            return False
        agent = handler.headers.get("User-Agent", "")
        if self.kind == UNLESS_BROWSER and agent.startswith("Mozilla/"):
            return False
        return self.times != 0

    def strike(self, handler: Handler) -> None:
        """Answer the request, badly."""
        if self.times is not None:
            self.times -= 1
        if self.kind in KINDS:
            KINDS[self.kind](handler)
        else:
            handler.answer(error_page("Error"), status=int(self.kind.removeprefix("status-")))


def _hang_up(handler: Handler) -> None:
    handler.close_connection = True


def _hang(handler: Handler) -> None:
    """Never answer."""
    _hang_up(handler)
    with suppress(OSError):
        handler.rfile.read(1)  # until the client goes


def _die(handler: Handler) -> None:
    """The whole server is gone, for this request and all later ones."""
    _hang_up(handler)
    handler.server.die()


def _half(handler: Handler, *, length: bool = True) -> None:
    """The first half of the page, and then the end."""
    _hang_up(handler)
    body = handler.server.list_page(handler.start or 0)
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    if length:
        handler.send_header("Content-Length", str(len(body)))
    else:
        handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])


def _reset(handler: Handler) -> None:
    """Half of the page, and then not even a proper end."""
    _half(handler)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _redirect(handler: Handler, location: str) -> None:
    handler.answer(b"", status=302, headers={"Location": location})


def _huge(handler: Handler) -> None:
    """A page that does not end for long."""
    _hang_up(handler)
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    block = b"<p>more</p>\n" * 10_000
    with suppress(OSError):  # the client has had enough
        for _ in range(HUGE // len(block)):
            handler.wfile.write(block)


def _heavy(handler: Handler) -> None:
    """A page that is not too large, and takes a hundred times its size when it is parsed."""
    handler.answer(b"<table class='problems'>" + b"<tr><td>" * 62_000)


def _endless_headers(handler: Handler) -> None:
    """Headers, and never a page."""
    _hang_up(handler)
    handler.send_response(200)
    handler.flush_headers()
    block = (b"X-More: " + b"more" * 1000 + b"\r\n") * 100
    with suppress(OSError):  # the client has had enough
        for _ in range(ENDLESS // len(block)):
            handler.wfile.write(block)


def _bomb(handler: Handler) -> None:
    """A small body that gzip makes huge."""
    million = gzip.compress(bytes(1_000_000))
    handler.answer(million * (HUGE // 1_000_000), headers={"Content-Encoding": "gzip"})


def _challenge(handler: Handler, status: int, page: bytes | None = None) -> None:
    handler.answer(page or bot_check_page(), status=status, headers=CHALLENGE)


def _rows(handler: Handler, count: int) -> None:
    handler.answer(handler.server.list_page(handler.start or 0, rows=count))


def kinds() -> str:
    """The kinds of faults, for people."""
    return ", ".join(["status-NNN", *KINDS])


KINDS: dict[str, Callable[[Handler], None]] = {
    "bot-check": lambda handler: handler.answer(bot_check_page()),
    "bot-check-403": lambda handler: _challenge(handler, 403),
    "bot-check-503": lambda handler: _challenge(handler, 503),
    "bot-check-by-header": lambda handler: _challenge(handler, 403, error_page("Error")),
    UNLESS_BROWSER: lambda handler: _challenge(handler, 403),
    "busy": lambda handler: handler.answer(b"", status=429, headers={"Retry-After": "1"}),
    "wrong-problem": lambda handler: handler.answer(error_page("Wrong problem id!")),
    "no-rows": lambda handler: _rows(handler, 0),
    "seven-rows": lambda handler: _rows(handler, 7),
    "cut": _half,
    "cut-unknown-length": lambda handler: _half(handler, length=False),
    "reset": _reset,
    "huge": _huge,
    "endless-headers": _endless_headers,
    "heavy": _heavy,
    "bomb": _bomb,
    "redirect-away": lambda handler: _redirect(handler, "http://elsewhere.invalid/"),
    "redirect-login": lambda handler: _redirect(handler, "/login"),
    "redirect-loop": lambda handler: _redirect(handler, handler.path),
    "hang": _hang,
    "hang-up": _hang_up,
    "die": _die,
}
