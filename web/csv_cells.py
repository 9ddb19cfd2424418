"""Rewrites Datasette's CSV for spreadsheets and other tools."""

from __future__ import annotations

import csv
import io
import re
import sys

LISTS = {"topics", "families"}  # columns that hold JSON arrays
SEPARATORS = re.compile(r'[\[\]",\s]+')
# Cells that spreadsheets treat as formulas: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.]+(e[+-]?\d+)?$)")

csv.field_size_limit(sys.maxsize)


def rewrite_csv(text: str) -> str:
    """Separate the values of lists with spaces, and put an apostrophe before formulas."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    lists = [index for index, name in enumerate(rows[0] if rows else ()) if name in LISTS]
    for row in rows[1:]:
        for index in lists:
            row[index] = SEPARATORS.sub(" ", row[index]).strip()
    output = io.StringIO()
    csv.writer(output).writerows(
        [f"'{cell}" if FORMULA.match(cell) else cell for cell in row] for row in rows
    )
    return output.getvalue()
