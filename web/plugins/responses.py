"""The one way out: every answer passes `respond`, whose body is the order of things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.plugins import pm
from datasette.utils.asgi import NotFound, Request

from web.answers import refusals
from web.answers.asked import ASKED, FORMS, Asked, read
from web.answers.finish import Reply, checked, collected, dressed, finished, redirected
from web.answers.rows import make_whole
from web.answers.sandbox import Sandbox
from web.options import DATABASE, FACET_SECONDS, MOST_ROWS, PAGE_ROWS, SQL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Response

    Scope = dict[str, Any]
    App = Callable[..., Awaitable[None]]

METHODS = ("GET", "HEAD", "OPTIONS")
# Datasette's own pages are for those who run it; one sets a cookie.
OPEN = ("/-/freshness.json", "/-/freshness.svg")
# What a visitor carries along changes no answer: all get the same.
PRIVATE = (b"cookie", b"authorization")
REPLACED = "datasette.handle_exception"
# Once answered, these are ready in each child: the templates, and what Datasette does but once.
FIRST = ("sql=select+1", "sql=nonsense")


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    def wrapped(app: App) -> App:
        outlet = Outlet(datasette, app)
        # Datasette wraps its app twice; its own client's comes first, while there is one thread.
        if not hasattr(datasette, "sandbox"):
            datasette.sandbox = None
            datasette.sandbox = Sandbox(outlet.answer, outlet.prepare)

        async def respond(scope: Scope, receive: App, send: App) -> None:
            await outlet.respond(scope, receive, send)

        return respond  # servers tell by a plain function which kind of app this is

    return wrapped


@hookimpl
def startup(datasette: Datasette) -> None:
    make_whole(datasette.get_database(DATABASE))
    # It would write a page for each error too, and all of a visitor's mistakes to the log.
    if pm.has_plugin(REPLACED):
        pm.unregister(name=REPLACED)


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    async def answer() -> Response:
        return await refusals.answer(datasette, request, exception)

    return answer


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Any]:
    open_ = datasette.sandbox is None or datasette.sandbox.is_open  # in its children it is None
    return {"sql_offered": open_, "page_rows": PAGE_ROWS, "most_rows": MOST_ROWS}


class Outlet:
    """Answers requests by `app`, which is Datasette's."""

    def __init__(self, datasette: Datasette, app: App) -> None:
        self.datasette, self.app = datasette, app

    async def respond(self, scope: Scope, receive: App, send: App) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = dressed(send, scope["method"])
        if scope["method"] not in METHODS:
            reply = Reply(405, [(b"allow", b", ".join(m.encode() for m in METHODS))], b"")
        elif scope["method"] == "OPTIONS":
            reply = Reply(204, [(b"allow", b", ".join(m.encode() for m in METHODS))], b"")
        else:
            scope, asked = self.asked(scope)
            if asked.kind == "page" and not is_closed(scope):
                await self.app(scope, receive, send)  # files are too large to be held
                return
            if asked.is_foreign:
                reply = await self.by_sandbox(scope)
            else:
                reply = await self.answer(scope)
        await reply.send(send)

    def asked(self, scope: Scope) -> tuple[Scope, Asked]:
        """The request, with an address that means to Datasette just what it means to us."""
        asked = read(scope, self.questions)
        ASKED.set(asked)
        headers = [pair for pair in scope["headers"] if pair[0].lower() not in PRIVATE]
        query = asked.query_string.encode()
        return {**scope, "method": "GET", "headers": headers, "query_string": query}, asked

    async def by_sandbox(self, scope: Scope) -> Reply:
        sandbox: Sandbox = self.datasette.sandbox
        try:
            return await sandbox.answered(scope)
        except refusals.RefusedError as refused:
            return await self.refusal(scope, refused)

    async def answer(self, scope: Scope) -> Reply:
        """The whole answer, in this process."""
        try:
            scope, asked = self.asked(scope)
            if is_closed(scope) or asked.form not in FORMS:
                raise NotFound("closed")
            checked(asked, self.questions)
            if asked.tidy != asked:
                return redirected(scope["path"], asked.tidy)
            reply = await collected(lambda send: self.app(scope, nothing, send))
            return finished(reply, asked)
        except Exception as error:
            return await self.refusal(scope, error)

    async def refusal(self, scope: Scope, error: Exception) -> Reply:
        # No page has a form that posts, so none needs a token.
        request = Request({**scope, "csrftoken": str}, nothing)
        response = await refusals.answer(self.datasette, request, error)
        return await collected(response.asgi_send)

    @property
    def questions(self) -> dict[str, dict[str, Any]]:
        return self.datasette.metadata("queries", database=DATABASE) or {}

    async def prepare(self) -> None:
        """Once, in the parent of the sandbox's children."""
        self.datasette.executor = None  # there are no threads in a child
        self.datasette.sql_time_limit_ms = 1_000 * SQL_SECONDS
        self.datasette._settings["facet_time_limit_ms"] = int(1_000 * FACET_SECONDS)
        for query in FIRST:
            await self.answer({
                "type": "http", "method": "GET", "path": f"/{DATABASE}", "scheme": "http",
                "query_string": query.encode(), "headers": [], "http_version": "1.1",
            })  # fmt: skip
        database = self.datasette.get_database(DATABASE)
        # No connection to a file goes well through a fork.
        database.close()
        database._read_connection = None


def is_closed(scope: Scope) -> bool:
    path = scope["path"]
    return path not in OPEN and (path.startswith("/-/") or path.startswith("/_"))


async def nothing() -> dict[str, Any]:
    """There is no body to read."""
    return {"type": "http.request", "body": b"", "more_body": False}
