"""Suggestions for misspelt names."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return ' Did you mean code?' for the most similar name, '' if none is similar."""
    close = get_close_matches(word.lower(), list(names), n=1)
    return f" Did you mean {close[0]}?" if close else ""
