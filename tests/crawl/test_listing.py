from dataclasses import replace

import pytest
from scrapy.http import HtmlResponse

from spojscore_crawler.failures import describe_bot_check
from spojscore_crawler.items import Page, Problem
from spojscore_crawler.listing import Listing, ListingError, decode, parse_listing
from standin.pages import modern_page
from standin.problems import DAYS, Entry, problems
from tests.support.projects import ROOT
from tests.support.themes import THEMES

REAL_PAGES = ROOT.parent / "shared" / "spoj" / "pages"
real_pages = pytest.mark.skipif(not REAL_PAGES.is_dir(), reason="no ../shared/spoj/pages here")


@real_pages
def test_real_first_page_of_2014() -> None:
    listing = parse_listing((REAL_PAGES / "list-old-2014-04-28-first.html").read_bytes())
    assert (listing.page.start, listing.page.end, listing.page.size) == (0, 2950, 50)
    assert listing.problems[:3] == [
        Problem(id=1, code="TEST", name="Life, the Universe, and Everything", users=52250, value=0,
            acceptance=34.5),
        Problem(id=2, code="PRIME1", name="Prime Generator", users=13077, value=0.01,
            acceptance=12.17),
        Problem(id=3, code="SBSTR1", name="Substring Check (Bug Funny)", users=419, value=0.17,
            acceptance=10.91),
    ]  # fmt: skip
    assert (len(listing.problems), sum(row.users for row in listing.problems)) == (50, 178830)


@real_pages
def test_real_last_page_of_2011() -> None:
    listing = parse_listing((REAL_PAGES / "list-old-2011-09-12-last.html").read_bytes())
    assert (listing.page.start, listing.page.end, listing.page.size) == (1800, 1800, 50)
    rows = [(r.id, r.code, r.name, r.users, r.value, r.acceptance) for r in listing.problems]
    assert rows[0] == (9518, "LCM", "The Time of Day", 2, 1.86, 33.33)
    assert rows[-1] == (9533, "KINDJ", "Kindergarten Counting Game", 3, 1.82, 100)
    assert len(rows) == 12


@real_pages
def test_real_pages_without_a_list() -> None:
    with pytest.raises(ListingError, match=r"^no problem table; SPOJ says 'Wrong problem id!'$"):
        parse_listing((REAL_PAGES / "error-2014-wrong-problem.html").read_bytes())
    body = (REAL_PAGES / "cloudflare-challenge-2020-other-site.html").read_bytes()
    assert describe_bot_check(HtmlResponse("https://www.spoj.com", body=body))


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
def test_bot_check_marks(body: bytes, headers: dict[str, str], expected: bool) -> None:
    response = HtmlResponse("https://www.spoj.com", body=body, headers=headers)
    assert bool(describe_bot_check(response)) is expected


# A logged-in user's own table may come before or after the list; the last list counts.
MODERN = """<html><body>
<table class="problems table"><tr><td><a href="/problems/LATER">Later</a></td></tr></table>
<table class="problems"><tr><td>8</td><td><a href="/problems/OLD">Old</a></td>
<td><a href="/ranks/OLD">5</a></td></tr></table>
<table class="problems table table-condensed table-hover"><thead><tr><th>ID</th></tr></thead><tbody>
<tr>{row}</tr></tbody></table>
<ul class="pagination">
<li><a href="/problems/classical/sort=0,start=50" class="pager_link">2</a></li>
<li><a href="/problems/classical/sort=0,start=100" class="pager_link">&gt;</a></li></ul>
</body></html>"""
MARK = "<td><i class='fa fa-check'></i></td>"
ID = '<td class="text-center">\n 7 </td>'
NAME = '<td><a href="/problems/CPP">C &#43&#43 &amp; Ohgas&#39 R&D &quot;x&quot;  y</a></td>'
QUALITY = '<td><span title="+3 -75 (based on 78 votes)">-72</span></td>'
USERS = '<td><a href="https://www.spoj.com/ranks/CPP/" title="Value 0.5 points.">119</a></td>'
ACCEPTANCE = '<td><a href="/status/CPP/">12.17</a></td>'
DIFFICULTY = (
    '<td><div title="Implementation: 12%, concept: 34%"><span>12</span> <span>34</span></div></td>'
)
CPP = Problem(
    id=7, code="CPP", name='C ++ & Ohgas\' R&D "x"  y', users=119, value=0.5, acceptance=12.17,
    votes_up=3, votes_down=75, implementation_difficulty=12, concept_difficulty=34,
)  # fmt: skip


