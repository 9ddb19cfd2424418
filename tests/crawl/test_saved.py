"""Pages that a person saved, and what his own browser sends."""

from pathlib import Path

import pytest

from standin.pages import bot_check_page
from standin.problems import problems
from standin.server import StandIn
from tests.support.crawling import Crawl, Served
from tests.support.databases import rows

LIST = "/problems/classical/sort=0,start="
SPOJ = "http://spoj.invalid"
NAMES = ("Problems classical.html", "page (2).html", "z.html")


def save(folder: Path, server: StandIn) -> Path:
    folder.mkdir()
    for name, start in zip(NAMES, (100, 0, 50), strict=True):
        # As a browser saves them, with whole addresses.
        page = server.list_page(start).replace(b'href="/', b'href="https://www.spoj.com/')
        (folder / name).write_bytes(page)
    return folder


def crawl(folder: Path, database: Path) -> Crawl:
    return Crawl(SPOJ, database, arguments=["-a", f"pages={folder}"])


@pytest.mark.parametrize("theme", ["modern", "old"])
def test_saved_pages(theme: str, standin: Served, database: Path, tmp_path: Path) -> None:
    server = standin(120, theme=theme)
    saved = crawl(save(tmp_path / "pages", server), database)
    assert saved.status == 0, saved.log
    assert saved.output.startswith("120 problems (120 new, 0 changed, 0 gone, 0 returned)")
    assert [row["code"] for row in rows(database)] == [entry.code for entry in problems(120)]
    assert server.requests == []
    assert saved.report["pages"] == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda pages: (pages / NAMES[2]).unlink(),
         "{pages}: 1 of 3 pages are missing; save " + SPOJ + LIST + "50 there"),
        (lambda pages: (pages / NAMES[1]).unlink(),
         "{pages}: the first page is missing; save " + SPOJ + LIST + "0 there"),
        (lambda pages: (pages / "again.html").write_bytes((pages / NAMES[2]).read_bytes()),
         "{pages}/z.html: the same page as {pages}/again.html, start=50"),
        (lambda pages: (pages / "z.html").write_bytes(bot_check_page()),
         "{pages}/z.html: a bot check instead of the list of problems"),
        (lambda pages: (pages / "z.html").write_bytes((pages / "z.html").read_bytes()[:9000]),
         "{pages}/z.html: the page breaks off after row 13"),
        (lambda pages: pages.rename(pages.with_name("elsewhere")),
         "pages={pages}: there is no such folder"),
    ],
)  # fmt: skip
def test_saved_pages_that_are_no_list(
    change: object, reason: str, standin: Served, database: Path, tmp_path: Path, before: bytes
) -> None:
    pages = save(tmp_path / "pages", standin(120))
    change(pages)  # type: ignore[operator]
    assert crawl(pages, database).failed(reason.format(pages=pages), before)


def test_saved_pages_pass_the_same_gate(
    standin: Served, database: Path, tmp_path: Path, before: bytes
) -> None:
    pages = save(tmp_path / "pages", standin(115))
    reason = "115 problems are fewer than 98 % of the last crawl's 120 (MIN_PROBLEMS_RATIO)"
    assert crawl(pages, database).failed(reason, before)


def test_an_argument_that_does_not_exist(standin: Served, database: Path, before: bytes) -> None:
    server = standin(120)
    crawl = Crawl(server.url, database, arguments=["-a", "page=DIR"])
    assert crawl.failed("-a knows nothing but pages=DIR, not page", before)
    assert server.requests == []


def test_what_the_site_quotes_of_a_cookie_is_hidden(
    standin: Served, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOJ_COOKIE", "s3cret=1")
    server = standin(60)
    server.page = lambda *_: b"<p>You sent s3cret=1</p>"
    crawl = Crawl(server.url, database)
    assert crawl.status == 1
    assert crawl.failed_page.read_text() == "<p>You sent (hidden)</p>"


def test_what_the_browser_sends_goes_to_spoj_and_nowhere_else(
    standin: Served, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie, agent = "SPOJ=s3cret-cookie; cf_clearance=x", "Mozilla/5.0 (s3cret agent)"
    monkeypatch.setenv("SPOJ_COOKIE", cookie)
    server = standin(120, "100:bot-check-403")
    crawl = Crawl(server.url, database, f"SPOJ_USER_AGENT={agent}", "LOG_LEVEL=DEBUG")
    assert crawl.status == 1
    assert len(server.requests) >= 3
    assert {(h["Cookie"], h["User-Agent"]) for h in server.headers} == {(cookie, agent)}
    assert Crawl(standin(120).url, database, f"SPOJ_USER_AGENT={agent}").status == 0
    written = [
        crawl.log,
        crawl.output,
        *(f.read_text("latin-1") for f in database.parent.iterdir()),
    ]
    assert len(written) > 4
    assert not [text for text in written if "s3cret" in text]


def test_without_them_the_crawler_says_who_it_is(standin: Served, database: Path) -> None:
    server = standin(60)
    assert Crawl(server.url, database).status == 0
    assert {h["Cookie"] for h in server.headers} == {None}
    assert all(h["User-Agent"].startswith("spojscore (") for h in server.headers)
