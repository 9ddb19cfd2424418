"""Topics on the list, on a problem's page, as questions, and on pages of their own."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.projects import ROOT
from tests.support.queries import ask
from tests.support.sites import get, words

LIST = "/spojscore/problems"
KNOWN = ["PRIME1", "AGGRCOW", "GSS1", "PT07Z", "EKO", "AIBOHP"]


def in_files() -> dict[str, tuple[list[str], list[str]]]:
    """The tags and the topics of each code, by the project's two files and nothing else."""
    with (ROOT / "data" / "topics.csv").open(encoding="utf-8", newline="") as file:
        topic = {row["slug"]: row["topic"] for row in csv.DictReader(file)}
    with (ROOT / "data" / "tags-2022-08-07.csv").open(encoding="utf-8", newline="") as file:
        tags = {row["code"]: sorted(row["tags"].split()) for row in csv.DictReader(file)}
    return {
        code: (slugs, sorted({topic[slug] for slug in slugs} - {""}))
        for code, slugs in tags.items()
    }


@pytest.fixture(scope="module")
def counted(crawled: Path) -> Counter[str]:
    """How many of the problems have each topic."""
    codes = {row["code"] for row in rows(crawled)}
    return Counter(
        topic for code, (_, topics) in in_files().items() if code in codes for topic in topics
    )


def facet(site: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get(f"{site}{LIST}.json?_facet_array=topics&_size=1{query}"))
    return found


def test_the_facet_counts_what_the_files_say(
    site: str, crawled: Path, counted: Counter[str]
) -> None:
    assert len(counted) == 33
    results = facet(site)["facet_results"]["topics"]["results"]
    assert {result["value"]: result["count"] for result in results} == counted
    page = Selector(get(f"{site}{LIST}?_facet_array=topics"))
    shown = page.css("#facet-topics li").xpath("string()").getall()
    assert {" ".join(line.split()) for line in shown} == {
        *(f"{topic.replace('-', ' ')} {count}" for topic, count in counted.items()),
        "no topic known",
    }
    sql = "SELECT value, count(*) AS n FROM problems, json_each(topics) GROUP BY value"
    assert {row["value"]: row["n"] for row in rows(crawled, sql)} == counted
    like = "SELECT count(*) AS n FROM problems WHERE topics LIKE '%\"graphs\"%'"
    assert rows(crawled, like) == [{"n": counted["graphs"]}]


def test_a_topic_filters_the_list(site: str, counted: Counter[str]) -> None:
    page = Selector(get(f"{site}{LIST}?topics__arraycontains=graphs"))
    assert f"{counted['graphs']} problems : topic graphs" in words(page.get() or "")
    codes = page.css("tr[data-code]::attr(data-code)").getall()
    assert len(codes) == counted["graphs"]
    assert all("graphs" in in_files()[code][1] for code in codes)
    assert page.css("td.col-topics::text").get("").split(", ").count("graphs") == 1


def test_no_topic_known_is_a_choice(site: str, crawled: Path) -> None:
    page = Selector(get(f"{site}{LIST}?_facet_array=topics&topics__arraycontains=graphs"))
    choice = page.xpath("//a[text()='no topic known']/@href").get("")
    chosen = words(get(f"{site}{choice}"))
    [none] = rows(crawled, "SELECT count(*) AS n FROM problems WHERE topics = '[]'")
    assert f"{none['n']:,} problems : no topic known" in chosen
    without = Selector(get(f"{site}{choice}")).css("[aria-label='Remove topics no topic known']")
    assert "topics=" not in without.attrib["href"].replace("_facet_array=topics", "")


def test_not_this_topic_is_none(site: str) -> None:
    comparisons = Selector(get(f"{site}{LIST}")).css("[name=_filter_op] option::attr(value)")
    assert "arraycontains" in comparisons.getall()
    assert "arraynotcontains" not in comparisons.getall()


def test_the_list_leads_to_the_facet_and_shows_no_topics(site: str) -> None:
    page = Selector(get(f"{site}{LIST}"))
    assert page.css("td.col-topics") == []
    assert page.css(".count-by a::attr(href)").getall()[-1] == f"{LIST}?_facet_array=topics"


