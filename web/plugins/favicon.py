"""/favicon.ico: the site's own mark, for browsers ask there, instead of Datasette's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from datasette import hookimpl
from datasette.utils.asgi import asgi_send_file

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path(__file__).parent.parent / "static" / "favicon.png"


async def favicon(send: Callable[..., object]) -> None:
    await asgi_send_file(
        send,
        str(FILE),
        content_type="image/png",
        headers={"Cache-Control": "max-age=86400, public"},
    )


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., object]]]:
    return [(r"^/favicon\.ico$", favicon)]
