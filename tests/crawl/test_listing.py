from dataclasses import replace

import pytest

from spojscore_crawler.items import Problem
from spojscore_crawler.listing import Listing, ListingError, decode, parse_listing
from standin import pages
from standin.problems import Entry, problems
from tests.support.projects import ROOT

REAL_PAGES = ROOT.parent / "shared" / "spoj" / "pages"
real_pages = pytest.mark.skipif(not REAL_PAGES.is_dir(), reason="no ../shared/spoj/pages here")


def read(name: str) -> Listing:
    return parse_listing((REAL_PAGES / name).read_bytes(), name)


@real_pages
def test_first_page_of_2014() -> None:
    listing = read("list-old-2014-04-28-first.html")
    assert len(listing.problems) == 50
    assert (listing.start, listing.highest_link) == (0, 2950)
    assert listing.problems[:3] == [
        Problem(id=1, code="TEST", name="Life, the Universe, and Everything", users=52250, value=0,
            acceptance=34.5),
        Problem(id=2, code="PRIME1", name="Prime Generator", users=13077, value=0.01,
            acceptance=12.17),
        Problem(id=3, code="SBSTR1", name="Substring Check (Bug Funny)", users=419, value=0.17,
            acceptance=10.91),
    ]  # fmt: skip
    assert listing.problems[-1] == Problem(
        id=54, code="JULKA", name="Julka", users=7508, value=0.01, acceptance=28.81
    )
    assert sum(row.users for row in listing.problems) == 178830
    assert [row.id for row in listing.problems] == sorted(row.id for row in listing.problems)


@real_pages
def test_last_page_of_2011() -> None:
    listing = read("list-old-2011-09-12-last.html")
    assert listing.start == 1800
    assert listing.highest_link == 1750  # the last page's pager links to all but itself
    assert [(r.id, r.code, r.name, r.users, r.value, r.acceptance) for r in listing.problems] == [
        (9518, "LCM", "The Time of Day", 2, 1.86, 33.33),
        (9519, "DSUBMTR", "Distinct Submatrices", 2, 1.86, 50),
        (9520, "TANKS", "Tanks", 1, 1.9, 50),
        (9525, "CIPHERJ", "Cipher", 0, 1.95, 0),
        (9526, "DEPART", "Department", 0, 1.95, 0),
        (9527, "DEPARTJ", "Department", 0, 1.95, 0),
        (9528, "JTRIP", "Johns Trip", 0, 1.95, 0),
        (9529, "MAYCA", "Maya Calendar", 0, 1.95, 0),
        (9530, "PIPEJ", "Pipe", 0, 1.95, 0),
        (9531, "STIJ", "Sticks", 0, 1.95, 0),
        (9532, "TRANSJ", "Transportation", 0, 1.95, 0),
        (9533, "KINDJ", "Kindergarten Counting Game", 3, 1.82, 100),
    ]


@real_pages
@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("error-2014-wrong-problem.html", "no problem table; SPOJ says 'Wrong problem id!'"),
        ("profile-2019-02-17.html", "no problem table"),
        (
            "cloudflare-challenge-2020-other-site.html",
            "a bot check instead of the list of problems",
        ),
    ],
)
def test_real_pages_without_a_list(name: str, what: str) -> None:
    with pytest.raises(ListingError) as error:
        read(name)
    assert str(error.value) == f"{name}: {what}"


