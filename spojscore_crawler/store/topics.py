"""The topics of problems, from SPOJ's tags and from articles, and the families of topics."""

import csv
import json
from collections import defaultdict
from functools import cache
from pathlib import Path

from sqlite_utils import Database

DATA = Path(__file__).parents[2] / "data"


def article_url(path: str) -> str:
    return f"https://cp-algorithms.com/{path}.html"


@cache
def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_topics() -> dict[str, str]:
    """The topic of each tag and of each article's address; empty if it has none."""
    tags = {row["slug"]: row["topic"] for row in _read("topics.csv")}
    articles = {article_url(row["article"]): row["topic"] for row in _read("article-topics.csv")}
    return tags | articles


def read_families() -> dict[str, str]:
    """The family of each topic."""
    return {row["topic"]: row["family"] for row in _read("topics.csv") if row["topic"]}


def write_topics(db: Database) -> None:
    """Write families and the topics of articles and problems. Writes only rows that differ."""
    topics, families = read_topics(), read_families()
    if dict(db.execute("SELECT topic, family FROM families")) != families:
        db.execute("DELETE FROM families")
        db.conn.executemany("INSERT INTO families (topic, family) VALUES (?, ?)", families.items())
    db.conn.executemany(
        "UPDATE articles SET topic = ?2 WHERE url = ?1 AND topic IS NOT ?2",
        ((source, topic or None) for source, topic in topics.items()),
    )
    topics_by_code = defaultdict(set)
    for code, source in db.execute(
        "SELECT code, tag FROM tags UNION ALL SELECT code, url FROM articles"
    ):
        if topic := topics.get(source):
            topics_by_code[code].add(topic)
    rows = []
    for code, *old_values in db.execute("SELECT code, topics, families FROM problems"):
        problem_topics = topics_by_code.get(code, set())
        columns = problem_topics, {families[topic] for topic in problem_topics}
        if (new_values := [json.dumps(sorted(values)) for values in columns]) != old_values:
            rows.append((*new_values, code))
    db.conn.executemany("UPDATE problems SET topics = ?, families = ? WHERE code = ?", rows)
