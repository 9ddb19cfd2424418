"""`?_q=`: the list's search, by parts of codes and names, from one letter on.

Datasette's own `_search` asks the trigram index, which is silent below three letters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette import hookimpl
from datasette.filters import FilterArguments

if TYPE_CHECKING:
    from datasette.utils.asgi import Request

# instr, not LIKE: whatever is typed stands for itself.
WORD = "instr(lower(code || ' ' || name), lower(:q{}))"
MOST_WORDS = 10


@hookimpl
def filters_from_request(request: Request, table: str) -> FilterArguments | None:
    """Every word that was typed must be in the code or the name."""
    asked = request.args.get("_q") or ""
    words = asked.split()[:MOST_WORDS]
    if table != "problems" or not words:
        return None
    return FilterArguments(
        [WORD.format(number) for number in range(len(words))],
        params={f"q{number}": word for number, word in enumerate(words)},
        human_descriptions=[f"code or name contains {' and '.join(words)}"],
    )
