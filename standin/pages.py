"""The pages of the list in SPOJ's two themes.

The old theme matches pages served in 2011 and 2014. No raw page of the modern theme is known; ours
has every element that a dozen scrapers of 2015 to 2025 rely on.
"""

import re
from collections.abc import Callable, Sequence
from html import unescape

from standin.pager import modern_pager, old_pager
from standin.problems import Entry

NOTICE = "This is not SPOJ but a stand-in for tests and demonstrations."


def old_page(rows: Sequence[Entry], start: int, size: int, total: int) -> bytes:
    """A page in ISO 8859-2, with character references for all other characters."""
    page = _OLD_TEMPLATE.replace("PAGER", old_pager(start, size, total))
    page = page.replace("ROWS", "".join(_old_row(entry) for entry in rows))
    return page.encode("iso-8859-2", "xmlcharrefreplace")


def modern_page(rows: Sequence[Entry], start: int, size: int, total: int) -> bytes:
    page = _MODERN_TEMPLATE.replace("PAGER", modern_pager(start, size, total))
    return page.replace("ROWS", "".join(_modern_row(entry) for entry in rows)).encode()


# (rows, start, rows of a full page, all rows) -> the page
PageFunction = Callable[[Sequence[Entry], int, int, int], bytes]
THEMES: dict[str, PageFunction] = {"modern": modern_page, "old": old_page}


def error_page(message: str) -> bytes:
    """SPOJ's response to an unknown address, which it sends with status 200."""
    return _FRAME_TEMPLATE.replace("CONTENT", message).encode()


def escape_name(name: str) -> str:
    """Escape a name as SPOJ does: bare `&`, and references without a semicolon."""
    if unescape(name) != name:
        name = name.replace("&", "&amp;")
    name = re.sub(r"['+](?![\d;])", lambda mark: f"&#{ord(mark[0])}", name)
    return name.replace("<", "&lt;").replace(">", "&gt;")


def _links(entry: Entry) -> tuple[str, str]:
    """Links with the solvers and acceptance of the entry, and the points in SPOJ's format."""
    points = f"{80 / (41 + entry.users):.2f}".rstrip("0").rstrip(".")
    acceptance = "-" if entry.acceptance is None else f"{entry.acceptance:.2f}"
    ranks = f'"/ranks/{entry.code}" title="Value {points} points. See the best solutions."'
    status = f'"/status/{entry.code}" title="See all submitted solutions to this problem."'
    return f"<a href={ranks}>{entry.users}</a>", f"<a href={status}>{acceptance}</a>"


def _old_row(entry: Entry) -> str:
    users, acceptance = _links(entry)
    return f"""<tr class="problemrow">
<td>{entry.id}</td>
<td align="left">&nbsp;
<a href="/problems/{entry.code}/">&nbsp;<b>{escape_name(entry.name)}</b></a></td>
<td><a href="/submit/{entry.code}" title="Submit a solution to this problem.">
{entry.code}</a></td>
<td>{users}</td>
<td>{acceptance}</td>
</tr>
"""


def _modern_row(entry: Entry) -> str:
    users, acceptance = _links(entry)
    quality = difficulty = ""
    if entry.votes_up is not None and entry.votes_down is not None:
        votes = f"+{entry.votes_up} -{entry.votes_down} votes"
        quality = f'<span title="{votes}">{entry.votes_up - entry.votes_down}</span>'
    if entry.concept_difficulty is not None:
        difficulty = (
            '<div class="difficulty" title="Implementation and concept difficulty">'
            f'<span class="implementation">{entry.implementation_difficulty:g}</span> '
            f'<span class="concept">{entry.concept_difficulty:g}</span></div>'
        )
    return f"""<tr>
<td class="text-center">{entry.id}</td>
<td><a href="/problems/{entry.code}">{escape_name(entry.name)}</a></td>
<td class="text-center">{quality}</td>
<td class="text-center">{users}</td>
<td class="text-center">{acceptance}</td>
<td class="text-center">{difficulty}</td>
</tr>
"""


_FRAME_TEMPLATE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Stand-in for SPOJ</title>
</head>
<body>
<p><b>NOTICE</b></p>
<div class="content">
CONTENT
</div>
</body>
</html>
""".replace("NOTICE", NOTICE)

_MODERN_TEMPLATE = _FRAME_TEMPLATE.replace(
    "CONTENT",
    """<h2>Problems classical</h2>
PAGER
<table class="problems table table-condensed table-hover">
<thead>
<tr>
<th>ID</th>
<th><a href="?sort=2">NAME</a></th>
<th>QUALITY</th>
<th><a href="?sort=6">USERS</a></th>
<th>ACC %</th>
<th>DIFFICULTY</th>
</tr>
</thead>
<tbody>
ROWS</tbody>
</table>
PAGER""",
)

_OLD_TEMPLATE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html>
<head>
<title>Stand-in for SPOJ</title>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2" id="metatag">
</head>
<body>
<p><b>NOTICE</b></p>
<H3>list of classical problems </H3>
PAGER
<table class="problems" width="100%">
<tr class="headerrow">
<th width="6%" class="headerrowleft"><a href="?sort=5">ID</a></th>
<th width="60%"><a href="?sort=2">NAME</a></th>
<th width="11%"><a href="?sort=1">CODE</a></th>
<th width="9%"><a href="?sort=6">USERS</a></th>
<th width="5%" class="headerrowright"><a href="?sort=7">ACC&nbsp;%</a></th>
</tr>
ROWS</table>
</body>
</html>
""".replace("NOTICE", NOTICE)
