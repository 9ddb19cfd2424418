"""A stand-in for SPOJ that fails on request."""

import gzip
import re
import socket
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from standin.pages import NOTICE, error_page
from standin.problems import Entry
from standin.server import Handler, StandIn

FORM = re.compile(r"(\d+|robots|all):([a-z0-9-]+)(?::(\d+))?")
STATUS = re.compile(r"status-([1-5]\d\d)")
HUGE = 200_000_000  # bytes
NO_HEADERS: Mapping[str, str] = {}
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
        """From PAGE:KIND[:TIMES], as in 2000:status-500:2. Raises AssertionError."""
        match = FORM.fullmatch(text)
        assert match, text
        assert match[2] in KINDS or STATUS.fullmatch(match[2]), text
        page = int(match[1]) if match[1].isdecimal() else match[1]
        return cls(page, match[2], int(match[3]) if match[3] else None)

    def applies(self, handler: Handler) -> bool:
        """Whether it answers this request for a page of the list or robots.txt."""
        page = "robots" if handler.path == "/robots.txt" else handler.start
        if page is None or (self.page != page and (self.page != "all" or page == "robots")):
            return False
        agent = handler.headers.get("User-Agent", "")
        if self.kind == UNLESS_BROWSER and agent.startswith("Mozilla/"):
            return False
        return self.times != 0

    def answer(self, handler: Handler) -> None:
        if self.times is not None:
            self.times -= 1
        if self.kind in KINDS:
            KINDS[self.kind](handler)
        else:
            handler.answer(error_page("Error"), status=int(self.kind.removeprefix("status-")))


def _hang_up(handler: Handler) -> None:
    handler.close_connection = True


def _hang(handler: Handler) -> None:
    """Never respond."""
    _hang_up(handler)
    with suppress(OSError):
        handler.rfile.read(1)  # until the client goes


def _die(handler: Handler) -> None:
    """Respond neither to this request nor to any later one."""
    assert isinstance(handler.server, FaultyStandIn)
    handler.server.is_dead = True
    _hang_up(handler)


def _half(handler: Handler, *, length: bool = True) -> None:
    """Send half of the page, then close the connection."""
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
    """Send half of the page, then reset the connection."""
    _half(handler)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def _redirect(handler: Handler, location: str) -> None:
    handler.answer(b"", status=302, headers={"Location": location})


def _huge(handler: Handler) -> None:
    """Send a page of HUGE bytes."""
    _hang_up(handler)
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    block = b"<p>more</p>\n" * 10_000
    with suppress(OSError):  # the client closes the connection
        for _ in range(HUGE // len(block)):
            handler.wfile.write(block)


def _heavy(handler: Handler) -> None:
    """Send a page that takes a hundred times its size to parse."""
    handler.answer(b"<table class='problems'>" + b"<tr><td>" * 62_000)


def _bomb(handler: Handler) -> None:
    """Send a small body that decompresses to HUGE bytes."""
    million = gzip.compress(bytes(1_000_000))
    handler.answer(million * (HUGE // 1_000_000), headers={"Content-Encoding": "gzip"})


def _challenge(
    handler: Handler,
    status: int,
    page: bytes | None = None,
    headers: Mapping[str, str] = NO_HEADERS,
) -> None:
    handler.answer(page or bot_check_page(), status=status, headers={**CHALLENGE, **headers})


def _rows(handler: Handler, count: int) -> None:
    handler.answer(handler.server.list_page(handler.start or 0, rows=count))


def bot_check_page() -> bytes:
    """A page that looks like Cloudflare's bot checks."""
    return _BOT_CHECK_PAGE.encode()


_BOT_CHECK_PAGE = f"""<!DOCTYPE html>
<html lang="en-US">
<head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body>
<p>{NOTICE}</p>
<p>Checking if the site connection is secure</p>
<script>window._cf_chl_opt = {{cType: "managed"}};</script>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>
</body>
</html>
"""
KINDS: dict[str, Callable[[Handler], None]] = {
    "bot-check": lambda handler: handler.answer(bot_check_page()),
    "bot-check-403": lambda handler: _challenge(handler, 403),
    "bot-check-coop": lambda handler: _challenge(
        handler, 403, headers={"Cross-Origin-Opener-Policy": "same-origin"}
    ),
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
    "heavy": _heavy,
    "bomb": _bomb,
    "redirect-away": lambda handler: _redirect(handler, "http://elsewhere.invalid/list"),
    "redirect-login": lambda handler: _redirect(handler, "/login"),
    "hang": _hang,
    "hang-up": _hang_up,
    "die": _die,
}


class FaultyStandIn(StandIn):
    """A stand-in with `faults`. `on_page` is called before each page of the list is served."""

    def __init__(
        self, problems: Sequence[Entry], *, faults: Iterable[Fault] = (), **options: Any
    ) -> None:
        super().__init__(problems, **options)
        self.faults = list(faults)
        self.on_page: Callable[[], object] = lambda: None
        self.is_dead = False

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        return not self.is_dead

    def intercept(self, handler: Handler) -> bool:
        if handler.start is not None:
            self.on_page()
        if self.is_dead:
            handler.close_connection = True
            return True
        fault = next((fault for fault in self.faults if fault.applies(handler)), None)
        if fault:
            fault.answer(handler)
        return fault is not None
