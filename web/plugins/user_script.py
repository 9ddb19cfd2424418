"""Template variables of /spoj.user.js: its code and the values in its header."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request

from web.options import VERSION

SCRIPT = Path(__file__).parents[1] / "static" / "spoj.user.js"


@hookimpl
def extra_template_vars(
    datasette: Datasette, template: str, request: Request | None
) -> dict[str, Any]:
    if template != "pages/spoj.user.js.html" or request is None:
        return {}
    host = urlsplit(datasette.absolute_url(request, "/")).hostname
    return {"host": host, "version": VERSION, "user_script": SCRIPT.read_text(encoding="utf-8")}
