"""Pages of the list in every theme, and pages that cannot be read."""

from itertools import cycle

import pytest
from scrapy.http import HtmlResponse

from spojscore_crawler.failures import describe_bot_check
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.listing import Listing, ListingError, decode, parse_listing
from standin.pages import modern_page
from standin.problems import DAYS, problems
from tests.support.projects import ROOT
from tests.support.themes import THEMES

REAL_PAGES = ROOT.parent / "shared" / "spoj" / "pages"


@pytest.mark.skipif(not REAL_PAGES.is_dir(), reason="../shared/spoj/pages is missing")
def test_real_pages() -> None:
    names = ("list-old-2014-04-28-first", "list-old-2011-09-12-last", "error-2014-wrong-problem",
             "cloudflare-challenge-2020-other-site")  # fmt: skip
    first_page, last_page, error_page, challenge_page = (
        (REAL_PAGES / f"{name}.html").read_bytes() for name in names
    )
    for body, expected in ((first_page, (0, 2950, 50, 178830)), (last_page, (1800, 1800, 12, 8))):
        page, listing = parse_listing(body)
        users = sum(problem.users for problem in listing)
        assert (page.start, page.end, len(listing), users) == expected
    with pytest.raises(ListingError, match=r"^no problem table; SPOJ says 'Wrong problem id!'$"):
        parse_listing(error_page)
    assert describe_bot_check(HtmlResponse("https://www.spoj.com", body=challenge_page))


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"<TITLE>Just a moment...</TITLE>", {}, True),
        (b"<title>Attention Required! | Cloudflare</title>", {}, True),
        (b"<script>window._cf_chl_opt = {}</script>", {}, True),
        (b"<p class='cf-browser-verification'>", {}, True),
        (b"Forbidden", {"CF-Mitigated": "challenge"}, True),
        (b"Forbidden", {}, False),
        (b"<script>window.__CF$cv$params={}</script>", {}, False),  # on ordinary pages
    ],
)
def test_bot_check_markers(body: bytes, headers: dict[str, str], expected: bool) -> None:
    response = HtmlResponse("https://www.spoj.com", body=body, headers=headers)
    assert bool(describe_bot_check(response)) is expected


# A logged-in user's own table may come before or after the list; the last list counts.
MODERN_PAGE = """<html><body>
<table class="problems"><tr><td>8</td><td><a href="/problems/OLD">Old</a></td>
<td><a href="/ranks/OLD">5</a></td></tr></table>
<table class="problems table table-condensed table-hover"><thead><tr><th>ID</th></tr></thead><tbody>
<tr>{row}</tr></tbody></table>
<table class="problems table"><tr><td><a href="/problems/LATER">Later</a></td></tr></table>
<ul class="pagination">
<li><a href="/problems/classical/sort=0,start=50" class="pager_link">2</a></li>
<li><a href="/problems/classical/sort=0,start=100" class="pager_link">&gt;</a></li></ul>
</body></html>"""
MARK_CELL = "<td><i class='fa fa-check'></i></td>"
ID = '<td class="text-center">\n 7 </td>'
NAME = '<td><a href="/problems/CPP">C &#43&#43 &amp; Ohgas&#39 R&D &quot;x&quot;  y</a></td>'
QUALITY = '<td><span title="+3 -75 (based on 78 votes)">-72</span></td>'
VOTES = '<td title="+3 -75 votes"><span>3</span> <span>75</span></td>'
USERS = '<td><a href="https://www.spoj.com/ranks/CPP/" title="Value 0.5 points.">119</a></td>'
ACCEPTANCE = '<td><a href="/status/CPP/">12.17</a></td>'
DIFFICULTY = (
    '<td><div title="Implementation: 12%, concept: 34%"><span>12</span> <span>34</span></div></td>'
)
AFTER_NAME = (QUALITY, USERS, ACCEPTANCE, DIFFICULTY)
CPP = Problem(
    id=7, code="CPP", name='C ++ & Ohgas\' R&D "x"  y', users=119, value=0.5, acceptance=12.17,
    votes_up=3, votes_down=75, implementation_difficulty=12, concept_difficulty=34,
)  # fmt: skip
ORDERS = {
    "modern": (ID, NAME, *AFTER_NAME),
    "logged-in": (MARK_CELL, ID, NAME, *AFTER_NAME),
    "rank-before-id": ("<td>99</td>", ID, NAME, *AFTER_NAME),
    "number-after-name": (ID, NAME, "<td>9</td>", *AFTER_NAME),
    "reverse": (*reversed(AFTER_NAME), NAME, ID),
    "two-spans-of-votes": (ID, NAME, VOTES, USERS, ACCEPTANCE, DIFFICULTY),
    "comment": (ID, "<!-- x -->", NAME, *AFTER_NAME),
}


def parse(*cells: str) -> Listing:
    return parse_listing(MODERN_PAGE.format(row="".join(cells)).encode())


def link(kind: str, text: str, code: str = "CPP") -> str:
    return f'<td><a href="/{kind}/{code}">{text}</a></td>'


@pytest.mark.parametrize("cells", ORDERS.values(), ids=ORDERS)
def test_cells_in_any_order(cells: tuple[str, ...]) -> None:
    assert parse(*cells) == Listing(Page(None, 100, ((7, "CPP"),), 50), [CPP])


