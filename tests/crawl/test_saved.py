"""Pages that a person saved."""

from pathlib import Path

import pytest

from standin.pages import bot_check_page
from standin.problems import problems
from standin.server import StandIn
from tests.support.crawling import Crawl, Served
from tests.support.databases import rows

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
    assert saved.report["fenced"] is False


def test_a_page_that_was_saved_twice(standin: Served, database: Path, tmp_path: Path) -> None:
    pages = save(tmp_path / "pages", standin(120))
    for number, name in enumerate(NAMES[:2]):
        (pages / f"again {number}.html").write_bytes((pages / name).read_bytes())
    saved = crawl(pages, database)
    assert saved.status == 0, saved.log
    assert saved.output.startswith("120 problems (120 new")
    assert saved.report["fenced"] is True


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda pages: (pages / NAMES[2]).unlink(),
         "1 of 3 pages are missing, the first is sort=0,start=50"),
        (lambda pages: (pages / NAMES[1]).unlink(),
         "1 of 3 pages are missing, the first is sort=0,start=0"),
        (lambda pages: (pages / "z.html").write_bytes(bot_check_page()),
         "{pages}/z.html: a bot check instead of the list of problems"),
        (lambda pages: (pages / "z.html").write_bytes((pages / "z.html").read_bytes()[:9000]),
         "{pages}/z.html: the page breaks off after row 16"),
        (lambda pages: pages.rename(pages.with_name("elsewhere")),
         "pages={pages}: there is no such folder, and no such .har file"),
    ],
)  # fmt: skip
def test_saved_pages_that_are_no_list(
    change: object, reason: str, standin: Served, database: Path, tmp_path: Path, before: bytes
) -> None:
    pages = save(tmp_path / "pages", standin(120))
    change(pages)  # type: ignore[operator]
    assert crawl(pages, database).failed(reason.format(pages=pages), before)


def test_a_page_that_changed_between_two_savings(
    standin: Served, database: Path, tmp_path: Path, before: bytes
) -> None:
    entries = problems(120)
    pages = save(tmp_path / "pages", standin(entries))
    (pages / "again.html").write_bytes(standin([*entries[:20], *entries[21:]]).list_page(0))
    saved = crawl(pages, database)
    assert saved.report["findings"]["shifted"] == (
        "the list shifted while it was read: start=0 names other problems now"
    )
    assert saved.failed(saved.report["reason"], before)


def test_saved_pages_pass_the_same_gate(
    standin: Served, database: Path, tmp_path: Path, before: bytes
) -> None:
    pages = save(tmp_path / "pages", standin(115))
    reason = "115 problems are fewer than 98 % of the last crawl's 120 (MIN_PROBLEMS_RATIO)"
    assert crawl(pages, database).failed(reason, before)


def test_an_argument_that_does_not_exist(standin: Served, database: Path, before: bytes) -> None:
    server = standin(120)
    crawl = Crawl(server.url, database, arguments=["-a", "page=DIR"])
    assert crawl.failed("-a knows pages= and day=, not page", before)
    assert server.requests == []


def test_the_crawler_says_who_it_is(standin: Served, database: Path) -> None:
    server = standin(60)
    assert Crawl(server.url, database).status == 0
    assert {h["Cookie"] for h in server.headers} == {None}
    assert all(h["User-Agent"].startswith("spojscore (") for h in server.headers)
