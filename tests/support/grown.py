"""A small list with history and hostile names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spojscore_crawler.items import Problem
from standin.problems import problems
from tests.support.commits import crawl

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = {
    "XSCRIPT": "<script>document.title='owned'</script>",
    "XIMAGE": "\"><img src=x onerror=\"document.title='owned'\">",
    "XSVG": "</text></svg><svg onload=document.title=1>",
    "XQUOTE": "' onmouseover='document.title=1",
    "XFORMULA": "=HYPERLINK(\"http://evil.example/\",\"click\")",
    "XPLUS": "+1+cmd|' /C calc'!A0",
    "XAT": "@SUM(1+1)",
    "XMINUS": "-2+3",
    "XTAB": "\t=1+1",
    "XJINJA": "{{ 7 * 7 }}{% raw %}",
    "XCDATA": "]]>&lt;&amp;",
    "XCONTROL": "bell \x07 tab \x0b end",
    "XBIDI": "\u202egnp.exe",
    "XSQL": "'); DROP TABLE problems; --",
    "XWIDE": "W" * 200,
}  # fmt: skip
LAST_DAY = 40
STEADY = Problem(id=90_001, code="STEADY", name="Steady Climb", users=10, acceptance=40.0)
LEAVING = Problem(id=90_002, code="LEAVING", name="Leaving", users=7)
ARRIVED = Problem(id=90_003, code="ARRIVED", name="Arrived", users=0)


def make(path: Path) -> None:
    """Crawls on Monday, 10 and 8 days before the last, and thrice on the last day."""
    listed = problems()
    [friends] = [entry for entry in listed if entry.code == "AGGRCOW"]
    bulk = [
        Problem(
            id=entry.id, code=entry.code, name=entry.name, users=entry.users,
            acceptance=entry.acceptance, votes_up=entry.votes_up, votes_down=entry.votes_down,
        )
        for entry in (*listed[:100], friends, *listed[-19:])  # few have solved the last
    ]  # fmt: skip
    hostile = [
        Problem(id=80_000 + n, code=code, name=name, users=5_000_000 + n)
        for n, (code, name) in enumerate(HOSTILE.items())
    ]
    before = sorted([*bulk, *hostile, STEADY, LEAVING], key=lambda one: one.id)
    crawl(path, 0, *before)
    crawl(path, LAST_DAY - 10, *(replace(one, users=one.users + 10) for one in before))
    crawl(path, LAST_DAY - 8, *(replace(one, users=one.users + 10) for one in before))
    now = [replace(one, users=one.users + 30) for one in before if one.code != "LEAVING"]
    # The hostile ones change most, so that they appear on every page.
    now = [replace(one, users=one.users + 900) if one.code in HOSTILE else one for one in now]
    crawl(path, LAST_DAY, *now, ARRIVED)
    # And they are in the news.
    crawl(path, LAST_DAY, *(one for one in now if one.code not in HOSTILE), ARRIVED)
    crawl(path, LAST_DAY, *now, ARRIVED)
