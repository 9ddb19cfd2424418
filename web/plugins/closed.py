"""Datasette's own pages for those who run it are not for the public: one sets a cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    App = Callable[..., Awaitable[None]]

OPEN = ("/-/freshness.json", "/-/freshness.svg")
NOWHERE = "/-/closed"


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    def wrapped(app: App) -> App:
        async def answer(scope: dict[str, Any], receive: App, send: App) -> None:
            if scope.get("path", "").startswith("/-/") and scope["path"] not in OPEN:
                scope = {**scope, "path": NOWHERE, "raw_path": NOWHERE.encode()}
            await app(scope, receive, send)

        return answer

    return wrapped
