"""Answers that can be trusted: none cut off, no blank CSV for an error, no formulas in CSV."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.plugins import pm
from datasette.utils.asgi import Request
from datasette.views.base import DatasetteError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette

    App = Callable[..., Awaitable[None]]

OK = 200
# Bytes. Vercel's functions may answer with 4.5 MB.
MOST = 4_400_000
TOO_LARGE = (
    f"This answer would be larger than {MOST / 1_000_000} MB. Ask for fewer rows or columns; the "
    "same is smallest as CSV, with .csv after the path."
)
# Bytes of an address after its question mark. A page repeats it in each of its links.
LONGEST = 2_500
TOO_LONG_ADDRESS = f"This address is too long: what follows its path may have {LONGEST} bytes."
# Datasette would parse what is in those columns, whatever that takes.
NESTED = re.compile(rb"(^|&)_json=")
NO_NESTING = "_json is not offered here: columns come as the text they hold."
COSTLY = re.compile(rb"(^|&)(sql|_where|_facet\w*)=")  # by who asks, at his own cost
# As errors.py says it.
SHORT = re.compile(rb"This query (needs more memory than this site gives|took too long)")
WAITS = (0.1, 0.2, 0.4, 0.8, 1.6)  # seconds
BUSY = "This site is busy. Please ask again."
REFUSED = "Refused"  # errors.py answers it
# What SQLite says of a text beyond the limits, which Datasette shows as it is.
TOO_BIG = b"string or blob too big"
TOO_LONG_TEXT = b"This query makes or compares longer texts than this site takes."
NO_COLUMNS = "The query failed. The same as a page, without .csv after the path, tells why."

csv.field_size_limit(sys.maxsize)
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


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


def is_csv(scope: dict[str, Any]) -> bool:
    # Datasette sends CSV as plain text unless a download was asked for: the path tells.
    return str(scope["path"]).endswith(".csv")


async def patiently(app: App, scope: dict[str, Any], receive: App) -> list[dict[str, Any]]:
    """The messages of the answer; none when the site stays too busy for it.

    Memory and time are everybody's: what a visitor's query took, it gives back.
    """
    for wait in WAITS:
        sent: list[dict[str, Any]] = []

        async def keep(message: dict[str, Any], sent: list[dict[str, Any]] = sent) -> None:
            sent.append(message)

        with suppress(MemoryError):
            await app(scope, receive, keep)
            if not any(SHORT.search(message.get("body", b"")) for message in sent):
                return sent
        await asyncio.sleep(wait)
    return []


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    def wrapped(app: App) -> App:
        async def answer(scope: dict[str, Any], receive: App, send: App) -> None:
            start: dict[str, Any] = {}
            body = b""

            async def refuse(message: str) -> None:
                # No page has a form that posts, so none needs a token.
                request = Request({**scope, "csrftoken": str}, receive)
                refused = DatasetteError(message, title=REFUSED, status=400)
                [answered, *_] = pm.hook.handle_exception(
                    datasette=datasette, request=request, exception=refused
                )
                await (await answered()).asgi_send(send)

            async def send_whole(message: dict[str, Any]) -> None:
                nonlocal start, body
                if message["type"] == "http.response.start":
                    start = message
                    return
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                if start["status"] != OK:
                    await pass_on(body.replace(TOO_BIG, TOO_LONG_TEXT))
                elif is_csv(scope) and not body.strip():
                    await refuse(NO_COLUMNS)
                elif len(body) > MOST:
                    await refuse(TOO_LARGE)
                else:
                    await pass_on(harmless(body.decode()).encode() if is_csv(scope) else body)

            async def pass_on(sent: bytes) -> None:
                await send(start)
                await send({"type": "http.response.body", "body": sent})

            # The database's own file is not among the pages.
            if scope["type"] != "http" or scope["path"].endswith(".db"):
                await app(scope, receive, send)
            elif len(scope["query_string"]) > LONGEST:
                await refuse(TOO_LONG_ADDRESS)
            elif NESTED.search(scope["query_string"]):
                await refuse(NO_NESTING)
            elif COSTLY.search(scope["query_string"]):
                await app(scope, receive, send_whole)
            elif messages := await patiently(app, scope, receive):
                for message in messages:
                    await send_whole(message)
            else:
                await refuse(BUSY)

        return answer

    return wrapped