@pytest.mark.parametrize("code", KNOWN)
def test_a_problem_s_tags_are_folded_as_they_are_in_the_file(code: str, site: str) -> None:
    tags, topics = in_files()[code]
    folded = Selector(get(f"{site}{LIST}/{code}")).css("details.topics")
    assert "open" not in folded.attrib
    assert folded.css("summary::text").get() == "Show topics"
    links = folded.css("a::attr(href)").getall()
    assert [link for link in links if "/tag/" in link] == [
        f"https://www.spoj.com/problems/tag/{tag}" for tag in tags
    ]
    assert [link for link in links if link.startswith("/topics/")] == [
        f"/topics/{topic}" for topic in topics
    ]
    assert "as they were on 2022-08-07." in words(folded.get() or "")


def test_a_problem_without_tags_has_no_known_topic(grown_site: str) -> None:
    folded = Selector(get(f"{grown_site}{LIST}/STEADY")).css("details.topics")
    assert "No topic is known." in words(folded.get() or "")


def test_the_question_of_all_topics(crawled: Path, counted: Counter[str]) -> None:
    *known, unknown = ask(crawled, "topics")
    assert {row["topic"]: row["problems"] for row in known} == counted
    assert [row["problems"] for row in known] == sorted(counted.values(), reverse=True)
    listed = rows(crawled)
    assert unknown["topic"] == "no topic known"
    assert unknown["problems"] == sum(row["topics"] == "[]" for row in listed)
    graphs = [row for row in listed if '"graphs"' in row["topics"]]
    [told] = [row for row in known if row["topic"] == "graphs"]
    assert told["solves"] == sum(row["users"] for row in graphs)
    assert told["points"] == round(sum(row["score"] for row in graphs), 2)
    tried = [row for row in graphs if row["acceptance"]]
    tries = sum(row["users"] * 100 / row["acceptance"] for row in tried)
    assert told["acceptance"] == round(100 * sum(row["users"] for row in tried) / tries, 2)


def test_the_best_value_in_a_topic(crawled: Path) -> None:
    best = ask(crawled, "topic_value", topic=" Dynamic programming ")
    assert best == ask(crawled, "topic_value", topic="dynamic-programming")
    assert len(best) == 100
    assert all("dynamic-programming" in in_files()[row["code"]][1] for row in best)
    everything = ask(crawled, "topic_value")
    assert everything == ask(crawled, "effort")


def codes(part: Selector) -> list[str]:
    return part.css("li::attr(data-code)").getall()


def test_a_topic_s_page_has_the_ten_of_each(site: str, crawled: Path) -> None:
    page = Selector(get(f"{site}/topics/graphs"))
    assert page.css("h1::text").get() == "Graphs"
    best, solved, liked = (codes(section) for section in page.css("section"))
    assert best == [row["code"] for row in ask(crawled, "topic_value", topic="graphs")][:10]
    graphs = [row for row in rows(crawled) if '"graphs"' in row["topics"]]
    by_users = sorted(graphs, key=lambda row: (-row["users"], row["code"]))
    assert solved == [row["code"] for row in by_users[:10]]
    by_votes = sorted(
        (row for row in graphs if row["liked"]), key=lambda row: (-row["liked"], row["code"])
    )
    assert liked == [row["code"] for row in by_votes[:10]]
    assert len(best) == len(solved) == len(liked) == 10


def test_a_topic_s_page_tells_its_age_and_what_it_covers(site: str, crawled: Path) -> None:
    listed = sorted(rows(crawled), key=lambda row: (-row["users"], row["code"]))
    known = [row["topics"] != "[]" for row in listed]
    told = (
        "Topics come from the tags of SPOJ’s users , as they were on 2022-08-07. They tell the "
        f"topics of {sum(known):,} of {len(known):,} problems, and of {sum(known[:100])} of the "
        "100 most solved: where none is known, it may be any."
    )
    assert told in words(get(f"{site}/topics/graphs"))
    assert told in words(get(f"{site}/topics"))


def test_each_topic_is_linked_from_home_and_has_a_page(site: str, counted: Counter[str]) -> None:
    for path in ("/", "/topics"):
        links = Selector(get(f"{site}{path}")).css("a::attr(href)").getall()
        assert {link for link in links if link.startswith("/topics/")} == {
            f"/topics/{topic}" for topic in counted
        }
    page = words(get(f"{site}/topics/trees-and-segment-trees"))
    assert f"{counted['trees-and-segment-trees']} problems , solved" in page


@pytest.mark.parametrize("path", ["/topics/nope", "/topics/Graphs", "/topics/x%22,%20%22y"])
def test_what_is_no_topic_is_not_found(path: str, site: str) -> None:
    with pytest.raises(HTTPError) as answer:
        get(f"{site}{path}")
    assert answer.value.code == 404
