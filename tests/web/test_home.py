"""The home page over a list with a past."""

import json
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.queries import ask
from tests.support.sites import get, shown, words

KILOBYTES = 100


@pytest.fixture(scope="module")
def home(grown_site: str) -> Selector:
    return Selector(get(f"{grown_site}/"))


def answers(home: Selector) -> dict[str, str]:
    """What stands beside the link of each sample question, by the question's name."""
    return {
        item.css("a::attr(href)").get("").rpartition("/")[2]: " ".join(
            "".join(item.xpath("text() | b//text()").getall()).split()
        )
        for item in home.css("ul.questions li")
    }


def test_six_sample_questions_have_live_numbers(home: Selector, grown: Path) -> None:
    [best, *_] = ask(grown, "effort")
    [easier, *_] = ask(grown, "easier")
    most = ask(grown, "most_solved")
    listed = "FROM problems WHERE delisted IS NULL"
    [[alone], [unsolved]] = (
        rows(grown, f"SELECT count(*) AS n {listed} AND users = {users}")[0].values()
        for users in (1, 0)
    )
    [solves] = rows(grown, "SELECT sum(solves_7) AS n FROM movers")
    assert answers(home) == {
        "effort": f"{best['code']} for {best['points_if_solved']:.3g} points",
        "easier": f"{easier['points_if_solved']:.3g} points, {easier['acceptance']} % accepted",
        "unsolved": f"{unsolved} problem, 1.95 points each",
        "hardest": f"{alone} were solved by one person",
        "most_solved": f"the first {len(most)} make {most[-1]['points_so_far']:.3g} points",
        "moved": f"{solves['n']:,} solves in 7 days",
    }


def test_movers_and_newest(home: Selector, grown: Path) -> None:
    movers, newest = (
        [" ".join("".join(item.css("::text").getall()).split()) for item in items.css("li")]
        for items in home.css("ol.short")
    )
    most = rows(grown, "SELECT * FROM movers ORDER BY solves_7 DESC, code LIMIT 5")
    assert movers == [" ".join(f"{row['name']} {row['solves_7']} solves".split()) for row in most]
    assert [line.rsplit(" ", 2)[0] for line in newest[:2]] == ["Arrived", "Steady Climb"]
    assert newest[0] == "Arrived 1.95 points"


def test_the_picture_has_each_band_with_its_numbers(home: Selector, grown: Path) -> None:
    found = [
        (bar.css("a::text").get(), bar.css(".value::text").get()) for bar in home.css("svg > g")
    ]
    expected = [
        (f"{row['band'][3:]} points", f"{row['problems']} problems make {shown(row['points'])}")
        for row in rows(
            grown,
            "SELECT band, count(*) AS problems, sum(score) AS points FROM problems "
            "WHERE delisted IS NULL GROUP BY band ORDER BY band",
        )
    ]
    assert found == expected


def test_a_band_leads_to_what_it_counts(home: Selector, grown_site: str) -> None:
    for bar in home.css("svg > g"):
        told = bar.css(".value::text").get("").split()[0]
        listed = Selector(get(grown_site + bar.css("a::attr(href)").get("")))
        assert listed.css(".count b::text").get("").split()[0] == told


def test_what_is_gone_is_marked_in_the_list(grown_site: str) -> None:
    page = Selector(get(f"{grown_site}/spojscore/problems?_size=max&_delisted=1"))
    gone = page.xpath("//tr[.//*[@class='gone']]")
    assert gone.css("::attr(data-code)").getall() == ["LEAVING"]
    assert gone.css(".gone::text").get() == "gone since 2026-04-11"


def test_a_single_crawl_says_what_is_still_missing(site: str) -> None:
    page = words(get(f"{site}/"))
    assert "What moved most this week known after a week of crawls" in page
    assert "Biggest movers, 7 days Nothing yet: this takes crawls a week apart." in page


def test_home_is_light_and_readable_without_script(grown_site: str, home: Selector) -> None:
    parts = home.css("link[rel=stylesheet]::attr(href), script::attr(src), img::attr(src)")
    urls = [f"{grown_site}/", *(urljoin(grown_site, part) for part in parts.getall())]
    size = 0
    for url in urls:
        with urlopen(url) as response:
            size += len(response.read()) + len(str(response.headers))
    with urlopen(f"{grown_site}/static/solved.js") as response:  # imported by the script
        size += len(response.read())
    assert len(urls) == 3
    assert size <= KILOBYTES * 1000
    assert not home.xpath("//script[text()]")


def test_downloads_source_and_limits(grown_site: str, home: Selector) -> None:
    hrefs = home.css("main a::attr(href)").getall()
    whole = "/spojscore/problems.json?_size=max&_shape=array"
    assert {"/spojscore/problems.csv?_size=max", whole, "/spojscore.db", "/api"} <= set(hrefs)
    assert len(json.loads(get(grown_site + whole))) == 137
    assert len(json.loads(get(f"{grown_site}{whole}&_delisted=1"))) == 138
    text = words(home.get() or "")
    assert "tutorial, challenge and partial problems, and who solved what." in text
    assert "Not run by SPOJ." in text


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("x", None),
        ("at", None),
        ("STEADY", ["STEADY"]),
        ("steady+CLI", ["STEADY"]),
        ("mb+eady", ["STEADY"]),
        ("%25", ["XJINJA"]),
        ("nosuchproblem", []),
    ],
)
def test_the_search_finds_from_one_letter_on(
    typed: str, codes: list[str] | None, grown_site: str, grown: Path
) -> None:
    found = json.loads(
        get(f"{grown_site}/spojscore/problems.json?_q={typed}&_shape=array&_size=max")
    )
    by_hand = [
        row["code"]
        for row in rows(grown)
        if not row["delisted"]
        and all(word in f"{row['code']} {row['name']}".lower() for word in typed.lower().split("+"))
    ]
    assert {row["code"] for row in found} == set(by_hand if codes is None else codes)
    assert found or codes == []


def test_what_was_searched_stays_in_the_form_and_in_the_links(grown_site: str) -> None:
    page = Selector(get(f"{grown_site}/spojscore/problems?_q=st&band=a%3A+1+or+more"))
    assert page.css("#q::attr(value)").get() == "st"
    kept = page.css("form.filters input[name=_q]")
    assert kept.getall() == page.css("#q").getall()
    assert all("_q=st" in link for link in page.css("th a::attr(href)").getall())
    assert "code or name contains st" in words(page.get() or "")
