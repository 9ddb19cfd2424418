"""Small lists, committed without a crawl, by days after a Monday."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from spojscore_crawler.history import commit_list
from spojscore_crawler.items import Problem
from spojscore_crawler.store.commit import Crawl

MONDAY = date(2026, 3, 2)
A, B, C = (Problem(id=n, code=f"P{n}", name=f"Name {n}", users=10 * n) for n in (1, 2, 3))


def crawl(path: Path, day: float, *problems: Problem) -> Crawl:
    """Commit a list, `day` days after Monday, 00:00."""
    started = datetime.combine(MONDAY, time(), UTC) + timedelta(days=day)
    row = Crawl(started, started + timedelta(minutes=2), 1, "www.spoj.com")
    commit_list(path, problems, row)
    return row
