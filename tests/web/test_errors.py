"""Errors as sentences in the requested format, with suggestions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from datasette.plugins import pm
from datasette.utils.asgi import Request

from tests.support.sites import fetch, get, get_json, get_page, sql_path, start_site, words
from tests.web.test_run_sql import ENDLESS_QUERY
from web.errors import describe_exception


@pytest.mark.parametrize(
    ("address", "message"),
    [
        pytest.param(sql_path("SELECT usrs FROM problems", "{}"),
                     "No column “usrs”. Did you mean users?", id="column"),
        pytest.param(sql_path("SELECT p.usrs FROM problems p", "{}"),
                     "No column “usrs”. Did you mean users?", id="column-with-table"),
        pytest.param(sql_path("SELECT * FROM problem", "{}"),
                     "No table “problem”. Did you mean problems?", id="table"),
        pytest.param(sql_path("SELECT * FROM problems WHERE code = PRIME1", "{}"),
                     "No column “PRIME1”. Put text in single quotes: 'PRIME1'.", id="no-quotes"),
        pytest.param(sql_path("SELECT medain(1)", "{}"), "No function “medain”.", id="function"),
        pytest.param(sql_path("SELECT * FROM xyzzy", "{}"), "No table “xyzzy”.", id="unlike-any"),
        pytest.param("/spojscore/worth{}?code=PRIME1",
                     "The query worth has no parameter `code`. Did you mean codes?",
                     id="parameter"),
        pytest.param("/spojscore/problems{}?_where=1",
                     "_where= is not available. Use SQL instead: /spojscore#sql.", id="_where"),
        pytest.param("/spojscore/problems{}?%5Fwhere=1",
                     "_where= is not available. Use SQL instead: /spojscore#sql.",
                     id="encoded-_where"),
        pytest.param("/spojscore/crawls{}?" + "&".join(["_facet=day"] * 5),
                     "At most 4 facets at a time.", id="facets"),
        pytest.param("/spojscore/crawls{}?_sort=id&_sort_desc=id",
                     "Cannot use _sort and _sort_desc at the same time", id="Datasettes-own"),
    ],
)  # fmt: skip
def test_errors_in_html_json_and_csv(address: str, message: str, site: str) -> None:
    html, as_json, as_csv = (
        address.replace("{}", kind).replace("%7B%7D", kind) for kind in ("", ".json", ".csv")
    )
    assert get_json(site + as_json, 400) == {
        "ok": False, "error": message, "status": 400, "title": None,
    }  # fmt: skip
    assert get(site + as_csv, 400) == message
    page = get_page(site + html, 400)
    assert page.css("p.error::text").get() == message
    assert page.css("h1::text").get() == "Query failed"


@pytest.mark.parametrize(
    "address",
    [
        "/spojscore/problems.json?_through=x",
        "/spojscore/problems.json?users__gt=" + "9" * 30,
        "/spojscore/latest_events.json?_next=99999999999999999999",
        "/spojscore/problem_history.json?_next='", "/spojscore/problems.json?_facet=%00",
        "/spojscore.json?sql=select+%00", "/spojscore.json?sql=select+1&_shape=nope",
        "/spojscore.json?_shape=array", "/spojscore.json?_shape=arrayfirst", "/spojscore.csv",
        "/spojscore.csv?x=1", "/spojscore/worth.json?_shape=object",
        "/spojscore/worth.json?_shape=", "/spojscore/worth.json?_json_infinity=x",
    ],
)  # fmt: skip
def test_invalid_parameters_return_400(address: str, site: str) -> None:
    assert '"error": ""' not in get(site + address, 400)


@pytest.fixture(scope="module")
def slow_site(history_database: Path) -> Iterator[str]:
    """A site with an endless view, one that fails, and little time for queries."""
    views = (
        f"CREATE VIEW slow AS SELECT * FROM ({ENDLESS_QUERY})",
        "CREATE VIEW broken AS SELECT abs(-9223372036854775807 - 1)",
    )
    with start_site(history_database, *views, sql_time_limit_ms=500) as address:
        yield address


@pytest.mark.parametrize("extension", ["", ".json", ".csv"])
def test_slow_table_is_refused(extension: str, slow_site: str) -> None:
    assert "Query stopped" in get(f"{slow_site}/spojscore/slow{extension}", 400)


@pytest.mark.parametrize(("path", "status"), [("/", 500), ("/?a=b", 400)])
def test_exception_without_parameters_is_ours(path: str, status: int) -> None:
    assert describe_exception(Request.fake(path), ValueError("x"))[1] == status


@pytest.mark.parametrize("name", ["parse_request", "check_request", "collect_response"])
def test_own_fault_is_500_and_logged(
    name: str, site: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pm.get_plugin("http.py"), name, None)
    response = fetch(f"{site}/spojscore/problems")
    assert response.status_code == 500
    assert "Something went wrong on our side." in response.text
    assert "Content-Security-Policy" in response.headers
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("extension", ["", ".json"])
def test_failed_table_is_logged(
    extension: str, slow_site: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "on our side" in get(f"{slow_site}/spojscore/broken{extension}", 500)
    assert "OperationalError: integer overflow" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["/spojscore?x=", "/spojscore.json?sql=select+1+--", "/"])
def test_long_addresses_are_refused(address: str, site: str) -> None:
    assert "limit is 2,500 bytes" in get(site + address + "x" * 2500, 414)


def test_pages_ignore_json_options(site: str) -> None:
    page = words(get_page(f"{site}/spojscore/problems?_shape=array&_nl=on"))
    assert page == words(get_page(f"{site}/spojscore/problems"))


@pytest.mark.parametrize(
    "address",
    [
        "spojscore.dbx?sql=select+1", "spojscor~65.dbx?sql=select+1", "spojscore.JSON",
        "spojscore/problems.html?_size=max", "spojscore/problems/PRIME1.xyz",
        "spojscore/worth.html?codes=PRIME1", "spojscore/nosuchtable", "~5Finternal",
    ],
)  # fmt: skip
def test_unknown_formats_and_tables_are_not_found(address: str, site: str) -> None:
    page = get_page(f"{site}/{address}", 404)
    assert page.css("h1::text").get() == "Page not found"


@pytest.mark.parametrize("query", ["", "?x=1"])
@pytest.mark.parametrize(
    "row",
    [
        "nope/TEST", "~00/x", "nope.problems/TEST", "worth/PRIME1", "history/2",
        "tags/PRIME1", "ladder/1", "articles/PRIME1", "problems/PRIME1,x", "crawls/99",
    ],
)  # fmt: skip
def test_unknown_rows_are_not_found(row: str, query: str, site: str) -> None:
    page = get_page(f"{site}/spojscore/{row}{query}", 404)
    assert page.css("h1::text").get() == "Page not found"
    assert get_json(f"{site}/spojscore/{row}.json{query}", 404)["error"] == "Page not found."


@pytest.fixture(scope="module")
def codes_site(full_database: Path) -> Iterator[str]:
    """A site on which TEST was once TSET, TTES before, and PRIME1 at first."""
    with start_site(
        full_database,
        "INSERT INTO events (problem_id, code, kind, detail) "
        "SELECT id, 'TTES', 'recoded', 'PRIME1' FROM problems WHERE code = 'TEST' "
        "UNION ALL SELECT id, 'TSET', 'recoded', 'TTES' FROM problems WHERE code = 'TEST' "
        "UNION ALL SELECT id, 'TEST', 'recoded', 'TSET' FROM problems WHERE code = 'TEST'",
    ) as address:
        yield address


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/prime1", "/spojscore/problems/PRIME1"),
        ("/PRIME1", "/spojscore/problems/PRIME1"),
        ("/problems/PRIME1", "/spojscore/problems/PRIME1"),
        ("/spojscore/Prime1", "/spojscore/problems/PRIME1"),
        ("/spojscore/problems/prime1?utm_source=x", "/spojscore/problems/PRIME1"),
        ("/tset", "/spojscore/problems/TEST"),
        ("/ttes", "/spojscore/problems/TEST"),
    ],
)  # fmt: skip
def test_code_redirects_to_its_problem(address: str, location: str, codes_site: str) -> None:
    response = fetch(codes_site + address)
    assert (response.status_code, response.headers["Location"]) == (302, location)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        pytest.param("/PRIM1", "PRIME1", id="misspelled-code"),
        pytest.param("/spojscore/problems/agrcow", "AGGRCOW", id="misspelled-code-lower-case"),
        pytest.param("/prime-generator", "PRIME1", id="name"),
    ],
)
def test_missing_page_suggests_problems(address: str, code: str, site: str) -> None:
    page = get_page(site + address, 404)
    assert page.css("h1::text").get() == "Page not found"
    assert page.css("main ul a::attr(href)").get() == f"/spojscore/problems/{code}"


def test_missing_page_without_suggestions(site: str) -> None:
    for address in ("/qzqzqzqzqz", "/~7E", f"/{'x' * 2000}"):
        assert get_page(site + address, 404).css("main ul").getall() == []
