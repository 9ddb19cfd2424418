"""The site in public: what a visitor's SQL may cost, and what hostile names can do."""

import asyncio
import csv
import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from parsel import Selector

from tests.support.databases import rows
from tests.support.grown import HOSTILE
from tests.support.sites import get, served, words
from web.plugins import answers as module

MOST_MEMORY = 300_000  # kB
MEMORY, LARGE, TEXT, LONG = (
    "This query needs more memory than this site gives. Ask for less of it at a time.",
    "The answer to this query is too large. Ask for fewer rows or columns, or take the whole "
    "database home: its file is linked on the home page.",
    "This query makes or compares longer texts than this site takes.",
    "This query took too long, more than a second. Ask for less, or take the whole database "
    "home: its file is linked on the home page.",
)
LONG_TEXT = "replace(hex(zeroblob(20000)), '0', 'a')"
WIDE = "replace(hex(zeroblob(20000)), '0', 'x')"
ATTACKS = {
    "zeroblob": ("SELECT replace(hex(zeroblob(200000000)), '0', 'x')", TEXT),
    "one value": ("SELECT printf('%.*c', 90000000, 'x')", TEXT),
    "padded": ("SELECT format('%.2000000000c', 'x')", TEXT),
    "compared": (f"SELECT instr({LONG_TEXT}, {LONG_TEXT} || 'b')", TEXT),
    "replaced": (f"SELECT replace({LONG_TEXT}, {LONG_TEXT} || 'b', 'x')", TEXT),
    "trimmed": (f"SELECT trim({LONG_TEXT}, {LONG_TEXT} || 'b')", TEXT),
    "grouped": ("SELECT json_group_array(a.name || b.name) FROM problems a, problems b", MEMORY),
    "wide rows": (f"SELECT {WIDE} FROM problems LIMIT 1000", LARGE),
    "long names": (f'SELECT 1 AS "{"x" * 2000}" FROM problems', LARGE),
    "wide letters": (
        "SELECT replace(hex(zeroblob(20000)), '00', '\N{GRINNING FACE}') FROM problems",
        LARGE,
    ),
    "many columns": (f"SELECT {', '.join(['1'] * 300)} FROM problems", LARGE),
    "blobs": ("SELECT zeroblob(90000) FROM problems", LARGE),
    "endless": (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
        LONG,
    ),
}
ORDINARY = ("/", "/spojscore/problems", "/spojscore/problems/PRIME1", "/charts")


def path(sql: str, kind: str = "") -> str:
    return f"/spojscore{kind}?{urlencode({'sql': sql})}"


def status(url: str) -> int:
    try:
        with urlopen(url, timeout=60) as response:
            response.read()
            return int(response.status)
    except HTTPError as error:
        return error.code


def refusal(url: str) -> str:
    with pytest.raises(HTTPError, match="400") as raised:
        get(url)
    return str(raised.value.read().decode())


@pytest.fixture
def server(crawled: Path) -> Iterator[tuple[str, int]]:
    """A site of its own, so that its memory is that of the test."""
    with served(crawled) as (address, pid):
        yield address, pid


def peak_memory(pid: int) -> int:
    """In kB, of the process so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(peak)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_costly_query_is_refused_with_a_sentence(attack: str, site: str) -> None:
    sql, sentence = ATTACKS[attack]
    assert json.loads(refusal(site + path(sql, ".json")))["error"] == sentence
    assert sentence in words(refusal(site + path(sql)))
    assert refusal(site + path(sql, ".csv")) == (
        "The query failed. The same as a page, without .csv after the path, tells why."
        if sentence in (LARGE, TEXT)
        else sentence
    )


def test_attacks_take_no_memory_and_nobodys_page(server: tuple[str, int]) -> None:
    site, pid = server
    attacks = [site + path(sql, kind) for sql, _ in ATTACKS.values() for kind in ("", ".json")]
    facets = "_facet=code&_facet=name&_facet=url&_facet_size=max&_size=1"
    faceted = [f"{site}/spojscore/problems.json?{facets}&x={'x' * 2300}"] * 2
    pages = [site + ORDINARY[number % len(ORDINARY)] for number in range(40)]
    with ThreadPoolExecutor(len(attacks) + len(faceted) + len(pages)) as pool:
        refused = pool.map(status, attacks)
        # Too large, or without the facets, which have a time of their own.
        answered_or_refused = pool.map(status, faceted)
        answered = pool.map(status, pages)
        assert list(answered) == [200] * 40
        assert list(refused) == [400] * len(attacks)
        assert {*answered_or_refused} <= {200, 400}
    assert peak_memory(pid) < MOST_MEMORY


def test_a_page_that_finds_no_memory_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    short, page = f"<p>{MEMORY}</p>".encode(), b"<p>a page</p>"
    answers: list[bytes | None] = [None, short, page]

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001
        if (body := answers.pop(0)) is None:
            raise MemoryError
        await send({"type": "http.response.body", "body": body})

    monkeypatch.setattr(module, "WAITS", (0, 0, 0))
    assert asyncio.run(module.patiently(app, {}, app)) == [
        {"type": "http.response.body", "body": page}
    ]
    answers[:] = [None, short, None]
    assert asyncio.run(module.patiently(app, {}, app)) == []


def test_a_page_too_large_to_send_is_refused(site: str) -> None:
    everything = path("SELECT *, url AS a FROM problems")
    assert "This answer would be larger than 4.4 MB." in words(refusal(site + everything))
    as_json = path("SELECT code, hex(zeroblob(550)) AS x FROM problems", ".json")
    told = json.loads(refusal(site + as_json))["error"]
    assert told.startswith("This answer would be larger")


NONSENSE = [
    "problems{}?_sort=x", "problems{}?_sort_desc=x", "problems{}?_through=x",
    "problems{}?_timelimit=x", "problems{}?users__gt=99999999999999999999",
    "problems{}?nocolumn__gt=99999999999999999999", "problems{}?_facet=%00",
    "problems{}?_where=%00", "problem_history{}?_next='+or+1",
    "latest_events{}?_next=99999999999999999999", f"problems{{}}?_facet=code&x={'x' * 4000}",
    "problems{}?_json=name",
]  # fmt: skip


@pytest.mark.parametrize("asked", NONSENSE)
def test_nonsense_is_refused_with_a_sentence(asked: str, site: str) -> None:
    told = json.loads(refusal(f"{site}/spojscore/{asked.format('.json')}"))["error"]
    assert len(told.split()) > 3
    assert told in words(refusal(f"{site}/spojscore/{asked.format('')}"))


def test_there_is_no_csv_of_everything(site: str) -> None:
    for query in ("", "?x=1"):
        told = refusal(f"{site}/spojscore.csv{query}")
        assert told == "There is no CSV of that. Each table and each question has one."


def test_an_address_that_names_a_format_stays_a_page(site: str) -> None:
    for page in ("/mine", "/static/solved.js"):
        assert get(f"{site}{page}?_format=csv") == get(site + page)


def test_the_database_and_its_hash(site: str, crawled: Path, tmp_path: Path) -> None:
    """Vercel's CDN has the files; elsewhere they are made when somebody asks."""
    file = tmp_path / "taken.db"
    with urlopen(f"{site}/spojscore.db") as response:
        file.write_bytes(response.read())
    assert rows(file) == rows(crawled)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert get(f"{site}/spojscore.db.sha256") == f"{digest}  spojscore.db\n"


