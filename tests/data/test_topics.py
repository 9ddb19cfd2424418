"""Each tag and each article has a topic, or a reason for having none."""

import csv
import re
from pathlib import Path

import pytest

from spojscore_crawler.store.facts import KINDS
from spojscore_crawler.store.topics import DATA


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TOPICS = rows(DATA / "topics.csv")
TOPIC_OF_TAG = {row["slug"]: row["topic"] for row in TOPICS}
FAMILY_OF_TOPIC = {row["topic"]: row["family"] for row in TOPICS}


def test_each_tag_has_one_line() -> None:
    tags = {tag for row in rows(KINDS["tags"].default_file) for tag in row["tags"].split()}
    assert sorted(row["slug"] for row in TOPICS) == sorted(tags)


def test_each_article_has_one_line() -> None:
    article_topics = rows(DATA / "article-topics.csv")
    articles = {row["article"] for row in rows(KINDS["articles"].default_file)}
    assert [row["article"] for row in article_topics] == sorted(articles)
    assert {row["topic"] for row in article_topics} <= FAMILY_OF_TOPIC.keys() - {""}


def test_topics_are_terms_with_one_family() -> None:
    assert all(re.fullmatch(r"([a-z]+(-[a-z]+)*)?", topic) for topic in FAMILY_OF_TOPIC)
    assert all(row["family"] == FAMILY_OF_TOPIC[row["topic"]] for row in TOPICS)
    assert [topic for topic, family in FAMILY_OF_TOPIC.items() if not family] == [""]


def test_tags_without_topic_have_a_reason() -> None:
    assert all(row["topic"] or row["reason"] for row in TOPICS)


@pytest.mark.parametrize(
    ("topic", "tags"),
    [
        ("ad-hoc", "ad-hoc-1 adhoc adhoc-19"),
        ("number-theory", "numbertheory math-number-theory gcd-3-1 greatest-common-divisor"),
        ("data-structures", "datastructures data-structures-19 data-structure-1 ds"),
        ("dynamic-programming", "dynamic-programming-141 dp-10 dp-202 digit-dp-1"),
        ("trees-and-segment-trees", "segment-tree-1 segment-tree-386"),
    ],
)
def test_near_duplicates_are_one_topic(topic: str, tags: str) -> None:
    assert {TOPIC_OF_TAG[tag] for tag in tags.split()} == {topic}
