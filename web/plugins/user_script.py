"""What /spoj.user.js is made of: the code, and the facts in its head."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from datasette import hookimpl

from web.options import VERSION

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

SCRIPT = Path(__file__).parents[1] / "static" / "spoj.user.js"


@hookimpl
def extra_template_vars(
    datasette: Datasette, template: str, request: Request | None
) -> dict[str, Any]:
    if template != "pages/spoj.user.js.html" or request is None:
        return {}
    host = urlsplit(datasette.absolute_url(request, "/")).hostname
    return {"host": host, "version": VERSION, "user_script": SCRIPT.read_text(encoding="utf-8")}
