"""A stand-in for SPOJ that fails on request."""

import gzip
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from standin.pages import NOTICE, error_page
from standin.problems import Entry
from standin.server import Handler, StandIn

BOMB_MEGABYTES = 200
BOT_CHECK_PAGE = f"""<!DOCTYPE html>
<html lang="en-US"><head><title>Just a moment...</title></head><body><p>{NOTICE}</p>
<script>window._cf_chl_opt = {{cType: "managed"}};</script>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>
""".encode()


@dataclass
class Fault:
    """Answers requests for a page with an error, `times` times (-1: always).

    `page` is the start= of a page of the list, None for robots.txt.
    """

    page: int | None
    answer: Callable[[Handler], None]
    times: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse PAGE:KIND[:TIMES], as in 2000:status-500:2 or robots:hang."""
        page, kind, times = f"{text}:-1".split(":")[:3]
        _, is_status, status = kind.partition("status-")
        answer = _error(int(status)) if is_status else KINDS[kind]
        return cls(None if page == "robots" else int(page), answer, int(times))

    def applies_to(self, handler: Handler) -> bool:
        """Whether it answers this request for a page of the list or robots.txt."""
        is_supported = handler.start is not None or handler.path == "/robots.txt"
        return is_supported and handler.start == self.page and self.times != 0


def _error(status: int, body: bytes = error_page("Error"), **headers: str) -> Callable[..., None]:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.respond(body, status=status, headers=fields)


def _close(handler: Handler) -> None:
    handler.close_connection = True


def _never_respond(handler: Handler) -> None:
    """Never respond."""
    _close(handler)
    with suppress(OSError):
        handler.rfile.read(1)  # until the client disconnects


def _send_half(handler: Handler) -> None:
    """Send half of the page, then close the connection."""
    _close(handler)
    body = handler.server.list_page(handler.start or 0)
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])


def _send_gzip_bomb(handler: Handler) -> None:
    """Send a small body that decompresses to BOMB_MEGABYTES."""
    bomb = gzip.compress(bytes(1_000_000)) * BOMB_MEGABYTES
    handler.respond(bomb, headers={"Content-Encoding": "gzip"})


def _bot_check(**headers: str) -> Callable[[Handler], None]:
    return _error(403, BOT_CHECK_PAGE, cf_mitigated="challenge", **headers)


KINDS: dict[str, Callable[[Handler], None]] = {
    "bot-check": _error(200, BOT_CHECK_PAGE),
    "bot-check-403": _bot_check(),
    "bot-check-coop": _bot_check(Cross_Origin_Opener_Policy="same-origin"),
    "busy": _error(429, Retry_After="1"),
    "wrong-problem": _error(200, error_page("Wrong problem id!")),
    "seven-rows": lambda handler: handler.respond(
        handler.server.list_page(handler.start or 0, rows=7)
    ),
    "cut": _send_half,
    # Parsing it takes a hundred times its size in memory.
    "heavy": _error(200, b"<table class='problems'>" + b"<tr><td>" * 62_000),
    "bomb": _send_gzip_bomb,
    "redirect-away": _error(302, Location="http://elsewhere.invalid/list"),
    "redirect-login": _error(302, Location="/login"),
    "hang": _never_respond,
    "hang-up": _close,
}


class FaultyStandIn(StandIn):
    """A stand-in with `faults`. `on_page` is called before each page of the list is served."""

    def __init__(
        self, problems: Sequence[Entry], *, faults: Iterable[Fault] = (), **options: Any
    ) -> None:
        super().__init__(problems, **options)
        self.faults = list(faults)
        self.on_page: Callable[[], object] = lambda: None

    def intercept(self, handler: Handler) -> bool:
        if handler.start is not None:
            self.on_page()
        fault = next((fault for fault in self.faults if fault.applies_to(handler)), None)
        if fault:
            fault.times -= fault.times > 0
            fault.answer(handler)
        return fault is not None
