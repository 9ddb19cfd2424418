"""The home page over a list with a past."""

import json
import struct
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit
from urllib.request import urlopen

import pytest
from parsel import Selector

from tests.support.commits import A, B, crawl
from tests.support.databases import rows
from tests.support.queries import ask
from tests.support.sites import get, refusal, served, shown, words

KILOBYTES = 100


@pytest.fixture(scope="module")
def home(grown_site: str) -> Selector:
    return Selector(get(f"{grown_site}/"))


def lists(home: Selector) -> list[list[str]]:
    """The lines of each short list of problems."""
    return [
        [" ".join("".join(item.css("::text").getall()).split()) for item in items.css("li")]
        for items in home.css("ol.short")
    ]


def test_five_problems_are_worth_solving_now(home: Selector, grown: Path) -> None:
    expected = ask(grown, "worth_now")[:5]
    assert lists(home)[0] == [
        f"{row['name']} {shown(row['points_if_solved'])} points, {row['acceptance']:g} % accepted, "
        f"solved by {row['users']:,}"
        for row in expected
    ]
    assert len(expected) == 5
    assert all(row["users"] >= 100 and row["liked"] >= 80 for row in expected)
    few = ask(grown, "worth_now", min_users="1000", min_liked="95")
    assert few
    assert all(row["users"] >= 1000 and row["liked"] >= 95 for row in few)


def test_movers_have_the_day_since(home: Selector, grown: Path) -> None:
    assert "Most solved since 3 April 2026" in home.css("h2::text").getall()
    most = rows(grown, "SELECT * FROM movers ORDER BY solves_7 DESC, code LIMIT 5")
    assert lists(home)[1] == [
        " ".join(f"{row['name']} +{row['solves_7']} solvers".split()) for row in most
    ]


def test_newest(home: Selector) -> None:
    newest = lists(home)[2]
    assert [line.rsplit(" ", 2)[0] for line in newest[:2]] == ["Arrived", "Steady Climb"]
    assert newest[0] == "Arrived 1.95 points"


def test_movers_far_apart_name_the_crawl_before(tmp_path: Path) -> None:
    database = tmp_path / "far.db"
    crawl(database, 0, A, B)
    crawl(database, 87, replace(A, users=13), B)
    with served(database) as (address, _):
        home = Selector(get(address))
        assert lists(home)[1] == ["Name 1 +3 solvers"]
        assert "Most solved since 2 March 2026" in home.css("h2::text").getall()
        bars = Selector(get(f"{address}/charts")).css("svg.bars")[-1]
        assert bars.css(".value::text").getall() == ["+3 solvers"]
        page = words(get(f"{address}/spojscore/problems/P1"))
        assert "3 solved it between the crawls of 2 March and 28 May 2026, and its points" in page
        assert " fell by 5.7 %." in page
        assert "Where more than 30 days lie between two crawls, no line is drawn." in page


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("steady", "/spojscore/problems/STEADY"),
        ("+XSVG+", "/spojscore/problems/XSVG"),
        ("stead", "/spojscore/problems?_q=stead"),
        ("steady+climb", "/spojscore/problems?_q=steady+climb"),
        ("", "/spojscore/problems"),
    ],
)
def test_a_code_leads_to_its_problem_and_all_else_to_the_list(
    typed: str, path: str, grown_site: str
) -> None:
    with urlopen(f"{grown_site}/find?q={typed}") as response:
        assert response.url == grown_site + path


def test_what_is_shared_has_an_address_and_a_picture(grown_site: str) -> None:
    page = Selector(get(f"{grown_site}/spojscore/problems/STEADY?range=month"))
    address = f"{grown_site}/spojscore/problems/STEADY"
    told = {
        meta.attrib.get("property") or meta.attrib.get("name"): meta.attrib["content"]
        for meta in page.css("meta[content]")
    }
    assert page.css("link[rel=canonical]::attr(href)").get() == told["og:url"] == address
    assert told["og:title"] == page.css("title::text").get() == "STEADY: Steady Climb - spojscore"
    assert told["og:description"] == told["description"]
    assert told["twitter:card"] == "summary_large_image"
    for picture, size in (
        (told["og:image"], (1200, 630)),
        (touch_icon(page, grown_site), (180, 180)),
    ):
        with urlopen(picture) as response:
            assert response.headers["Content-Type"] == "image/png"
            assert struct.unpack(">II", response.read()[16:24]) == size


def touch_icon(page: Selector, site: str) -> str:
    return urljoin(site, page.css("link[rel=apple-touch-icon]::attr(href)").get(""))


def test_an_error_has_no_address_to_share(grown_site: str) -> None:
    page = refusal(f"{grown_site}/nosuchpage", 404)
    assert "canonical" not in page
    assert "og:" not in page


def test_the_picture_has_each_band_with_its_numbers(home: Selector, grown: Path) -> None:
    found = [
        (bar.css("a::text").get(), bar.css(".value::text").get()) for bar in home.css("svg > g")
    ]
    expected = [
        (
            f"{row['band'][3:]} points",
            f"{row['problems']} problems, {shown(row['points'])} points in all",
        )
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
    assert "Most solved lately Nothing yet. The next crawl will show what was solved since" in page


def test_home_is_light_and_readable_without_script(grown_site: str, home: Selector) -> None:
    parts = home.css("link[rel=stylesheet]::attr(href), script::attr(src), img::attr(src)")
    urls = [f"{grown_site}/", *(urljoin(grown_site, part) for part in parts.getall())]
    size = 0
    for url in urls:
        with urlopen(url) as response:
            size += len(response.read()) + len(str(response.headers))
    with urlopen(f"{grown_site}/static/solved.js") as response:  # imported by the script
        size += len(response.read())
    assert len(urls) == 4
    assert size <= KILOBYTES * 1000
    assert not home.xpath("//script[text()]")


def test_downloads_source_and_limits(grown_site: str, home: Selector) -> None:
    hrefs = home.css("main a::attr(href)").getall()
    whole = "/spojscore/problems.json?_size=max&_shape=array"
    assert {"/spojscore/problems.csv?_size=max&_dl=1", whole, "/spojscore.db", "/api"} <= set(hrefs)
    assert len(json.loads(get(grown_site + whole))) == 137
    assert len(json.loads(get(f"{grown_site}{whole}&_delisted=1"))) == 138
    lite = home.css('a[href^="https://lite.datasette.io/"]')
    asked = parse_qs(urlsplit(lite.attrib["href"]).query)
    assert asked == {"url": [f"{grown_site}/spojscore.db"]}
    text = words(home.get() or "")
    assert "SQLite , with all of its history ( open in Datasette Lite , another’s site)." in text
    assert "tutorial, challenge and partial problems, and who solved what." in text
    assert "SPOJ does not run this site." in text


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
