"""Suggestions for misspelt names and for pages that do not exist."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING

from datasette.utils import tilde_decode
from datasette.utils.asgi import Response

from web.options import DATABASE, LIST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from sqlite3 import Row

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

MAX_WORD_LENGTH = 40
SCHEMA_NAMES = """
    SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
    UNION SELECT p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
"""
# In any case, or a former code.
CODE = """
    SELECT code FROM problems WHERE code = :word COLLATE NOCASE
    UNION ALL
    SELECT code FROM events WHERE kind = 'recoded' AND detail = :word COLLATE NOCASE
    LIMIT 1
"""
ALL_CODES = "SELECT code FROM problems"
SIMILAR = """
    SELECT code, name FROM problems
    WHERE code IN (SELECT value FROM json_each(:codes))
        OR (:query <> '' AND found(:query, code || ' ' || name))
    ORDER BY code NOT IN (SELECT value FROM json_each(:codes)), delisted IS NOT NULL, users DESC
    LIMIT 10
"""


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A question to put after a sentence; blank unless one of `names` is similar."""
    close = get_close_matches(word.lower(), list(names), n=1)
    return f" Did you mean {close[0]}?" if close else ""


async def similar_name(datasette: Datasette, word: str) -> str:
    """`did_you_mean` for an unknown table or column."""
    names = await datasette.get_database(DATABASE).execute(SCHEMA_NAMES)
    return did_you_mean(word, [name for [name] in names.rows])


async def redirect_to_problem(datasette: Datasette, request: Request) -> Response | None:
    """Redirect to the problem whose code or former code, in any case, ends the path."""
    word, extension = last_word(request)
    row = (await datasette.get_database(DATABASE).execute(CODE, {"word": word})).first()
    if row is None:
        return None
    query = f"?{request.query_string}" if request.query_string else ""
    return Response.redirect(datasette.urls.row(DATABASE, LIST, row["code"]) + extension + query)


async def similar_problems(datasette: Datasette, request: Request) -> list[Row]:
    """Problems whose code is similar to the end of the path, or that a search for it finds."""
    word, _ = last_word(request)
    database = datasette.get_database(DATABASE)
    codes = [code for [code] in (await database.execute(ALL_CODES)).rows]
    query = "".join(letter if letter.isalnum() else " " for letter in word).strip()
    params = {"codes": json.dumps(get_close_matches(word.upper(), codes)), "query": query}
    return list((await database.execute(SIMILAR, params)).rows)


def last_word(request: Request) -> tuple[str, str]:
    """The end of the path, decoded, and its extension if that is .json or .csv."""
    word = request.path.rstrip("/").rpartition("/")[2][:MAX_WORD_LENGTH]
    extension = next((end for end in (".json", ".csv") if word.endswith(end)), "")
    return tilde_decode(word.removesuffix(extension)), extension
