"""Lists that shift, shrink or are odd: a whole list is committed, or nothing."""

from dataclasses import replace
from html import escape
from itertools import cycle
from pathlib import Path

import pytest

from standin.problems import Entry, problems
from standin.server import StandIn
from tests.support.crawling import Crawl, Served, at_page
from tests.support.databases import rows

LIST = "/problems/classical/sort=0,start="


def listed(database: Path) -> list[int]:
    return [row["id"] for row in rows(database) if row["delisted"] is None]


def relist(server: StandIn, entries: list[Entry]) -> None:
    server.problems = entries


@pytest.mark.parametrize(
    ("known", "number", "hidden"), [(True, 2, 2), (True, 3, 75), (False, 2, 70), (False, 3, 2)]
)
def test_a_problem_hidden_while_the_list_is_read(
    known: bool, number: int, hidden: int, standin: Served, database: Path, small_list: bytes
) -> None:
    """What slips over the border of two pages is found, on the first crawl too."""
    entries = problems(120)
    server = standin(entries)
    if known:
        database.write_bytes(small_list)
    left = [*entries[:hidden], *entries[hidden + 1 :]]
    at_page(server, number, lambda: relist(server, left))
    assert Crawl(server.url, database, "CONCURRENT_REQUESTS=1").status == 0
    assert listed(database) == [entry.id for entry in left]


def test_a_problem_added_while_the_list_is_read(standin: Served, database: Path) -> None:
    entries = problems(150)
    new = replace(entries[60], id=entries[60].id + 1, code="NEW")
    server = standin(entries)
    at_page(server, 3, lambda: relist(server, [*entries[:61], new, *entries[61:]]))
    assert Crawl(server.url, database).status == 0
    assert listed(database) == [entry.id for entry in server.problems]


def test_a_list_that_grows_by_a_page_while_it_is_read(standin: Served, database: Path) -> None:
    server = standin(150)
    at_page(server, 3, lambda: relist(server, problems(151)))
    assert Crawl(server.url, database).status == 0
    assert listed(database) == [entry.id for entry in problems(151)]
    once = [f"{LIST}{n}" for n in (0, 50, 100)]
    assert sorted(server.requests[1:]) == sorted([*once, *once, f"{LIST}150"])


def test_a_list_that_never_holds_still(standin: Served, database: Path, before: bytes) -> None:
    entries = problems(120)
    server = standin(entries)
    hidden = cycle(range(9))

    def hide() -> None:
        gone = next(hidden)
        server.problems = [*entries[:gone], *entries[gone + 1 :]]

    server.on_page = hide
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1")
    reason = str(crawl.report["reason"])
    assert reason == "the list kept shifting while it was read"
    assert crawl.failed(reason, before)


def test_a_problem_that_left_is_looked_for_once_more(
    standin: Served, database: Path, before: bytes
) -> None:
    assert before
    entries = problems(120)
    server = standin([*entries[:70], *entries[71:]])
    crawl = Crawl(server.url, database)
    assert crawl.output.startswith("119 problems (0 new, 0 changed, 1 gone, 0 returned)")
    assert sorted(server.requests[1:]) == sorted(f"{LIST}{n}" for n in (0, 50, 50, 100))


def test_a_list_that_lost_a_tenth(standin: Served, database: Path, before: bytes) -> None:
    server = standin(108)
    reason = "108 problems are fewer than 98 % of the last crawl's 120 (MIN_PROBLEMS_RATIO)"
    crawl = Crawl(server.url, database)
    assert crawl.failed(reason, before)
    assert crawl.report["outcome"] == "refused"
    assert crawl.report["pages"] == 3
    assert crawl.report["counts"] == {"problems": 108}
    assert crawl.report["findings"] == [
        {"name": "problems", "sentence": reason, "limit": 0.98, "acceptable": True}
    ]

    accepted = Crawl(server.url, database, "GATE=accept")
    assert accepted.status == 0
    assert accepted.output.splitlines()[1] == f"accepted all the same (GATE=accept): {reason}"
    assert listed(database) == [entry.id for entry in problems(108)]
    crawls = "SELECT id, problems, added, delisted, overridden FROM crawls"
    assert rows(database, crawls) == [
        {"id": 1, "problems": 120, "added": 120, "delisted": 0, "overridden": None},
        {"id": 2, "problems": 108, "added": 0, "delisted": 12, "overridden": reason},
    ]
    assert accepted.report["outcome"] == "committed"
    assert accepted.report["findings"] == crawl.report["findings"]
    assert Crawl(server.url, database).status == 0


