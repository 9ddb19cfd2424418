"""Tables of pages: numbers, columns, links and chips."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.queries import SITE
from tests.support.sites import get, get_json, get_page
from web.formatting import MINUS
from web.plugins.tables import Tables

LIST = "/spojscore/problems"
TABLES = Tables(SimpleNamespace(plugin_config=SITE["plugins"].get))


def header_texts(page: str) -> list[str]:
    return [head.xpath("string()").get("").strip() for head in Selector(page).css("main th")]


def codes(page: str) -> list[str]:
    return Selector(page).css("tbody tr::attr(data-code)").getall()


@pytest.mark.parametrize(
    ("name", "values", "texts"),
    [
        pytest.param("score", [80 / 41, 80 / 223203, 0], ["1.951", "<0.001", "0.000"], id="points"),
        pytest.param(
            "score_7", [-0.5, -80 / 223203], [f"{MINUS}0.5", f"{MINUS}0.000358"], id="auto"
        ),
        pytest.param("score_7", [-7.2e-08], [f"{MINUS}0.000000072"], id="small"),
        pytest.param("users", [223163, 0], ["223,163", "0"], id="counts"),
        pytest.param("acceptance", [16.3, 99.6], ["16%", "100%"], id="percent"),
        pytest.param("year", [2012, 0.1234], ["2012", "0.1234"], id="unknown"),
    ],
)
def test_values_are_formatted(name: str, values: list[object], texts: list[str]) -> None:
    table_rows = [[value] for value in values]
    table = TABLES.from_query([name], table_rows, table_rows, "any")
    assert [text for _, [(_, text, _)] in table.rows] == texts


def test_problems_have_their_columns_in_one_order() -> None:
    rows = [["Name", 1, 2, "CODE", 3]]
    table = TABLES.from_query(["name", "users", "new", "code", "score"], rows, rows, "any")
    assert [column.name for column in table.columns] == ["code", "name", "score", "users", "new"]


def test_list_shows_figures_and_keeps_exact_values(site: str, full_database: Path) -> None:
    condition = "code IN ('PRIME1', 'AGGRCOW', 'CFONISMG')"
    expected = rows(full_database, f"SELECT * FROM problems WHERE {condition} ORDER BY users DESC")
    page = get(f"{site}{LIST}?code__in=PRIME1,AGGRCOW,CFONISMG")
    assert codes(page) == [row["code"] for row in expected]
    exact_values = Selector(page).css("[data-code] [title]::attr(title)").getall()
    assert {str(row["score"]) for row in expected} <= set(exact_values)


def test_every_column_is_described(site: str, full_database: Path) -> None:
    described_columns = get_page(f"{site}{LIST}").css("dt code::text").getall()
    assert set(described_columns) >= set(rows(full_database)[0])


@pytest.mark.parametrize(
    ("query", "name", "is_shown"),
    [
        pytest.param("", "id", False, id="minor"),
        pytest.param("_q=id", "id", False, id="search"),
        pytest.param("_sort=id", "id", True, id="sort"),
        pytest.param("id__gt=5", "id", True, id="filter"),
        pytest.param("_col=id", "id", True, id="column"),
        pytest.param("_facet=year", "year", True, id="facet"),
        pytest.param("_facet_array=topics", "topics", True, id="array-facet"),
        pytest.param("band=a%3A+1+or+more", "band", False, id="band"),
    ],
)
def test_minor_columns_show_on_request(query: str, name: str, is_shown: bool, site: str) -> None:
    label = TABLES.label(name)
    assert (label in header_texts(get(f"{site}{LIST}?{query}"))) == is_shown


@pytest.mark.parametrize("path", [f"{LIST}?_q=prime1", "/spojscore/easier", "/spojscore/newest"])
def test_rows_lead_to_the_problem_and_to_spoj(path: str, site: str) -> None:
    for row in get_page(site + path).css("tbody tr"):
        code = row.attrib["data-code"]
        links = set(row.css("a::attr(href)").getall())
        assert links == {f"{LIST}/{code}", f"https://www.spoj.com/problems/{code}/"}


def test_columns_with_same_name_stay_apart(site: str) -> None:
    page = get(f"{site}/spojscore?sql=select+1+as+a,+2+as+a")
    assert header_texts(page) == ["a", "a"]
    assert Selector(page).css("tbody td::text").getall() == ["1", "2"]


def test_header_sorts_the_list(site: str) -> None:
    start = get_page(f"{site}{LIST}?_size=5")
    head = start.xpath("//th/a[text()='Accepted']/@href").get("")
    assert head.endswith("_sort_desc=acceptance")
    expected = get_json(f"{site}{LIST}.json?_size=5&_sort_desc=acceptance&_shape=array")
    page = get(site + head)
    assert codes(page) == [row["code"] for row in expected]
    texts = Selector(page).css("td.acceptance::text").getall()
    assert texts == [f"{row['acceptance']:.0f}%" for row in expected]
    assert Selector(page).css("th[aria-sort=descending] a::text").getall() == ["Accepted"]


def test_chips_stay_after_choosing_a_range(site: str) -> None:
    path = f"{LIST}?acceptance__gte=50"
    chips = get_page(site + path).css("a.chip[data-band]")
    assert sorted(chips.css("::attr(data-band)").getall()) == list("abcde")
    for chip in chips:
        page = get_page(f"{site}{chip.attrib['href']}")
        heading = page.css("h1 [role=status]::text").get("").partition(" ")[0]
        assert heading == chip.css("span::text").get()
        [selected_chip] = page.css("a.chip[data-band][aria-current]")
        assert selected_chip.attrib["data-band"] == chip.attrib["data-band"]
        assert selected_chip.attrib["href"] == path
        counts = page.css("a.chip[data-band] span::text").getall()
        assert counts == chips.css("span::text").getall()


def test_chips_of_ranges_add_up(site: str, full_database: Path) -> None:
    address = f"{LIST}?users__gte=1"
    for band in "bd":
        [chip] = get_page(site + address).css(f"a.chip[data-band={band}]")
        address = chip.attrib["href"]
    page = get_page(site + address)
    [expected] = rows(
        full_database, "SELECT count(*) AS n FROM problems WHERE users > 0 AND band GLOB '[bd]*'"
    )
    assert page.css("h1 [role=status]::text").get("").startswith(f"{expected['n']:,} of")
    assert "0.5\N{EN DASH}1 or 0.01\N{EN DASH}0.1 points" in page.css("title::text").get("")
    [selected_chip] = page.css("a.chip[data-band=b][aria-current]")
    page = get_page(site + selected_chip.attrib["href"])
    assert page.css("a.chip[aria-current]::attr(data-band)").getall() == ["d"]


def test_removed_problems_are_marked(history_site: str) -> None:
    page = get_page(f"{history_site}{LIST}?_size=max&_delisted=1")
    removed_codes = page.xpath("//tr[contains(., 'removed 11 April 2026')]/@data-code").getall()
    assert removed_codes == ["LEAVING"]