@pytest.mark.parametrize(
    "difficulty",
    [
        '<p title="concept 34, implementation 12"><span>34</span><span>12</span></p>',
        '<p title="Difficulty"><span class="concept">34</span><span>12</span></p>',
        '<p title="Difficulty"><span>12</span><span title="Concept">34</span></p>',
        '<p title="Difficulty"><span>12</span><span>34</span></p>',
    ],
)
def test_difficulties_by_label(difficulty: str) -> None:
    [row] = parse(ID, NAME, QUALITY, USERS, f"<td>{difficulty}</td>").problems
    assert (row.concept_difficulty, row.implementation_difficulty) == (34, 12)


def test_missing_values_are_none() -> None:
    [row] = parse(ID, NAME, "<td></td>", link("ranks", "119"), link("status", "-")).problems
    assert row == Problem(id=7, code="CPP", name=CPP.name, users=119)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ((NAME, USERS), " (CPP): no id"),
        ((ID, USERS), " (CPP): no name"),
        ((ID, link("problems", "&nbsp;"), USERS), " (CPP): no name"),
        ((ID, NAME, ACCEPTANCE), " (CPP): no users"),
        ((ID, NAME, link("ranks", "many" * 20)), f" (CPP): users are '{'many' * 10}', not a whole"),
        ((ID, NAME, link("ranks", "-3")), " (CPP): users are '-3', not a whole number"),
        ((ID, NAME, USERS, link("status", "often")), " (CPP): acceptance is 'often', not a number"),
        ((ID, NAME, link("ranks", "3", "OTHER")), " (CPP, OTHER): more than one code"),
        (("</tr><tr>", ID, "<td>no link</td></tr><tr>", ID, NAME, USERS), ": no code"),
    ],
)
def test_unreadable_row(cells: tuple[str, ...], reason: str) -> None:
    with pytest.raises(ListingError) as error:
        parse(*cells)
    assert str(error.value).startswith(f"row 1{reason}")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<table class=problems></table>", "no problems in the problem table"),
        ("Problem hidden", "no problem table; SPOJ says 'Problem hidden'"),
        (
            MODERN_PAGE.format(row=ID + NAME + USERS).rpartition("</tbody>")[0],
            "the page is cut off",
        ),
    ],
    ids=["empty", "hidden", "cut"],
)
def test_page_without_list(html: str, reason: str) -> None:
    with pytest.raises(ListingError, match=f"^{reason}"):
        parse_listing(html.encode())


def test_two_encodings_in_one_page() -> None:
    body = b"<b>" + "Łódź".encode("iso-8859-2") + " ’ Łódź</b>".encode()
    assert decode(body) == "<b>Łódź ’ Łódź</b>"


@pytest.mark.parametrize(("theme", "day"), [*zip(THEMES, cycle(DAYS), strict=False)])
def test_every_row_of_list(theme: str, day: str) -> None:
    rated_problem = Problem(id=99_999, code="RATED", name="Rated", users=0)
    rated_problem.concept_difficulty, rated_problem.implementation_difficulty = 13, 7
    entries = [*problems(day=day), rated_problem]
    page = THEMES[theme](entries, 0, len(entries), len(entries))
    for entry in entries:
        entry.value = float(f"{80 / (41 + entry.users):.2f}")
        if theme == "old":
            entry.votes_up = entry.votes_down = None
            entry.concept_difficulty = entry.implementation_difficulty = None
    assert parse_listing(page).problems == entries


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("count", [7, 120, 3974])
def test_page_knows_its_start(theme: str, count: int) -> None:
    entries = problems(count)
    last_start = (count - 1) // 50 * 50
    for start in {0, 50, 1000, last_start} & set(range(0, count, 50)):
        page = parse_listing(THEMES[theme](entries[start : start + 50], start, 50, count)).page
        size = 50 if count > 50 else None
        assert (page.start, page.end, page.size) == (start, last_start, size)


def read_pager(pager: str) -> Page:
    page = modern_page(problems(1), 0, 50, 1).replace(b"pagination", b"replaced")
    return parse_listing(page.replace(b"</body>", f"{pager}</body>".encode())).page


def item(number: int, start: int, kind: str = "") -> str:
    return f'<li class="{kind}"><a href="/x/start={start}">{number}</a></li>'


@pytest.mark.parametrize(
    ("items", "start"),
    [
        ("<li><span>1</span></li>" + item(2, 50), 0),
        (item(2, 50, "active"), 50),
        (item(1, 0) + item(2, 50), None),
        ('<li class="active"><span>2</span></li>', None),
        ("<li>0</li>", None),
    ],
    ids=["no-link", "active-link", "only-links", "no-page-size", "page-zero"],
)
def test_unusual_pager(items: str, start: int | None) -> None:
    assert read_pager(f'<ul class="pagination">{items}</ul>').start == start
    assert read_pager(items).end is None  # no pager


@pytest.mark.parametrize(
    "items", [item(2, 0), item(3, 50), item(1, 50) + item(2, 50), item(2, 50_000)]
)
def test_pager_that_links_wrong_pages(items: str) -> None:
    items = f"{item(2, 50)}{item(3, 100)}{items}{item(4, 150)}"
    with pytest.raises(ListingError, match=r"^the pager links page \d to start=\d+$"):
        read_pager(f'<ul class="pagination">{items}</ul>')
