"""Rewrites Datasette's CSV for spreadsheets and other tools."""

from __future__ import annotations

import csv
import io
import json
import sys

LISTS = {"topics", "families"}  # columns that hold JSON arrays
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r")

csv.field_size_limit(sys.maxsize)


def rewrite_csv(text: str) -> str:
    """Separate the values of a list by spaces, and put an apostrophe before a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    header, *rows = csv.reader(io.StringIO(text, newline="")) or [[]]
    lists = [index for index, name in enumerate(header) if name in LISTS]
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(header)
    for row in rows:
        for index in lists:
            if row[index].startswith("["):
                row[index] = " ".join(map(str, json.loads(row[index])))
        writer.writerow([f"'{cell}" if is_formula(cell) else cell for cell in row])
    return output.getvalue()


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet takes a text for a formula. Numbers are none."""
    if not cell.startswith(FORMULA_PREFIXES):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False
