"""A small list with history and hostile names."""

from dataclasses import replace
from pathlib import Path

from spojscore_crawler.items import Problem
from standin.problems import problems
from tests.support.commits import crawl

HOSTILE_NAMES = {
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
    """Crawl on Monday, 10 and 8 days before the last day, and three times on that day."""
    real_problems = problems()
    [aggrcow] = [problem for problem in real_problems if problem.code == "AGGRCOW"]
    hostile_problems = [
        Problem(id=80_000 + n, code=code, name=name, users=5_000_000 + n)
        for n, (code, name) in enumerate(HOSTILE_NAMES.items())
    ]
    # Few people have solved the last 19.
    first_list = [
        *real_problems[:100],
        aggrcow,
        *real_problems[-19:],
        *hostile_problems,
        STEADY,
        LEAVING,
    ]
    first_list.sort(key=lambda problem: problem.id)
    later_list = [replace(problem, users=problem.users + 10) for problem in first_list]
    crawl(path, 0, *first_list)
    crawl(path, LAST_DAY - 10, *later_list)
    crawl(path, LAST_DAY - 8, *later_list)
    # Hostile names change most and come back on the last day, so that every page shows them.
    last_list = [
        replace(problem, users=problem.users + (920 if problem.code in HOSTILE_NAMES else 20))
        for problem in later_list
        if problem.code != "LEAVING"
    ]
    crawl(path, LAST_DAY, *last_list, ARRIVED)
    crawl(
        path,
        LAST_DAY,
        *(problem for problem in last_list if problem.code not in HOSTILE_NAMES),
        ARRIVED,
    )
    crawl(path, LAST_DAY, *last_list, ARRIVED)
