"""Headers and caching of responses."""

import http.client
from contextlib import closing
from pathlib import Path

import pytest
from datasette.plugins import pm

from tests.support.sites import fetch, get, get_page, sql_path, start_site

ADDRESSES = [
    pytest.param("/", id="home"),
    pytest.param("/spojscore/problems", id="list"),
    pytest.param("/spojscore/problems/PRIME1.json", id="row-as-json"),
    pytest.param("/spojscore/problems.csv", id="csv"),
    pytest.param("/spojscore/worth", id="query"),
    pytest.param("/spojscore.json?sql=select+1", id="sql"),
    pytest.param("/spojscore?sql=selct", id="failed-sql"),
    pytest.param("/spojscore/problems.csv?nothing=1", id="failed-csv"),
    pytest.param("/static/site.css", id="static-file"),
    pytest.param("/feed.atom", id="custom-page"),
    pytest.param("/spojscore.db", id="database"),
    pytest.param("/spojscore.db.sha256", id="hash"),
    pytest.param("/-/freshness.json", id="freshness"),
    pytest.param("/favicon.ico", id="favicon"),
    pytest.param("/nosuchpage", id="not-found"),
    pytest.param("/prime1", id="redirect"),
    pytest.param("/-/metadata.json", id="private"),
    pytest.param(f"/spojscore?x={'x' * 3000}", id="too-long"),
]
CDN_CACHE = "public, s-maxage=1800, stale-while-revalidate=600"


@pytest.mark.parametrize("address", ADDRESSES)
def test_headers_and_methods_of_every_response(address: str, site: str) -> None:
    response = fetch(site + address, Cookie="a=b", Authorization="x")
    headers = response.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers.keys().isdisjoint({"set-cookie", "vary"})
    if response.is_error:
        assert headers["Cache-Control"] == "no-store"
    is_cached = response.status_code == 200 and "freshness" not in address
    assert headers.get("CDN-Cache-Control") == (CDN_CACHE if is_cached else None)
    assert "private" not in headers.get("Cache-Control", "")
    head = fetch(site + address, "HEAD")
    assert (head.status_code, head.content) == (response.status_code, b"")
    assert head.headers.get("Content-Type") == response.headers.get("Content-Type")
    options = fetch(site + address, "OPTIONS")
    assert options.status_code == 204
    assert options.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        refusal = fetch(site + address, method)
        assert (refusal.status_code, refusal.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    "address",
    ["/", "/spojscore/problems.json?_sort=users", "/spojscore/problems.csv", "/spojscore/worth"],
)
def test_unchanged_response_is_304(address: str, site: str) -> None:
    tag = fetch(site + address).headers["ETag"]
    response = fetch(site + address, **{"If-None-Match": f'"other", {tag}'})
    assert (response.status_code, response.headers["ETag"], response.content) == (304, tag, b"")
    assert fetch(site + address, **{"If-None-Match": '"other"'}).status_code == 200
    assert fetch(f"{site}/spojscore/crawls").headers["ETag"] != tag


def test_etag_depends_on_database(site: str, history_site: str) -> None:
    assert fetch(f"{site}/mine").headers["ETag"] != fetch(f"{history_site}/mine").headers["ETag"]


def test_etag_depends_on_files(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = pm.get_plugin("http.py")
    tag, files = fetch(f"{site}/mine").headers["ETag"], plugin.hash_site_files()
    monkeypatch.setattr(plugin, "SOURCES", ())
    assert plugin.hash_site_files.__wrapped__() != files
    monkeypatch.setattr(plugin, "hash_site_files", plugin.hash_site_files.__wrapped__)
    assert fetch(f"{site}/mine").headers["ETag"] != tag


@pytest.mark.parametrize(
    "address", ["/spojscore.json?sql=select+1", "/-/freshness.json", "/prime1"]
)
def test_no_etag(address: str, site: str) -> None:
    assert "ETag" not in fetch(site + address).headers


@pytest.mark.parametrize("parameter", ["_ttl=99999999", "_timelimit=x", "utm_source=x", "fbclid=1"])
def test_ignored_parameters(parameter: str, site: str) -> None:
    address = f"{site}/spojscore/worth.json?codes=PRIME1&_shape=array"
    plain_response, response = fetch(address), fetch(f"{address}&{parameter}")
    assert response.content == plain_response.content
    assert response.headers["Cache-Control"] == plain_response.headers["Cache-Control"]


def test_blank_fields_are_ignored(site: str) -> None:
    page = get(f"{site}/spojscore/problems?users__gte=&_sort=id&name__contains=")
    assert page == get(f"{site}/spojscore/problems?_sort=id")


@pytest.mark.parametrize(
    "target", ["//example.com/", "/\\example.com/", "/%5Cexample.com/", "/\\/example.com/"]
)
def test_no_redirect_to_other_site(target: str, site: str) -> None:
    with closing(http.client.HTTPConnection(site.removeprefix("http://"))) as connection:
        connection.request("GET", target)
        location = connection.getresponse().headers["Location"] or "/"
    assert location.startswith("/")
    assert location[1:2] not in ("/", "\\")


@pytest.mark.parametrize("name", ["databases", "versions", "settings", "plugins", "threads"])
def test_private_pages_are_not_found(name: str, site: str) -> None:
    assert "ok" in get(f"{site}/-/{name}.json", 404)


def test_pages_have_at_most_200_rows(site: str) -> None:
    for size in ("max", "4000", "+0_4000", "9" * 5000):
        assert len(get_page(f"{site}/spojscore/problems?_size={size}").css("tbody tr")) == 200


def test_response_size_limit(site: str) -> None:
    """Each row repeats the column name, so the result itself is small."""
    query = f'SELECT 1 AS "{"x" * 1100}" FROM problems'
    for rows, status in ((3500, 200), (3900, 400)):
        path = sql_path(f"{query} LIMIT {rows}", ".json", _shape="array")
        assert fetch(site + path).status_code == status


def test_order_of_plugins_does_not_matter(site: str, full_database: Path) -> None:
    plugins = [(name, plugin) for name, plugin in pm.list_name_plugin() if name.endswith(".py")]
    assert len(plugins) == 6
    for name, plugin in reversed(plugins):
        pm.unregister(name=name)
        pm.register(plugin, name)
    with start_site(full_database) as other_site:
        for path in ("/", "/spojscore/problems", "/prim1", "/spojscore/problems.csv", "/mine",
                     "/spojscore.csv?sql=select+usrs+from+problems"):  # fmt: skip
            response, other_response = fetch(site + path), fetch(other_site + path)
            content = other_response.content.replace(other_site.encode(), site.encode())
            assert response.status_code == other_response.status_code
            assert response.content == content