def test_users_that_all_fell(standin: Served, database: Path, before: bytes) -> None:
    entries = problems(120)
    server = standin([replace(entry, users=entry.users // 2) for entry in entries])
    then, now = (sum(entry.users for entry in listed) for listed in (entries, server.problems))
    crawl = Crawl(server.url, database)
    assert crawl.failed(
        f"{now} users are fewer than 99 % of the last crawl's {then} (MIN_USERS_RATIO)", before
    )


def test_a_first_list_that_is_too_short(standin: Served, database: Path) -> None:
    crawl = Crawl(standin(120).url, database, "MIN_PROBLEMS=1000")
    reason = "120 problems are fewer than a first crawl's 1000 (MIN_PROBLEMS)"
    assert crawl.failed(reason, None)


def test_accepting_does_not_open_the_gate_for_less_than_a_list(
    standin: Served, database: Path, before: bytes
) -> None:
    entries = problems(120)
    server = standin([*entries[:119], replace(entries[3], id=entries[119].id)])
    crawl = Crawl(server.url, database, "GATE=accept")
    assert crawl.failed(f"1 codes stand in the list twice, {entries[3].code} first", before)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("GATE=yes", "GATE is 'yes', not 'accept'"),
        ("MAX_PAGES=all", "MAX_PAGES is 'all', not a whole number"),
    ],
)
def test_settings_that_make_no_sense(
    setting: str, reason: str, standin: Served, database: Path, before: bytes
) -> None:
    server = standin(120)
    assert Crawl(server.url, database, setting).failed(reason, before)
    assert server.requests == []


def test_an_id_that_stands_there_twice(standin: Served, database: Path, before: bytes) -> None:
    entries = problems(120)
    server = standin([*entries[:119], replace(entries[119], id=entries[3].id)])
    crawl = Crawl(server.url, database)
    assert crawl.failed(
        "the list kept shifting while it was read; "
        f"1 ids stand in the list twice, {entries[3].id} first",
        before,
    )
    assert len(server.requests) == 1 + 4 * 3  # a shift that lasts


def test_ids_out_of_order(standin: Served, database: Path, before: bytes) -> None:
    first, *others = problems(120)
    server = standin([*others[:60], first, *others[60:]])
    crawl = Crawl(server.url, database)
    assert crawl.failed(
        f"the list is not sorted by id (sort=0): {first.id} stands after {others[59].id}", before
    )


HOSTILE = (
    "<script>alert('x')</script>",
    "Robert'); DROP TABLE problems;--",
    '=HYPERLINK("http://x.invalid","y")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "-2",
    "\u202egnirts\u202c \u200bzero",
    "bell\u0007 and escape\u001b[31m",
    "a\tb",
    "double  space",
    "&amp; stays",
    "NULL",
    "\U0001f600 \u4e2d\u6587 \u0645\u0631\u062d\u0628\u0627",
    "%s %(x)d {0}",
)


def test_hostile_names_are_stored_as_they_are(standin: Served, database: Path) -> None:
    entries = problems(120)
    for n, name in enumerate(HOSTILE):
        entries[n] = replace(entries[n], name=name, html=escape(name))
    assert Crawl(standin(entries).url, database).status == 0
    assert [row["name"] for row in rows(database)[: len(HOSTILE)]] == list(HOSTILE)
