"""Rewrites Datasette's CSV for spreadsheets and other tools."""

import csv
import io
import re
import sys

# Columns that hold JSON arrays, and what separates their values; families contain spaces.
SEPARATORS = {"topics": " ", "families": "; "}
ITEM = re.compile(r'"([^"]*)"')
# Cells that spreadsheets treat as formulas: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.]+(e[+-]?\d+)?$)")

csv.field_size_limit(sys.maxsize)


def rewrite_csv(text: str) -> str:
    """Write lists without JSON's brackets and quotes, and put an apostrophe before formulas."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    names = rows[0] if rows else []
    lists = [(n, SEPARATORS[name]) for n, name in enumerate(names) if name in SEPARATORS]
    for row in rows[1:]:
        for index, separator in lists:
            if row[index].startswith("["):
                row[index] = separator.join(ITEM.findall(row[index]))
    output = io.StringIO()
    csv.writer(output).writerows(
        [f"'{cell}" if FORMULA.match(cell) else cell for cell in row] for row in rows
    )
    return output.getvalue()