def parse(*cells: str) -> Listing:
    return parse_listing(MODERN.format(row="".join(cells)).encode())


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param((ID, NAME, QUALITY, USERS, ACCEPTANCE, DIFFICULTY), id="modern"),
        pytest.param((MARK, ID, NAME, QUALITY, USERS, ACCEPTANCE, DIFFICULTY), id="logged-in"),
        pytest.param(("<td>99</td>", ID, NAME, QUALITY, USERS, ACCEPTANCE, DIFFICULTY), id="rank"),
        pytest.param((ID, NAME, "<td>9</td>", QUALITY, USERS, ACCEPTANCE, DIFFICULTY), id="number"),
        pytest.param((DIFFICULTY, ACCEPTANCE, USERS, QUALITY, NAME, ID), id="reverse"),
        pytest.param(
            (ID, "<!-- x -->", NAME, QUALITY, USERS, ACCEPTANCE, DIFFICULTY), id="comment"
        ),
    ],
)
def test_cells_in_any_order(cells: tuple[str, ...]) -> None:
    assert parse(*cells) == Listing(Page(None, 100, ((7, "CPP"),), 50), [CPP])


@pytest.mark.parametrize(
    "difficulty",
    [
        '<td title="concept 34, implementation 12"><span>34</span><span>12</span></td>',
        '<td><p title="Difficulty"><span class="concept">34</span><span>12</span></p></td>',
        '<td><p title="Difficulty"><span>12</span><span title="Concept">34</span></p></td>',
        '<td><p title="Difficulty"><span>12</span><span>34</span></p></td>',
    ],
)
def test_difficulties_by_label(difficulty: str) -> None:
    [row] = parse(ID, NAME, QUALITY, USERS, ACCEPTANCE, difficulty).problems
    assert (row.concept_difficulty, row.implementation_difficulty) == (34, 12)


def test_missing_values_are_none() -> None:
    users = '<td><a href="/ranks/CPP">119</a></td>'
    [row] = parse(ID, NAME, "<td></td>", users, '<td><a href="/status/CPP">-</a></td>').problems
    assert row == Problem(id=7, code="CPP", name=CPP.name, users=119)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ((NAME, USERS, ACCEPTANCE), "row 1 (CPP): no id"),
        ((ID, USERS, ACCEPTANCE), "row 1 (CPP): no name"),
        ((ID, '<td><a href="/problems/CPP">&nbsp;</a></td>', USERS), "row 1 (CPP): no name"),
        ((ID, NAME, ACCEPTANCE), "row 1 (CPP): no users"),
        (
            (ID, NAME, f'<td><a href="/ranks/CPP">{"many" * 20}</a></td>'),
            f"row 1 (CPP): users are '{'many' * 10}', not a whole number",
        ),
        (
            (ID, NAME, '<td><a href="/ranks/CPP">-3</a></td>'),
            "row 1 (CPP): users are '-3', not a whole number",
        ),
        (
            (ID, NAME, USERS, '<td><a href="/status/CPP">often</a></td>'),
            "row 1 (CPP): acceptance is 'often', not a number",
        ),
        (
            (ID, NAME, '<td><a href="/ranks/OTHER">3</a></td>'),
            "row 1 (CPP, OTHER): more than one code",
        ),
        (("</tr><tr>", ID, "<td>no link</td></tr><tr>", ID, NAME, USERS), "row 1: no code"),
    ],
)
def test_unreadable_rows(cells: tuple[str, ...], reason: str) -> None:
    with pytest.raises(ListingError) as error:
        parse(*cells)
    assert str(error.value) == reason


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        pytest.param("<table class=problems></table>", "no problems in the problem", id="empty"),
        pytest.param("Problem hidden", "no problem table; SPOJ says .Problem hidden.", id="hidden"),
        pytest.param(
            MODERN.format(row=ID + NAME + USERS).rpartition("</tbody>")[0],
            "the page is cut off after row 1", id="cut-off-after-a-row",
        ),
    ],
)  # fmt: skip
def test_pages_without_a_list(page: str, reason: str) -> None:
    with pytest.raises(ListingError, match=f"^{reason}"):
        parse_listing(page.encode())


