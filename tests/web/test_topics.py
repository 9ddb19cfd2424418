"""Topics, families, years, articles and the ladder: page and JSON equal the CSV files."""

import csv
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus

import pytest
from parsel import Selector

from standin.problems import problems
from tests.support.commits import A, B, C, crawl
from tests.support.databases import rows
from tests.support.projects import ROOT
from tests.support.queries import run_query
from tests.support.sites import get, get_json, get_page, words

LIST = "/spojscore/problems"


def read(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class DataFacts(NamedTuple):
    """Facts of data/ about each listed problem, and the problems of each article."""

    topics: dict[str, set[str]]
    families: dict[str, set[str]]
    year: dict[str, set[int]]
    articles: dict[str, set[str]]


FAMILIES = {row["topic"]: row["family"] for row in read("topics.csv")}
ARTICLE_TOPICS = {row["article"]: row["topic"] for row in read("article-topics.csv")}


@pytest.fixture(scope="module")
def facts() -> DataFacts:
    codes = {entry.code for entry in problems()}
    topic = {row["slug"]: row["topic"] for row in read("topics.csv")}
    topics: dict[str, set[str]] = defaultdict(set)
    articles: dict[str, set[str]] = defaultdict(set)
    for row in read("tags-2022-08-07.csv"):
        topics[row["code"]] |= {topic[tag] for tag in row["tags"].split()} - {""}
    for row in read("articles-2026-07-18.csv"):
        topics[row["code"]].add(ARTICLE_TOPICS[row["article"]])
        articles[row["article"]].add(row["code"])
    families = {code: {FAMILIES[name] for name in topics[code]} for code in codes}
    dates = {row["code"]: row["added"] for row in read("added-2016-10-19.csv")}
    years = {code: {int(dates[code][:4])} for code in codes & dates.keys()}
    return DataFacts({code: topics[code] for code in codes}, families, years, articles)


def count_problems(values: dict[str, set[Any]]) -> Counter[Any]:
    return Counter(value for names in values.values() for value in names)


def find_topics(family: str) -> set[str]:
    return {topic for topic in FAMILIES if FAMILIES[topic] == family}


def hrefs(part: Selector) -> list[str]:
    return part.css("a::attr(href)").getall()


@pytest.mark.parametrize(
    ("column", "facet", "size"),
    [("year", "_facet", 13), ("topics", "_facet_array", 33), ("families", "_facet_array", 8)],
    ids=["years", "topics", "families"],
)
def test_facet_counts_equal_the_files(
    column: str, facet: str, size: int, site: str, facts: DataFacts
) -> None:
    expected = count_problems(getattr(facts, column))
    assert len(expected) == size
    query = f"{facet}={column}&_facet_size=max"
    results = get_json(f"{site}{LIST}.json?{query}&_size=0")["facet_results"][column]["results"]
    assert {row["value"]: row["count"] for row in results if row["value"]} == expected
    page = get_page(f"{site}{LIST}?{query}")
    chips = page.css(f"#facet-{column} li").xpath("normalize-space()").getall()
    assert {f"{str(value).replace('-', ' ')} {n:,}" for value, n in expected.items()} <= {*chips}


def test_list_offers_families_topics_and_years(site: str, facts: DataFacts) -> None:
    page = get_page(f"{site}{LIST}")
    links = [unquote_plus(link) for link in page.css(".menu a::attr(href)").getall()]
    families = {*count_problems(facts.families)}
    # A family of one topic is offered once.
    single_topics = {topic for topic in FAMILIES if len(find_topics(FAMILIES[topic])) == 1}
    topics = {*count_problems(facts.topics)} - single_topics
    for name, expected in (("families", families), ("topics", topics)):
        argument = f"{name}__arraycontains="
        assert {link.partition(argument)[2] for link in links if argument in link} == expected
    assert page.css(".menu [name=year__gte]")


def test_topics_page_has_each_family_with_its_topics(site: str, facts: DataFacts) -> None:
    cards = get_page(f"{site}/topics").css("[data-family]")
    assert {card.attrib["data-family"] for card in cards} == {*FAMILIES.values()} - {""}
    for card in cards:
        family = card.attrib["data-family"]
        assert f"{LIST}?families__arraycontains={quote(family)}" in hrefs(card)
        topics = {link.removeprefix("/topics/") for link in hrefs(card) if "/topics/" in link}
        assert topics == find_topics(family)
        number = count_problems(facts.families)[family]
        assert card.css("h2 small::text").get() == f"{number:,}"


@pytest.mark.parametrize("path", ["/topics", "/topics/graphs", f"{LIST}/LCA"])
def test_coverage_counts_tagged_problems(path: str, site: str, facts: DataFacts) -> None:
    tagged_count = sum(bool(names) for names in facts.topics.values())
    text = words(get_page(f"{site}{path}"))
    assert f"{tagged_count:,} of {len(facts.topics):,} problems" in text


def test_topic_pages_have_the_articles_with_practice_problems(site: str, facts: DataFacts) -> None:
    for topic in ("strings", "shortest-paths", "prime-numbers", "greedy"):
        page = get_page(f"{site}/topics/{topic}")
        urls = page.css("#articles dt a::attr(href)").getall()
        practice = [{*hrefs(part)} for part in page.css("#articles dd")]
        assert dict(zip(urls, practice, strict=True)) == {
            f"https://cp-algorithms.com/{article}.html": {f"{LIST}/{code}" for code in codes}
            for article, codes in facts.articles.items()
            if ARTICLE_TOPICS[article] == topic
        }


@pytest.mark.parametrize("code", ["PRIME1", "NAJPF", "LOCKER", "TETRIS2D", "QUADRATE"])
def test_problem_page_has_topics_articles_and_year(code: str, site: str, facts: DataFacts) -> None:
    page = get_page(f"{site}{LIST}/{code}")
    hidden_parts = page.css("details:has(summary:contains('topics')):not([open])")
    links = {link for part in hidden_parts for link in hrefs(part)}
    topics = {f"/topics/{topic}" for topic in facts.topics[code]}
    assert {link for link in links if link.startswith("/topics/")} == topics
    assert {link for link in links if link.endswith(".html")} == {
        f"https://cp-algorithms.com/{article}.html"
        for article, codes in facts.articles.items()
        if code in codes
    }
    years = {int(link.partition("?year=")[2]) for link in hrefs(page) if "?year=" in link}
    assert years == facts.year.get(code, set())


def test_ladder_page_equals_table(site: str, full_database: Path) -> None:
    ladder = rows(full_database, "SELECT rung, position, code FROM ladder ORDER BY rung, position")
    assert [row["code"] for row in ladder[:5]] == ["PRIME1", "AGGRCOW", "ONP", "COINS", "ACODE"]
    rungs = get_page(f"{site}/ladder").css("[data-rung]")
    assert [rung.css("tr[data-code]::attr(data-code)").getall() for rung in rungs] == [
        [row["code"] for row in ladder if row["rung"] == number] for number in range(1, 21)
    ]


def test_topics_query_counts_each_topic(full_database: Path, facts: DataFacts) -> None:
    *topics, untagged_row = run_query(full_database, "topics")
    assert {row["topic"]: row["problems"] for row in topics} == count_problems(facts.topics)
    assert untagged_row["problems"] == sum(not names for names in facts.topics.values())


def test_acceptance_of_topic_is_of_its_submissions(database: Path) -> None:
    """10 of 20 and 20 of 100 were accepted; a problem without an acceptance does not count."""
    lcs, lcs2 = replace(A, code="LCS", acceptance=50.0), replace(B, code="LCS2", acceptance=20.0)
    crawl(database, 0, lcs, lcs2, replace(C, code="NAJPF"))
    for query in ("topics", "topic_families"):
        assert [row["acceptance"] for row in run_query(database, query)] == [25]


def test_topic_value_accepts_topic_title(full_database: Path, facts: DataFacts) -> None:
    best_rows = run_query(full_database, "topic_value", topic=" Dynamic programming ")
    assert best_rows == run_query(full_database, "topic_value", topic="dynamic-programming")
    assert len(best_rows) == 100
    assert all("dynamic-programming" in facts.topics[row["code"]] for row in best_rows)


@pytest.mark.parametrize("name", ["nope", "Graphs", "x~22,~20~22y"])
def test_unknown_topic_is_not_found(name: str, site: str) -> None:
    get(f"{site}/topics/{name}", 404)
