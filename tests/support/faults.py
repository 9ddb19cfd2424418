"""A stand-in for SPOJ that fails on request."""

import gzip
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from standin.pages import NOTICE, error_page
from standin.problems import Entry
from standin.server import Handler, StandIn

FAULT = re.compile(r"(\d+|robots):(?:status-([1-5]\d\d)|([a-z0-9-]+))(?::(\d+))?")
HUGE_PAGE_BYTES = 200_000_000
BOT_CHECK_PAGE = f"""<!DOCTYPE html>
<html lang="en-US">
<head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body>
<p>{NOTICE}</p>
<p>Checking if the site connection is secure</p>
<script>window._cf_chl_opt = {{cType: "managed"}};</script>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>
</body>
</html>
""".encode()


@dataclass
class Fault:
    """Answers a page with an error, `times` times (None: always).

    `page` is the start= of a page of the list, None for robots.txt.
    """

    page: int | None
    answer: Callable[[Handler], None]
    times: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """From PAGE:KIND[:TIMES], as in 2000:status-500:2 or robots:hang."""
        match = FAULT.fullmatch(text)
        assert match, text
        page, status, kind, times = match.groups()
        return cls(
            None if page == "robots" else int(page),
            _error(int(status)) if status else KINDS[kind],
            int(times) if times else None,
        )

    def applies(self, handler: Handler) -> bool:
        """Whether it answers this request for a page of the list or robots.txt."""
        is_fetched = handler.start is not None or handler.path == "/robots.txt"
        return is_fetched and handler.start == self.page and self.times != 0


def _error(status: int, body: bytes = error_page("Error"), **headers: str) -> Callable[..., None]:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.respond(body, status=status, headers=fields)


def _hang_up(handler: Handler) -> None:
    handler.close_connection = True


def _hang(handler: Handler) -> None:
    """Never respond."""
    _hang_up(handler)
    with suppress(OSError):
        handler.rfile.read(1)  # until the client disconnects


def _cut(handler: Handler) -> None:
    """Send half of the page, then close the connection."""
    _hang_up(handler)
    body = handler.server.list_page(handler.start or 0)
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])


def _seven_rows(handler: Handler) -> None:
    handler.respond(handler.server.list_page(handler.start or 0, rows=7))


def _huge(handler: Handler) -> None:
    """Send a page of HUGE_PAGE_BYTES."""
    _hang_up(handler)
    handler.send_response(200)
    handler.end_headers()
    block = b"<p>more</p>\n" * 10_000
    with suppress(OSError):  # the client disconnects
        for _ in range(HUGE_PAGE_BYTES // len(block)):
            handler.wfile.write(block)


def _bomb(handler: Handler) -> None:
    """Send a small body that decompresses to HUGE_PAGE_BYTES."""
    million = gzip.compress(bytes(1_000_000))
    bomb = million * (HUGE_PAGE_BYTES // 1_000_000)
    handler.respond(bomb, headers={"Content-Encoding": "gzip"})


def _bot_check(status: int, **headers: str) -> Callable[[Handler], None]:
    return _error(status, BOT_CHECK_PAGE, cf_mitigated="challenge", **headers)


KINDS: dict[str, Callable[[Handler], None]] = {
    "bot-check": _error(200, BOT_CHECK_PAGE),
    "bot-check-403": _bot_check(403),
    "bot-check-503": _bot_check(503),
    "bot-check-coop": _bot_check(403, Cross_Origin_Opener_Policy="same-origin"),
    "busy": _error(429, Retry_After="1"),
    "wrong-problem": _error(200, error_page("Wrong problem id!")),
    "seven-rows": _seven_rows,
    "cut": _cut,
    "huge": _huge,
    # It takes a hundred times its size to parse.
    "heavy": _error(200, b"<table class='problems'>" + b"<tr><td>" * 62_000),
    "bomb": _bomb,
    "redirect-away": _error(302, Location="http://elsewhere.invalid/list"),
    "redirect-login": _error(302, Location="/login"),
    "hang": _hang,
    "hang-up": _hang_up,
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
        fault = next((fault for fault in self.faults if fault.applies(handler)), None)
        if fault:
            if fault.times:
                fault.times -= 1
            fault.answer(handler)
        return fault is not None