def test_two_encodings_in_one_page() -> None:
    body = b"<b>" + "Łódź".encode("iso-8859-2") + " ’ Łódź</b>".encode()
    assert decode(body) == "<b>Łódź ’ Łódź</b>"


def expected_row(entry: Entry, theme: str) -> Problem:
    row = Problem(
        id=entry.id, code=entry.code, name=entry.name, users=entry.users,
        value=float(f"{80 / (41 + entry.users):.2f}"), acceptance=entry.acceptance,
        votes_up=entry.votes_up, votes_down=entry.votes_down,
        concept_difficulty=entry.concept_difficulty,
        implementation_difficulty=entry.implementation_difficulty,
    )  # fmt: skip
    if theme == "old":
        row.votes_up = row.votes_down = None
        row.concept_difficulty = row.implementation_difficulty = None
    return row


@pytest.mark.parametrize(("theme", "day"), [*zip(THEMES, DAYS, strict=True)])
def test_every_row_of_a_list(theme: str, day: str) -> None:
    rated = replace(
        problems(1)[0], id=99_999, code="RATED", concept_difficulty=13, implementation_difficulty=7
    )
    entries = [*problems(day=day), rated]
    page = THEMES[theme](entries, 0, len(entries), len(entries), 0)
    assert parse_listing(page).problems == [expected_row(entry, theme) for entry in entries]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("count", [7, 120, 3974])
def test_page_knows_its_start(theme: str, count: int) -> None:
    entries = problems(count)
    for start in {0, 50, 1000, 3950} & set(range(0, count, 50)):
        page = THEMES[theme](entries[start : start + 50], start, 50, count, 0)
        read = parse_listing(page).page
        last = (count - 1) // 50 * 50
        assert (read.start, read.end, read.size) == (start, last, 50 if count > 50 else None)


def with_pager(items: str) -> bytes:
    page = modern_page(problems(1), 0, 50, 1, 0).replace(b"pagination", b"replaced")
    return page.replace(b"</body>", f'<ul class="pagination">{items}</ul></body>'.encode())


@pytest.mark.parametrize(
    ("items", "start"),
    [
        ('<li><span>1</span></li><li><a href="/x/start=50">2</a></li>', 0),
        ('<li class="active"><a href="/x/start=50">2</a></li>', 50),
        ('<li><a href="/x/start=0">1</a></li><li><a href="/x/start=50">2</a></li>', None),
        ('<li class="active"><span>2</span></li>', None),
        ("<li>0</li>", None),
    ],
)
def test_pager_that_may_not_say_the_start(items: str, start: int | None) -> None:
    assert parse_listing(with_pager(items)).page.start == start


def test_page_without_a_pager() -> None:
    assert parse_listing(with_pager("").replace(b"pagination", b"x")).page.end is None


@pytest.mark.parametrize(
    ("number", "start"), [("2", "0"), ("3", "50"), ("1", "50"), ("2", "50000")]
)
def test_pager_that_links_wrong_pages(number: str, start: str) -> None:
    items = '<li><a href="/x/start=50">2</a></li><li><a href="/x/start=100">3</a></li>'
    old = f"start={(int(number) - 1) * 50}"
    if number == "1":
        items, old = '<li><a href="/x/start=0">1</a></li>' + items, "start=0"
    items = items.replace(f'/{old}"', f'/start={start}"')
    with pytest.raises(ListingError, match=r"^the pager links page \d to start=\d+$"):
        parse_listing(with_pager(items + '<li><a href="/x/start=150">4</a></li>'))
