"""Answers that can be trusted: none cut off, no blank CSV for an error, no formulas in CSV."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.utils.asgi import Request, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette

    App = Callable[..., Awaitable[None]]

OK = 200
# Bytes. Vercel's functions may answer with 4.5 MB.
MOST = 4_400_000
TOO_LARGE = (
    f"This page would be larger than {MOST / 1_000_000} MB. Ask for fewer rows or columns, or for "
    "the same as JSON or CSV: .json or .csv after the path."
)
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
    # Datasette sends CSV as plain text unless a download was asked for: the address tells.
    return scope["path"].endswith(".csv") or b"_format=csv" in scope["query_string"]


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    async def refuse(scope: dict[str, Any], receive: App, send: App, message: str) -> None:
        if is_csv(scope):
            answer = Response.text(message, status=400)
        else:
            facts = {"title": None, "error": message, "status": 400}
            # No page has a form that posts, so none needs a token.
            request = Request({**scope, "csrftoken": str}, receive)
            page = await datasette.render_template("error.html", facts, request=request)
            answer = Response.html(page, status=400)
        await answer.asgi_send(send)

    def wrapped(app: App) -> App:
        async def answer(scope: dict[str, Any], receive: App, send: App) -> None:
            start: dict[str, Any] = {}
            body = b""

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
                    await refuse(scope, receive, send, NO_COLUMNS)
                elif len(body) > MOST:
                    await refuse(scope, receive, send, TOO_LARGE)
                else:
                    await pass_on(harmless(body.decode()).encode() if is_csv(scope) else body)

            async def pass_on(sent: bytes) -> None:
                await send(start)
                await send({"type": "http.response.body", "body": sent})

            # The database's own file is not among the pages.
            page = scope["type"] == "http" and not scope["path"].endswith(".db")
            await app(scope, receive, send_whole if page else send)

        return answer

    return wrapped
