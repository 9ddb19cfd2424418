"""Errors that the stand-in serves on request, each for the page with a certain start=."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from standin.pages import bot_check_page, error_page

if TYPE_CHECKING:
    from standin.server import Handler

FORM = re.compile(r"(\d+):([a-z0-9-]+)(?::(\d+))?")
STATUS = re.compile(r"status-([1-5]\d\d)")


@dataclass
class Fault:
    """Answers the page `start` with the error `kind`, `times` times (None: always)."""

    start: int
    kind: str
    times: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """From START:KIND[:TIMES], as in 2000:status-500:2. Raises ValueError."""
        match = FORM.fullmatch(text)
        if not match or not (match[2] in KINDS or STATUS.fullmatch(match[2])):
            raise ValueError(f"{text!r} is not START:KIND[:TIMES] with KIND {kinds()}")
        return cls(int(match[1]), match[2], int(match[3]) if match[3] else None)

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


def _die(handler: Handler) -> None:
    """The whole server is gone, for this request and all later ones."""
    _hang_up(handler)
    handler.server.die()


def kinds() -> str:
    """The kinds of faults, for people."""
    return ", ".join(["status-NNN", *KINDS])


KINDS: dict[str, Callable[[Handler], None]] = {
    "bot-check": lambda handler: handler.answer(bot_check_page()),
    "bot-check-403": lambda handler: handler.answer(bot_check_page(), status=403),
    "bot-check-503": lambda handler: handler.answer(bot_check_page(), status=503),
    "busy": lambda handler: handler.answer(b"", status=429, headers={"Retry-After": "1"}),
    "wrong-problem": lambda handler: handler.answer(error_page("Wrong problem id!")),
    "hang-up": _hang_up,
    "die": _die,
}
