"""Suggestions for misspelt names and for pages that do not exist."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from datasette.utils import tilde_decode
from datasette.utils.asgi import Base400, Response

from web.options import DATABASE, LIST
from web.search import matches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from sqlite3 import Row

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

MAX_WORD_LENGTH = 40
MAX_PROBLEMS = 10
NAMES = """
    SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
    UNION SELECT p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
"""
# Each problem by its code, and by former ones.
PROBLEMS = """
    SELECT upper(detail) AS word, code, name FROM events JOIN problems USING (code)
    WHERE kind = 'recoded'
    UNION ALL SELECT upper(code), code, name FROM problems
"""


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A question to put after a sentence; blank unless one of `names` is similar."""
    close = get_close_matches(word.lower(), list(names), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def check_name(name: str, names: Iterable[str], message: str) -> None:
    """Raise Base400 with a message that ends in the name unless it is one of `names`."""
    if name not in names:
        raise Base400(f"{message} `{name}`.{did_you_mean(name, names)}")


async def similar_name(datasette: Datasette, word: str) -> str:
    """`did_you_mean` for an unknown table or column."""
    names = await datasette.get_database(DATABASE).execute(NAMES)
    return did_you_mean(word, [name for [name] in names.rows])


async def suggest_problems(datasette: Datasette, request: Request) -> Response | list[Row]:
    """Redirect to the problem whose code ends the path, else find those with a similar code or
    with its words in their name."""
    word = tilde_decode(request.path.rstrip("/").rpartition("/")[2][:MAX_WORD_LENGTH])
    rows = (await datasette.get_database(DATABASE).execute(PROBLEMS)).rows
    by_code = {row["word"]: row for row in rows}
    if row := by_code.get(word.upper()):
        return Response.redirect(datasette.urls.row(DATABASE, LIST, row["code"]))
    words = "".join(letter if letter.isalnum() else " " for letter in word).strip()
    codes = get_close_matches(word.upper(), by_code)
    names = [row for row in rows if words and matches(words, row["name"])]
    return [*map(by_code.__getitem__, codes), *names][:MAX_PROBLEMS]