def test_the_whole_list_is_not_too_much(site: str) -> None:
    assert get(f"{site}/spojscore/problems?_size=max").count("<tr data-code=") == 3974
    assert len(json.loads(get(site + path("SELECT * FROM problems", ".json")))["rows"]) == 3974


@pytest.mark.parametrize(
    "sql", ["DELETE FROM problems", "PRAGMA user_version = 1", "ATTACH 'x.db' AS x", "VACUUM"]
)
def test_nothing_can_be_written(sql: str, site: str) -> None:
    assert "Statement must be a SELECT" in refusal(site + path(sql))


@pytest.mark.parametrize(
    "page", ["/", "/spojscore/problems", "/mine", "/nosuchpage", "/static/site.css", "/feed.atom",
             "/spojscore.json?sql=select+1", "/spojscore/problems.csv", "/-/messages",
             "/-/patterns"],
)  # fmt: skip
def test_every_answer_has_the_policy_and_no_cookie(page: str, site: str) -> None:
    try:
        with urlopen(Request(site + page, headers={"Cookie": "a=b"})) as response:
            headers = response.headers
    except HTTPError as error:
        headers = error.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Set-Cookie"] is None


SHOWN_ON = [
    "/", "/spojscore/problems?_q=X&_size=max", "/charts", "/spojscore/latest_events",
    "/spojscore/movers", "/spojscore/moved", "/spojscore/news", "/spojscore/events",
    *(f"/spojscore/problems/{code}" for code in HOSTILE),
]  # fmt: skip
TAGS = "script:not([src]), img, [onerror], [onload], [onmouseover], a[href*='evil']"


@pytest.mark.parametrize("page", SHOWN_ON)
def test_hostile_names_are_text_on_every_page(page: str, grown_site: str) -> None:
    shown = Selector(get(grown_site + page))
    assert shown.css(TAGS).getall() == []
    assert "49" not in shown.css("h1 ::text").getall()


@pytest.mark.parametrize("code", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is(code: str, grown_site: str) -> None:
    page = Selector(get(f"{grown_site}/spojscore/problems/{code}"))
    # An HTML parser has no place for these.
    expected = HOSTILE[code].replace("\x07", "").replace("\x0b", "")
    shown = "".join(page.css("h1 bdi ::text").getall()).replace("\x07", "").replace("\x0b", "")
    assert shown == expected


def test_json_has_hostile_names_as_they_are(grown_site: str) -> None:
    found = json.loads(get(f"{grown_site}/spojscore/problems.json?_size=max&_shape=array"))
    assert {row["code"]: row["name"] for row in found if row["code"] in HOSTILE} == HOSTILE


@pytest.mark.parametrize(
    "table", ["problems.csv?_size=max", "movers.csv?_size=max", "problems.csv?_size=max&_dl=1"]
)
def test_csv_holds_no_formula(table: str, grown_site: str) -> None:
    lines = list(csv.DictReader(get(f"{grown_site}/spojscore/{table}").splitlines(keepends=True)))
    names = {row["code"]: row["name"] for row in lines}
    for code in ("XFORMULA", "XPLUS", "XAT", "XMINUS", "XTAB"):
        assert names[code] == f"'{HOSTILE[code]}"
    assert names["XSCRIPT"] == HOSTILE["XSCRIPT"]
    assert names["STEADY"] == "Steady Climb"


def test_numbers_in_csv_stay_numbers(grown_site: str, grown: Path) -> None:
    lines = csv.DictReader(get(f"{grown_site}/spojscore/movers.csv?_size=max").splitlines())
    change = {row["code"]: row["score_7"] for row in lines if row["code"] == "STEADY"}
    [expected] = rows(grown, "SELECT score_7 FROM movers WHERE code = 'STEADY'")
    assert float(change["STEADY"]) == expected["score_7"] < 0
