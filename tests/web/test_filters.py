"""Filters of the list: their results, wording and errors."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.databases import rows
from tests.support.sites import fetch, get, get_json, get_page, start_site, words

LIST = "/spojscore/problems"


NAMES = {
    "PRIME1": "A Bug’s Life", "TDKPRIME": "What’s Next", "AGGRCOW": "Erdős and the Cows",
    "FCTRL": "Crêpe Brûlée", "FCTRL2": "Straße nach Łódź", "ADDREV": "What''s Next",
    "EKO": "100% sure", "GSS1": "1000 times", "ABCDEF": "a\\b",
}  # fmt: skip


@pytest.fixture(scope="module")
def names_site(full_database: Path) -> Iterator[str]:
    """A site with names that are hard to search, and a removed problem."""
    with start_site(
        full_database,
        "UPDATE problems SET name = 'Another'",
        *(f"UPDATE problems SET name = '{NAMES[code]}' WHERE code = '{code}'" for code in NAMES),
        "UPDATE problems SET delisted = '2026-01-01' WHERE code = 'ONP'",
    ) as address:
        yield address


def codes(site: str, **query: str) -> set[str]:
    arguments = {"_shape": "array", "_size": "max"} | query
    matches = get_json(f"{site}{LIST}.json?{urlencode(arguments)}")
    return {row["code"] for row in matches}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("bug's", {"PRIME1"}, id="apostrophe"),
        pytest.param("bugs life", {"PRIME1"}, id="no-apostrophe"),
        pytest.param("what’s next", {"TDKPRIME", "ADDREV"}, id="both-apostrophes"),
        pytest.param("ERDŐS cow", {"AGGRCOW"}, id="case"),
        pytest.param("crepe brulee", {"FCTRL"}, id="accents"),
        pytest.param("strasse lodz", {"FCTRL2"}, id="letters"),
        pytest.param("aggrc", {"AGGRCOW"}, id="code"),
        pytest.param("100%", {"EKO"}, id="percent"),
        pytest.param("nosuchproblem", set(), id="none"),
    ],
)
@pytest.mark.parametrize("parameter", ["_q", "_search"])
def test_search(text: str, expected: set[str], parameter: str, names_site: str) -> None:
    assert codes(names_site, **{parameter: text}) == expected


@pytest.mark.parametrize(
    ("parameter", "value", "predicate"),
    [
        pytest.param("name__contains", "100%", lambda row: "100%" in row["name"], id="percent"),
        pytest.param("name__contains", "\\", lambda row: "\\" in row["name"], id="backslash"),
        pytest.param(
            "code__startswith", "A_", lambda row: row["code"].startswith("A_"), id="startswith"
        ),
        pytest.param("code__endswith", "_1", lambda row: row["code"].endswith("_1"), id="endswith"),
        pytest.param("code__contains", "_", lambda row: "_" in row["code"], id="underscore"),
    ],
)
def test_like_characters_are_literal(
    parameter: str, value: str, predicate: object, names_site: str
) -> None:
    all_rows = get_json(f"{names_site}{LIST}.json?_shape=array&_size=max")
    expected = {row["code"] for row in all_rows if predicate(row)}  # type: ignore[operator]
    assert expected
    assert codes(names_site, **{parameter: value}) == expected
    page = get_json(f"{names_site}{LIST}.json?_size=0&{urlencode({parameter: value})}")
    assert page["filtered_table_rows_count"] == len(expected)
    assert sum(band["count"] for band in page["facet_results"]["band"]["results"]) == len(expected)


def test_removed_problems_are_hidden(names_site: str) -> None:
    listed_codes = codes(names_site)
    assert len(listed_codes) == 3973
    assert codes(names_site, _delisted="1") == listed_codes | {"ONP"}
    assert codes(names_site, delisted__notnull="1") == {"ONP"}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param(
            "problems.json?userz=1", "no column `userz`. Did you mean users?", id="column"
        ),
        pytest.param("problems.json?xyz__gt=1", "no column `xyz`.", id="not-similar"),
        pytest.param(
            "history.json?userz=1", "no column `userz`. Did you mean users?", id="history"
        ),
        pytest.param(
            "problems.json?users__gtt=1", "no comparison `gtt`. Did you mean gt", id="lookup"
        ),
        pytest.param("problems.json?_sort=user", "`user`. Did you mean users?", id="sort"),
        pytest.param("problems.json?_facet=bnad", "`bnad`. Did you mean band?", id="facet"),
        pytest.param("problems.json?_facet=%7B%22column%22:1%7D", "no column", id="json"),
        pytest.param("events.json?_q=prime", "events can’t be searched", id="search"),
        pytest.param("events.json?_through=[]", "SQL", id="through"),
    ],
)
def test_unknown_names_are_refused(path: str, message: str, site: str) -> None:
    assert message in get_json(f"{site}/spojscore/{path}", 400)["error"]


def test_datasette_arguments_pass(site: str) -> None:
    for argument in ("_nocount=1", "_nosuggest=1", "_labels=on", "_extra=columns", "_header=off"):
        get(f"{site}{LIST}.json?_size=1&{argument}")
    assert codes(site, users__lt="1e1")
    assert codes(site, name="") == set()


def test_conditions_are_worded_and_removable(site: str) -> None:
    query = "_q=st&users__lt=1000&topics__arraycontains=data-structures"
    page = get_page(f"{site}{LIST}?{query}")
    links = {
        link.attrib["aria-label"]: link.attrib["href"] for link in page.css("[aria-label^=Remove]")
    }
    label = "Remove: Solvers < 1000"
    assert links[label] == f"{LIST}?_q=st&topics__arraycontains=data-structures"
    assert links["Remove: Code or name contains st"].startswith(f"{LIST}?users__lt")
    for text in ("Solvers < 1000", "Code or name contains st", "data-structures"):
        assert text in page.css("title::text").get("")


A, B = "a: 1 or more", "b: 0.5 to 1"


@pytest.mark.parametrize(
    ("query", "conditions"),
    [
        pytest.param({"_search": "prime"}, {"Code or name contains prime"}, id="_search"),
        pytest.param({"_q": "'"}, set(), id="no words"),
        pytest.param({"_q": "Erdős"}, {"Code or name contains erdos"}, id="folded"),
        pytest.param(
            {"name__contains": ["prime", "gen"]},
            {'Name contains "gen" and Name contains "prime"'}, id="repeated",
        ),
        pytest.param({"band": A, "band__exact": B}, {"0.5\N{EN DASH}1 points"}, id="two ranges"),
        pytest.param({"band__in": A, "band": B}, {"0.5\N{EN DASH}1 points"}, id="range and ranges"),
    ],
)  # fmt: skip
def test_conditions_are_those_applied(query: object, conditions: set[str], site: str) -> None:
    page = get_page(f"{site}{LIST}?{urlencode(query, doseq=True)}")  # type: ignore[arg-type]
    labels = page.css("[aria-label^=Remove]::attr(aria-label)").getall()
    assert {label.removeprefix("Remove: ") for label in labels} == conditions
    title = page.css("title::text").get("")
    assert all(condition in title for condition in conditions)
    selected_chips = page.css(".chips [data-band][aria-current]").getall()
    assert len(selected_chips) == ("band" in query)  # type: ignore[operator]


def test_form_produces_short_url(site: str) -> None:
    form = "acceptance__gte=40&users__gte=&topics__arraycontains=&_sort=score&_sort_by_desc=on"
    redirect = fetch(f"{site}{LIST}?{form}").headers["Location"]
    assert redirect == f"{LIST}?acceptance__gte=40&_sort_desc=score"


def test_empty_result_offers_removing_filters(site: str) -> None:
    page = get_page(f"{site}{LIST}?users__gt=99&topics__arraycontains=games&liked__gt=99")
    assert page.xpath("//p[contains(., 'No problems match')]/a/@href").get() == LIST
    assert "NOSUCH" in words(get_page(f"{site}/spojscore/series?code=NOSUCH"))


@pytest.mark.parametrize("name", ["band", "votes_down"])
@pytest.mark.parametrize(
    ("query", "condition"),
    [
        pytest.param("", "1", id="all"),
        pytest.param("&users__gt=1000", "users > 1000", id="filter"),
        pytest.param("&_q=prime", "lower(code || ' ' || name) LIKE '%prime%'", id="search"),
    ],
)
def test_facets_count_the_results(
    name: str, query: str, condition: str, site: str, full_database: Path
) -> None:
    condition += f" AND {name} NOT NULL"
    sql = f"SELECT {name} AS value, count(*) AS count FROM problems WHERE {condition} GROUP BY 1"
    counts = {row["value"]: row["count"] for row in rows(full_database, sql)}
    argument = "" if name == "band" else f"_facet={name}"
    page = get_json(f"{site}{LIST}.json?_size=1&_facet_size=max&{argument}{query}")
    results = page["facet_results"][name]["results"]
    assert {result["value"]: result["count"] for result in results} == counts


def test_list_offers_facets_and_keeps_filters(site: str) -> None:
    page = get_page(f"{site}{LIST}?_q=prime&users__gt=5")
    links = page.css("a::attr(href)").re(r"^/spojscore/problems\?.*_facet.*")
    assert {link.rpartition("&")[2] for link in links} >= {"_facet=year", "_facet_array=topics"}
    assert all("_q=prime&users__gt=5" in link for link in links)