MODERN = """<html><body>
<table class="problems table"><tr><td><a href="/problems/LATER">Later</a></td></tr></table>
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
    return parse_listing(MODERN.format(row="".join(cells)).encode(), "page")


@pytest.mark.parametrize(
    "cells",
    [
        (ID, NAME, QUALITY, USERS, ACCEPTANCE, DIFFICULTY),
        (MARK, ID, NAME, QUALITY, USERS, ACCEPTANCE, DIFFICULTY),
        ("<td>99</td>", ID, NAME, QUALITY, USERS, ACCEPTANCE, DIFFICULTY),
        (DIFFICULTY, ACCEPTANCE, USERS, QUALITY, NAME, ID),
        (ID, "<!-- a comment -->", NAME, QUALITY, USERS, ACCEPTANCE, DIFFICULTY),
    ],
)
def test_cells_are_found_wherever_they_stand(cells: tuple[str, ...]) -> None:
    assert parse(*cells) == Listing([CPP], None, 100)


@pytest.mark.parametrize(
    "difficulty",
    [
        '<td title="concept 34, implementation 12"><span>34</span><span>12</span></td>',
        '<td><p title="Difficulty"><span class="concept">34</span><span>12</span></p></td>',
        '<td><p title="Difficulty"><span>12</span><span title="Concept">34</span></p></td>',
        '<td><p title="Difficulty"><span>12</span><span>34</span></p></td>',
    ],
)
def test_difficulties_go_by_their_names(difficulty: str) -> None:
    [row] = parse(ID, NAME, QUALITY, USERS, ACCEPTANCE, difficulty).problems
    assert (row.concept_difficulty, row.implementation_difficulty) == (34, 12)


def test_what_the_page_leaves_open_is_none() -> None:
    users = '<td><a href="/ranks/CPP">119</a></td>'
    [row] = parse(ID, NAME, "<td></td>", users, '<td><a href="/status/CPP">-</a></td>').problems
    assert row == Problem(id=7, code="CPP", name=CPP.name, users=119)


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ((NAME, USERS, ACCEPTANCE), "row 1 (CPP): no id"),
        ((ID, USERS, ACCEPTANCE), "row 1 (CPP): no name"),
        (
            (ID, '<td><a href="/problems/CPP">&nbsp;</a></td>', USERS),
            "row 1 (CPP): no name",
        ),
        ((ID, NAME, ACCEPTANCE), "row 1 (CPP): no users"),
        (
            (ID, NAME, '<td><a href="/ranks/CPP">many</a></td>'),
            "row 1 (CPP): users are 'many', not a whole number",
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
        ((ID,), "no problems in the problem table"),
    ],
)
def test_a_row_that_lacks_something(cells: tuple[str, ...], what: str) -> None:
    with pytest.raises(ListingError) as error:
        parse(*cells)
    assert str(error.value) == f"page: {what}"


def test_a_page_without_a_pager() -> None:
    page = MODERN.format(row=ID + NAME + USERS).replace('class="pagination"', "")
    assert parse_listing(page.encode(), "page").highest_link is None


def test_a_page_that_breaks_off_after_a_whole_row() -> None:
    page = MODERN.format(row=ID + NAME + USERS)
    with pytest.raises(ListingError, match="page: the page breaks off after row 1"):
        parse_listing(page.partition("</tbody>")[0].encode(), "page")


def test_what_spoj_says_counts_before_a_script_of_cloudflare() -> None:
    page = b"<p>Wrong problem id!</p><script>window._cf_chl_opt</script>"
    with pytest.raises(ListingError, match="SPOJ says 'Wrong problem id!'"):
        parse_listing(page, "page")


def test_bytes_of_two_encodings_in_one_page() -> None:
    body = b"<b>" + "Łódź".encode("iso-8859-2") + " ’ Łódź</b>".encode()
    assert decode(body) == "<b>Łódź ’ Łódź</b>"


def row_of(entry: Entry, theme: str) -> Problem:
    """The row that a page of the stand-in must give."""
    value = float(f"{80 / (41 + entry.users):.2f}")
    if theme == "old":
        return Problem(
            id=entry.id, code=entry.code, name=entry.name, users=entry.users, value=value,
            acceptance=entry.acceptance,
        )  # fmt: skip
    return Problem(
        id=entry.id, code=entry.code, name=entry.name, users=entry.users, value=value,
        acceptance=entry.acceptance, votes_up=entry.votes_up, votes_down=entry.votes_down,
        concept_difficulty=entry.concept, implementation_difficulty=entry.implementation,
    )  # fmt: skip


@pytest.mark.parametrize("theme", pages.THEMES)
def test_every_row_of_the_stand_in(theme: str) -> None:
    rated = replace(problems(1)[0], id=99_999, code="RATED", concept=13, implementation=7)
    entries = [*problems(), rated]
    page = pages.THEMES[theme](entries, 0, len(entries), len(entries), 0)
    assert parse_listing(page, "page").problems == [row_of(entry, theme) for entry in entries]


@pytest.mark.parametrize("theme", pages.THEMES)
@pytest.mark.parametrize("count", [7, 120, 3974])
def test_a_page_knows_its_place_by_its_pager(theme: str, count: int) -> None:
    entries = problems(count)
    for start in {0, 50, 1000, 3950} & set(range(0, count, 50)):
        page = pages.THEMES[theme](entries[start : start + 50], start, 50, count, 0)
        assert parse_listing(page, "url").start == start


@pytest.mark.parametrize(
    ("pager", "start"),
    [
        ('<li><span>1</span></li><li><a href="/x/start=50">2</a></li>', 0),
        ('<li class="active"><a href="/x/start=50">2</a></li>', 50),
        ('<li><a href="/x/start=0">1</a></li><li><a href="/x/start=50">2</a></li>', None),
        ('<li class="active"><span>2</span></li>', None),
        ("<li>0</li>", None),
    ],
)  # fmt: skip
def test_a_pager_that_may_not_tell(pager: str, start: int | None) -> None:
    page = pages.modern_page(problems(1), 0, 50, 1, 0).decode()
    head, _, rest = page.partition('<ul class="pagination" style="">')
    tail = rest.rpartition("</ul>")[2]
    page = f"{head}</ul>{rest.partition('</ul>')[2].partition('<ul')[0]}{tail}"
    page = page.replace("</body>", f'<ul class="pagination">{pager}</ul></body>')
    assert parse_listing(page.encode(), "url").start == start


@pytest.mark.parametrize(
    ("number", "start"), [("2", "0"), ("3", "50"), ("1", "50"), ("2", "50000")]
)
def test_a_pager_that_leads_astray(number: str, start: str) -> None:
    page = pages.modern_page(problems(200)[:50], 0, 50, 200, 0).decode()
    before = f'start={(int(number) - 1) * 50}" class="pager_link">{number}<'
    if number == "1":
        page = page.replace('<li class="active"><span>1</span>', f'<li><a href="/x/{before}/a>')
    page = page.replace(before, f'start={start}" class="pager_link">{number}<')
    with pytest.raises(ListingError, match=r"^url: the pager links page \d to start=\d+$"):
        parse_listing(page.encode(), "url")
