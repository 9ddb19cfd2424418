"""Lets a CDN keep the pages: every visitor gets the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette import hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    App = Callable[..., Awaitable[None]]

OK = 200
# Pages tell the age of the data in hours; a publication clears the CDN's cache in any case.
KEPT = b"public, s-maxage=1800, stale-while-revalidate=600"


def kept(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a public page: not varying by who asks, which a CDN refuses to cache."""
    return [*((name, value) for name, value in headers if name.lower() != b"vary"),
            (b"cdn-cache-control", KEPT)]  # fmt: skip


def public(scope: dict[str, Any], message: dict[str, Any]) -> bool:
    headers = {name.lower(): value for name, value in message["headers"]}
    return (
        scope["method"] in ("GET", "HEAD")
        and message["status"] == OK
        and b"set-cookie" not in headers
        and b"no-store" not in headers.get(b"cache-control", b"")
    )


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    def wrapped(app: App) -> App:
        async def answer(scope: dict[str, Any], receive: App, send: App) -> None:
            async def send_kept(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start" and public(scope, message):
                    message["headers"] = kept(message["headers"])
                await send(message)

            await app(scope, receive, send_kept)

        return answer

    return wrapped
