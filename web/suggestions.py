"""Suggestions for misspelled names and for pages that do not exist."""

from collections.abc import Iterable
from difflib import get_close_matches
from sqlite3 import Row

from datasette.app import Datasette
from datasette.utils import tilde_decode
from datasette.utils.asgi import Base400, Request, Response

from web.options import DATABASE, LIST
from web.search import matches

MAX_WORD_LENGTH = 40
MAX_PROBLEMS = 10
NAMES_SQL = """
    SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
    UNION SELECT p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p
"""
# Problems by their current and former codes.
PROBLEMS_SQL = """
    SELECT upper(detail) AS word, problems.code, name
    FROM events JOIN problems ON problems.id = problem_id AND problems.code <> ''
    WHERE kind = 'recoded'
    UNION ALL SELECT upper(code), code, name FROM problems
"""


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """A question to append to a message; blank unless one of `names` is similar."""
    similar_names = get_close_matches(word.lower(), list(names), n=1)
    return f" Did you mean {similar_names[0]}?" if similar_names else ""


def check_name(name: str, names: Iterable[str], message: str) -> None:
    """Raise Base400 with `message` and the name unless it is one of `names`."""
    if name not in names:
        raise Base400(f"{message} `{name}`.{did_you_mean(name, names)}")


async def suggest_name(datasette: Datasette, kind: str, word: str) -> str:
    """Suggest a table or column for an unknown name, or quotes around text."""
    names = await datasette.get_database(DATABASE).execute(NAMES_SQL)
    quotes = f" Put text in single quotes: '{word}'." if kind == "column" else ""
    return did_you_mean(word, [name for [name] in names.rows]) or quotes


async def suggest_problems(datasette: Datasette, request: Request) -> Response | list[Row]:
    """If the path ends in a problem's code, redirect to that problem. Otherwise return problems
    with a similar code or name."""
    word = tilde_decode(request.path.rstrip("/").rpartition("/")[2][:MAX_WORD_LENGTH])
    rows = (await datasette.get_database(DATABASE).execute(PROBLEMS_SQL)).rows
    by_code = {row["word"]: row for row in rows}
    if row := by_code.get(word.upper()):
        return Response.redirect(datasette.urls.row(DATABASE, LIST, row["code"]))
    words = "".join(letter if letter.isalnum() else " " for letter in word).strip()
    codes = get_close_matches(word.upper(), by_code)
    names = [row for row in rows if words and matches(words, row["name"])]
    return [*map(by_code.__getitem__, codes), *names][:MAX_PROBLEMS]
