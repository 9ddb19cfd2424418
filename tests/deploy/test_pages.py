"""Visiting all that a site links to."""

from pathlib import Path

import pytest

from deploy.client import LARGEST_PAGE
from deploy.pages import visit
from deploy.toolchain import PublishError
from tests.support.published import Site


def page(*links: str, title: str = "Title", more: str = "") -> str:
    listed = "".join(f'<a href="{link}">x</a>' for link in links)
    return f"<html><title>{title}</title><h1>{title}</h1>{more}{listed}</html>"


@pytest.fixture
def folder(public_site: Site) -> Path:
    (public_site.folder / "index.html").write_text(page("/a.html", "/x.json", "https://spoj.com/"))
    (public_site.folder / "a.html").write_text(page("/", "b.html", "t.csv", "d.svg", "/big.db"))
    (public_site.folder / "b.html").write_text(page("c.html#part"))
    (public_site.folder / "c.html").write_text(page("not-asked-for.html"))
    (public_site.folder / "x.json").write_text('{"rows": []}')
    (public_site.folder / "t.csv").write_text('a,b\n1,"two\nlines"\n')
    (public_site.folder / "d.svg").write_text("<svg/>")
    (public_site.folder / "more.json").write_text("[]")
    return public_site.folder


def visited(public_site: Site) -> tuple[int, list[str]]:
    asked: list[str] = []
    public_site.on_get = asked.append
    return visit(public_site.url, more=["/more.json"], without=["/big.db"]), asked


@pytest.mark.usefixtures("folder")
def test_all_that_is_linked_is_asked_for_once(public_site: Site) -> None:
    number, asked = visited(public_site)
    assert sorted(asked) == [
        "/", "/a.html", "/b.html", "/c.html", "/d.svg", "/more.json", "/t.csv", "/x.json",
    ]  # fmt: skip
    assert number == 8


def test_of_pages_that_are_alike_three_are_asked_for(public_site: Site, folder: Path) -> None:
    rows = [f"/db/t/{number}.html" for number in range(9)]
    sorts = [f"/a.html?_sort={number}" for number in range(9)]
    (folder / "db" / "t").mkdir(parents=True)
    for row in rows:
        (folder / row[1:]).write_text(page())
    (folder / "index.html").write_text(page(*rows, *sorts))
    _, asked = visited(public_site)
    assert {*rows[:3], *sorts[:3]} <= {*asked}
    assert not {*rows[3:], *sorts[3:]} & {*asked}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("c.html", None, "answers 404"),
        ("c.html", page(title=" "), "a page without title or heading"),
        ("c.html", "<title>t</title>", "a page without title or heading"),
        ("c.html", page(more='<p class="message-error">no such column</p>'), "an error: no such "
         "column"),
        ("c.html", page(more="x" * LARGEST_PAGE), "has more than 4,000,000 bytes"),
        ("x.json", '{"ok": false, "error": "no such table"}', "an error: no such table"),
        ("x.json", "{", "Expecting property name"),
        ("more.json", "{", "Expecting property name"),
        ("t.csv", "a,b\n1\n", "lines of other columns"),
        ("t.csv", "", "lines of other columns"),
        ("d.svg", "<svg>", "no element found"),
    ],
)  # fmt: skip
def test_what_is_wrong(
    name: str, text: str | None, reason: str, public_site: Site, folder: Path
) -> None:
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text)
    with pytest.raises(PublishError, match=rf"/{name}:? .*{reason}"):
        visited(public_site)
