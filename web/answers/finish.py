"""An answer on its way out: whole, not too large, harmless, and with its headers."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from web.answers.refusals import RefusedError, did_you_mean
from web.options import DATABASE, ORIGINS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from web.answers.asked import Asked

    Send = Callable[[dict[str, Any]], Awaitable[None]]

OK, ERROR = 200, 400
MOST = 4_400_000  # bytes; Vercel's functions may answer with 4.5 MB
MOST_OF_A_PAGE = 300_000  # bytes
# How a JSON error from Datasette begins. Some of them come with status 200.
REFUSED = b'{"ok": false'
TOO_LARGE = (
    f"This answer would be larger than {MOST / 1_000_000} MB. Ask for fewer rows or columns; the "
    f"same is smallest as CSV, with .csv after the path. Everything is in one file: /{DATABASE}.db."
)
TOO_LARGE_A_PAGE = (
    f"This page would be larger than {MOST_OF_A_PAGE // 1_000} kB. Ask for fewer rows or columns, "
    "or for the same as CSV, with .csv after the path."
)
LONGEST = 2_500  # bytes of an address after its question mark; a page repeats it in its links
TOO_LONG_ADDRESS = f"This address is too long: what follows its path may have {LONGEST:,} bytes."

POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY,
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"access-control-allow-origin": ORIGINS.encode(),
    b"access-control-allow-methods": b"GET, HEAD, OPTIONS",
    b"access-control-allow-headers": b"Authorization, Content-Type",
    b"access-control-expose-headers": b"Link, ETag, Retry-After",
}
# Pages tell the age of the data in hours; a publication clears the CDN's cache in any case.
KEPT = b"public, s-maxage=1800, stale-while-revalidate=600"

csv.field_size_limit(sys.maxsize)
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


class Reply(NamedTuple):
    """An answer, whole."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})

    def packed(self) -> bytes:
        """As one byte string. A truncated one can be recognised."""
        headers = [[part.decode("latin-1") for part in pair] for pair in self.headers]
        about = {"status": self.status, "headers": headers, "length": len(self.body)}
        return json.dumps(about).encode() + b"\n" + self.body

    @classmethod
    def unpacked(cls, packed: bytes) -> Reply | None:
        """None when it is only a part."""
        about, newline, body = packed.partition(b"\n")
        told: dict[str, Any] = json.loads(about) if newline else {"length": None}
        if len(body) != told["length"]:
            return None
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in told["headers"]
        ]
        return cls(told["status"], headers, body)


async def collected(sending: Callable[[Send], Awaitable[None]]) -> Reply:
    """All that is sent."""
    start: dict[str, Any] = {}
    body = bytearray()

    async def keep(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        body.extend(message.get("body") or b"")

    await sending(keep)
    return Reply(start["status"], [tuple(pair) for pair in start["headers"]], bytes(body))


def checked(asked: Asked, questions: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise RefusedError for an address that is too long, or a question's unknown parameter."""
    if len(asked.query_string) > LONGEST:
        raise RefusedError(TOO_LONG_ADDRESS)
    if asked.kind == "question":
        known = questions[asked.name].get("params") or ()
        for name, _ in asked.args:
            if not name.startswith("_") and name not in known:
                mean = did_you_mean(name, known)
                raise RefusedError(f"This question has no parameter `{name}`{mean}")


def redirected(path: str, asked: Asked) -> Reply:
    query = f"?{asked.query_string}" if asked.args else ""
    return Reply(302, [(b"location", (quote(path) + query).encode())], b"")


def finished(reply: Reply, asked: Asked) -> Reply:
    """The answer as it may go out. Raises RefusedError when it is too large."""
    if reply.status != OK:
        return reply
    if asked.form == "csv":
        reply = reply._replace(body=harmless(reply.body.decode()).encode())
    elif asked.form == "page" and len(reply.body) > MOST_OF_A_PAGE:
        raise RefusedError(TOO_LARGE_A_PAGE)
    elif asked.form == "json" and reply.body.startswith(REFUSED):
        reply = reply._replace(status=ERROR)
    if len(reply.body) > MOST:
        raise RefusedError(TOO_LARGE)
    return reply


def harmless(text: str) -> str:
    """The CSV `text` with an apostrophe before what a spreadsheet would take for a formula.

    Numbers stay. https://owasp.org/www-community/attacks/CSV_Injection
    """
    written = io.StringIO()
    writer = csv.writer(written)
    for row in csv.reader(io.StringIO(text, newline="")):
        writer.writerow([f"'{cell}" if is_formula(cell) else cell for cell in row])
    return written.getvalue()


def is_formula(cell: str) -> bool:
    return cell.startswith(BEGINNINGS) and not is_number(cell)


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def dressed(send: Send, method: str) -> Send:
    """`send`, with the headers that every answer has; without a body where none is wanted."""

    async def with_headers(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = {name.lower(): value for name, value in message["headers"]}
            headers |= HEADERS
            # It varies by nothing: what a visitor carries along was left out.
            headers.pop(b"vary", None)
            if message["status"] >= ERROR:
                headers[b"cache-control"] = b"no-store"
            elif message["status"] == OK and b"no-store" not in headers.get(b"cache-control", b""):
                headers[b"cdn-cache-control"] = KEPT
            message = {**message, "headers": list(headers.items())}
        elif method == "HEAD":
            message = {**message, "body": b""}
        await send(message)

    return with_headers
