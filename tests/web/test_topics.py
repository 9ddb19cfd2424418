"""Topics, families, years, articles and the ladder: page, JSON and SQL equal the CSV files."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus

import pytest
from parsel import Selector

from standin.problems import problems
from tests.support.databases import rows
from tests.support.projects import ROOT
from tests.support.queries import ask
from tests.support.sites import get, get_json, get_page, sql_path, words

LIST = "/spojscore/problems"


def read(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Known(NamedTuple):
    """Facts of data/ about each listed problem, and the problems of each article."""

    topics: dict[str, set[str]]
    families: dict[str, set[str]]
    year: dict[str, set[int]]
    articles: dict[str, set[str]]


@pytest.fixture(scope="module")
def known() -> Known:
    listed = {entry.code for entry in problems()}
    topic = {row["slug"]: row["topic"] for row in read("topics.csv")}
    family = {row["topic"]: row["family"] for row in read("topics.csv")}
    of_article = {row["article"]: row["topic"] for row in read("article-topics.csv")}
    topics: dict[str, set[str]] = defaultdict(set)
    articles: dict[str, set[str]] = defaultdict(set)
    for row in read("tags-2022-08-07.csv"):
        topics[row["code"]] |= {topic[tag] for tag in row["tags"].split()} - {""}
    for row in read("articles-2026-07-18.csv"):
        topics[row["code"]].add(of_article[row["article"]])
        articles[row["article"]].add(row["code"])
    families = {code: {family[name] for name in topics[code]} for code in listed}
    added = {row["code"]: row["added"] for row in read("added-2016-10-19.csv")}
    years = {code: {int(added[code][:4])} for code in listed & added.keys()}
    return Known({code: topics[code] for code in listed}, families, years, articles)


def count(values: dict[str, set[Any]]) -> Counter[Any]:
    return Counter(value for own in values.values() for value in own)


def read_json(address: str) -> Any:
    return get_json(address)


@pytest.mark.parametrize(
    ("column", "facet", "source"),
    [
        ("year", "_facet", "(SELECT year AS value FROM problems WHERE year > 0)"),
        ("topics", "_facet_array", "problems, json_each(topics)"),
        ("families", "_facet_array", "problems, json_each(families)"),
    ],
    ids=["years", "topics", "families"],
)
def test_facet_counts_equal_the_files(
    column: str, facet: str, source: str, site: str, known: Known
) -> None:
    expected = count(getattr(known, column))
    assert len(expected) == {"year": 13, "topics": 33, "families": 8}[column]
    query = f"{facet}={column}&_facet_size=max"
    results = read_json(f"{site}{LIST}.json?{query}&_size=0")["facet_results"][column]["results"]
    counts = {result["value"]: result["count"] for result in results if result["value"]}
    assert counts == expected
    page = get_page(f"{site}{LIST}?{query}")
    lines = page.css(f"#facet-{column} li").xpath("normalize-space()").getall()
    assert {f"{str(value).replace('-', ' ')} {number:,}" for value, number in expected.items()} <= {
        *lines
    }
    sql = f"SELECT value, count(*) FROM {source} GROUP BY value"
    assert dict(read_json(site + sql_path(sql, ".json"))["rows"]) == expected


@pytest.mark.parametrize(
    ("query", "column", "value"),
    [
        ("topics__arraycontains=graphs", "topics", "graphs"),
        ("families__arraycontains=Dynamic+programming", "families", "Dynamic programming"),
        ("year=2011", "year", 2011),
    ],
)
def test_filter_has_the_problems_of_the_files(
    query: str, column: str, value: object, site: str, known: Known
) -> None:
    expected = {code for code, own in getattr(known, column).items() if value in own}
    listed = read_json(f"{site}{LIST}.json?{query}&_size=max&_shape=array")
    assert {row["code"] for row in listed} == expected
    assert f"Problems {len(expected):,} of 3,974" in words(get_page(f"{site}{LIST}?{query}"))


def topics_of(family: str) -> set[str]:
    return {row["topic"] for row in read("topics.csv") if row["family"] == family}


def test_list_offers_families_topics_and_years(site: str, known: Known) -> None:
    page = get_page(f"{site}{LIST}")
    links = [unquote_plus(link) for link in page.css(".menu a::attr(href)").getall()]
    # A family of one topic is offered once.
    single = [names for one in count(known.families) if len(names := topics_of(one)) == 1]
    for name, expected in (
        ("families", {*count(known.families)}),
        ("topics", {*count(known.topics)}.difference(*single)),
    ):
        argument = f"{name}__arraycontains="
        assert {link.partition(argument)[2] for link in links if argument in link} == expected
    assert page.css(".menu [name=year__gte]")


def test_topics_page_has_each_family_with_its_topics(site: str, known: Known) -> None:
    page = get_page(f"{site}/topics")
    cards = page.css("[data-family]")
    of_families = defaultdict(set)
    for row in read("topics.csv"):
        of_families[row["family"]].add(row["topic"])
    assert {card.attrib["data-family"] for card in cards} == of_families.keys() - {""}
    for card in cards:
        family = card.attrib["data-family"]
        links = card.css("a::attr(href)").getall()
        assert f"{LIST}?families__arraycontains={quote(family)}" in links
        topics = {link.removeprefix("/topics/") for link in links if "/topics/" in link}
        assert topics == of_families[family]
        assert card.css("h2 small::text").get() == f"{count(known.families)[family]:,}"


@pytest.mark.parametrize("address", ["/topics", "/topics/graphs", f"{LIST}/LCA"])
def test_coverage_counts_tagged_problems(address: str, site: str, known: Known) -> None:
    tagged = sum(bool(own) for own in known.topics.values())
    text = words(get_page(f"{site}{address}"))
    assert f"{tagged:,} of {len(known.topics):,} problems" in text
    assert "cp-algorithms.com" in text


def hrefs(part: Selector) -> list[str]:
    return part.css("a::attr(href)").getall()


def test_topic_pages_have_the_articles_with_practice_problems(site: str, known: Known) -> None:
    topics = {row["article"]: row["topic"] for row in read("article-topics.csv")}
    for topic in ("strings", "shortest-paths", "prime-numbers", "greedy"):
        page = get_page(f"{site}/topics/{topic}")
        titles = page.css("#articles dt a::attr(href)").getall()
        practice = [{*hrefs(part)} for part in page.css("#articles dd")]
        assert dict(zip(titles, practice, strict=True)) == {
            f"https://cp-algorithms.com/{article}.html": {f"{LIST}/{code}" for code in codes}
            for article, codes in known.articles.items()
            if topics[article] == topic
        }
    assert read_json(f"{site}/spojscore/articles.json?_size=0")["filtered_table_rows_count"] == 175


@pytest.mark.parametrize("code", ["PRIME1", "NAJPF", "LOCKER", "TETRIS2D", "QUADRATE"])
def test_problem_page_has_topics_articles_and_year(code: str, site: str, known: Known) -> None:
    page = get_page(f"{site}{LIST}/{code}")
    hidden = page.css("details:has(summary:contains('topics')):not([open])")
    links = {link for part in hidden for link in hrefs(part)}
    assert {link for link in links if link.startswith("/topics/")} == {
        f"/topics/{topic}" for topic in known.topics[code]
    }
    assert {link for link in links if link.endswith(".html")} == {
        f"https://cp-algorithms.com/{article}.html"
        for article, codes in known.articles.items()
        if code in codes
    }
    years = {int(link.partition("?year=")[2]) for link in hrefs(page) if "?year=" in link}
    assert years == known.year.get(code, set())


def test_ladder_page_equals_table_and_sql(site: str, full_database: Path) -> None:
    stored = rows(full_database, "SELECT rung, position, code FROM ladder ORDER BY rung, position")
    assert [row["code"] for row in stored[:5]] == ["PRIME1", "AGGRCOW", "ONP", "COINS", "ACODE"]
    assert read_json(f"{site}/spojscore/ladder.json?_shape=array&_size=max") == stored
    rungs = get_page(f"{site}/ladder").css("[data-rung]")
    assert [rung.css("tr[data-code]::attr(data-code)").getall() for rung in rungs] == [
        [row["code"] for row in stored if row["rung"] == number] for number in range(1, 21)
    ]


def test_topics_query_counts_each_topic(full_database: Path, known: Known) -> None:
    *topics, untagged = ask(full_database, "topics")
    assert {row["topic"]: row["problems"] for row in topics} == count(known.topics)
    assert untagged["problems"] == sum(not own for own in known.topics.values())
    graphs = [row for row in rows(full_database) if '"graphs"' in row["topics"]]
    [row] = [row for row in topics if row["topic"] == "graphs"]
    assert (row["family"], row["solves"]) == ("Graphs", sum(one["users"] for one in graphs))


def test_topic_value_takes_a_topic_in_words(full_database: Path, known: Known) -> None:
    best = ask(full_database, "topic_value", topic=" Dynamic programming ")
    assert best == ask(full_database, "topic_value", topic="dynamic-programming")
    assert len(best) == 100
    assert all("dynamic-programming" in known.topics[row["code"]] for row in best)


@pytest.mark.parametrize("name", ["nope", "Graphs", "x~22,~20~22y"])
def test_unknown_topic_is_not_found(name: str, site: str) -> None:
    get(f"{site}/topics/{name}", 404)
