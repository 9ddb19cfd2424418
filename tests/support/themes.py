"""SPOJ's pages in the themes of the stand-in, and as a logged-in user sees them."""

import re
from collections.abc import Sequence

from standin.pages import THEMES as STANDIN_THEMES
from standin.pages import PageFunction, modern_page
from standin.problems import Entry

SOLVED_CELL = b'<td class="text-center"><span class="fa fa-check" title="Solved"></span></td>\n'


def logged_in_page(rows: Sequence[Entry], start: int, size: int, total: int) -> bytes:
    """The modern page with a mark before each id."""
    page = modern_page(rows, start, size, total).replace(b"<th>ID</th>", b"<th></th>\n<th>ID</th>")
    return re.sub(rb'<tr>\n(?=<td class="text-center">\d)', b"<tr>\n" + SOLVED_CELL, page)


THEMES: dict[str, PageFunction] = {**STANDIN_THEMES, "logged-in": logged_in_page}
