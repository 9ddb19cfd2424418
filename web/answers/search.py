"""Search as people type: without accents, apostrophes and capitals, by parts of codes and names."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

MOST_WORDS = 10
APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ´"))
# Letters that Unicode does not take apart.
ALIKE = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "ħ": "h", "ß": "ss", "æ": "ae", "œ": "oe"}
)


def folded(text: str) -> str:
    """The text as it is compared: `Erdős’ Déjà vu` is `erdos deja vu`."""
    text = text.lower()
    if text.isascii():  # nearly every name, and each of thousands counts
        return text.replace("'", "") if "'" in text else text
    apart = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).translate(ALIKE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@lru_cache(maxsize=64)
def words(typed: str) -> tuple[str, ...]:
    """What must all be found."""
    return tuple(folded(typed).split()[:MOST_WORDS])


@lru_cache(maxsize=8192)  # a page asks for the same rows thrice: to show, count and group them
def found(typed: str, text: str | None) -> bool:
    """Whether the text has each of the words that were typed: SQL's `found('erdos', name)`."""
    told = folded(text or "")
    return all(map(told.__contains__, words(typed)))
