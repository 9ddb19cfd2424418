"""Search by parts of codes and names, ignoring accents, apostrophes and case.

Also imported by run_sql.py, which runs without site packages: standard library only.
"""

import unicodedata
from functools import lru_cache

MAX_WORDS = 10
APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ´"))
# Letters that Unicode does not decompose.
LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "ħ": "h", "ß": "ss", "æ": "ae", "œ": "oe"}
)


def fold(text: str) -> str:
    """Fold a text for comparison: `Erdős’ Déjà vu` becomes `erdos deja vu`."""
    text = text.lower()
    if text.isascii():  # true of nearly every name; a search compares thousands
        return text.replace("'", "") if "'" in text else text
    decomposed_text = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).translate(LETTERS))
    return "".join(letter for letter in decomposed_text if not unicodedata.combining(letter))


@lru_cache(maxsize=64)
def query_words(query: str) -> tuple[str, ...]:
    """Return the words that a text must contain to match the query."""
    return tuple(fold(query).split()[:MAX_WORDS])


@lru_cache(maxsize=8192)  # a page matches each row up to three times: rows, count, facets
def matches(query: str, text: str | None) -> bool:
    """Whether the text contains each word of the query. In SQL: `found('erdos', name)`."""
    folded_text = fold(text or "")
    return all(map(folded_text.__contains__, query_words(query)))
