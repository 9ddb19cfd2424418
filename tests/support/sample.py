"""A small list with history and hostile names."""

from dataclasses import replace
from pathlib import Path

from spojscore_crawler.items import Problem
from standin.problems import problems
from tests.support.commits import crawl

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


def write_sample(path: Path) -> None:
    """Crawls on Monday, 10 and 8 days before the last, and thrice on the last day."""
    real = problems()
    [friends] = [problem for problem in real if problem.code == "AGGRCOW"]
    hostile = [
        Problem(id=80_000 + n, code=code, name=name, users=5_000_000 + n)
        for n, (code, name) in enumerate(HOSTILE.items())
    ]
    # Few people have solved the last 19.
    first = [*real[:100], friends, *real[-19:], *hostile, STEADY, LEAVING]
    first.sort(key=lambda problem: problem.id)
    later = [replace(problem, users=problem.users + 10) for problem in first]
    crawl(path, 0, *first)
    crawl(path, LAST_DAY - 10, *later)
    crawl(path, LAST_DAY - 8, *later)
    # Hostile names change most and come back on the last day, so that every page shows them.
    last = [
        replace(problem, users=problem.users + (920 if problem.code in HOSTILE else 20))
        for problem in later
        if problem.code != "LEAVING"
    ]
    crawl(path, LAST_DAY, *last, ARRIVED)
    crawl(path, LAST_DAY, *(problem for problem in last if problem.code not in HOSTILE), ARRIVED)
    crawl(path, LAST_DAY, *last, ARRIVED)
