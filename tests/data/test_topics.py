"""Each tag and each article has a topic, or a reason for having none."""

import csv
import re
from collections import Counter
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slugs() -> set[str]:
    return {slug for row in rows("tags-2022-08-07.csv") for slug in row["tags"].split()}


def test_topics_file_lists_each_tag_once() -> None:
    counted = Counter(row["slug"] for row in rows("topics.csv"))
    assert set(counted) == slugs()
    assert len(slugs()) == 208
    assert [slug for slug, times in counted.items() if times > 1] == []


def test_topics_are_about_thirty_slugs() -> None:
    topics = {row["topic"] for row in rows("topics.csv")} - {""}
    assert 25 <= len(topics) <= 35
    assert [topic for topic in topics if not re.fullmatch(r"[a-z]+(-[a-z]+)*", topic)] == []


def test_tags_without_topic_have_a_reason() -> None:
    without = [row for row in rows("topics.csv") if not row["topic"]]
    assert [row["slug"] for row in without if not row["reason"]] == []


def test_near_duplicates_are_one_topic() -> None:
    topic = {row["slug"]: row["topic"] for row in rows("topics.csv")}
    for alike in (
        "ad-hoc-1 adhoc adhoc-19",
        "number-theory numbertheory math-number-theory number-theory-13",
        "graph graph-theory graph-116",
        "datastructures data-structures-19 data-structure-1 ds",
        "dynamic-programming dynamic-programming-141 dp-10 dp-11 dp-202 digit-dp-1",
        "segment-tree-1 segment-tree-73 segment-tree-179 segment-tree-386",
        "gcd gcd-29 gcd-3-1 greatest-common-divisor",
    ):
        topics = {topic[slug] for slug in alike.split()}
        assert len(topics - {""}) == len(topics) == 1, alike


def test_contests_and_typos_have_no_topic() -> None:
    topic = {row["slug"]: row["topic"] for row in rows("topics.csv")}
    contests = [slug for slug in topic if slug.startswith("bubble-cup-")]
    assert len(contests) == 9
    others = ["shanghai-2009", "hangzhou-2008", "eid2016", "ioitc", "kernel", "bash", "numbe"]
    assert {topic[slug] for slug in contests + others} == {""}


def test_topics_have_one_family() -> None:
    pairs = {(row["topic"], row["family"]) for row in rows("topics.csv") if row["topic"]}
    assert len(pairs) == len({topic for topic, _ in pairs})
    assert {family for _, family in pairs} == {
        "Graphs", "Dynamic programming", "Trees", "Strings", "Maths", "Geometry",
        "Data structures", "Other",
    }  # fmt: skip
    assert {row["family"] for row in rows("topics.csv") if not row["topic"]} == {""}


def test_each_article_has_one_of_the_topics() -> None:
    articles = [row["article"] for row in rows("article-topics.csv")]
    assert sorted({row["article"] for row in rows("articles-2026-07-18.csv")}) == articles
    assert len(articles) == 53
    topics = {row["topic"] for row in rows("topics.csv")} - {""}
    assert {row["topic"] for row in rows("article-topics.csv")} <= topics
