"""Who asked for a page that is not there: where else he may have meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import Response

from web.answers.asked import LONG
from web.options import DATABASE, LIST

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

FORM = re.compile(r"\.(json|csv)$")
# In any case of its letters, or a code that it once had.
MEANT = """
    SELECT code FROM problems WHERE code = :typed COLLATE NOCASE
    UNION ALL
    SELECT code FROM events WHERE kind = 'recoded' AND detail = :typed COLLATE NOCASE
    LIMIT 1
"""
LIKE = """
    SELECT code, name FROM problems WHERE found(:typed, code || ' ' || name)
    ORDER BY delisted IS NOT NULL, users DESC LIMIT 10
"""


async def elsewhere(datasette: Datasette, request: Request) -> Response | dict[str, Any]:
    """A redirection to the problem whose code was typed, or what an error page says instead."""
    last = request.path.rstrip("/").rpartition("/")[2]
    form = (FORM.search(last) or [""])[0]
    typed = {"typed": tilde_decode(last.removesuffix(form))[:LONG]}
    database = datasette.get_database()
    if meant := (await database.execute(MEANT, typed)).rows:
        page = datasette.urls.row(DATABASE, LIST, meant[0]["code"]) + form
        query = f"?{request.query_string}" if request.query_string else ""
        return Response.redirect(page + query)
    words = " ".join(re.findall(r"\w+", typed["typed"].replace("_", " ")))
    found = (await database.execute(LIKE, {"typed": words})).rows if words else []
    return {"typed": words, "found": found}
