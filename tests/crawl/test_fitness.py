"""Lists that shift, shrink or are odd: a whole list is committed, or nothing."""

from dataclasses import replace
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


SHIFTED = "the list shifted while it was read: start={} names other problems now"
GREW = "the list grew or shrank while it was read: its last page is start={} and start={}"


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("number", "hidden", "reason"),
    [
        (2, 2, SHIFTED.format(0)),  # on the first page, before the last is read
        (3, 75, SHIFTED.format(100)),
        (4, 110, SHIFTED.format(100)),
    ],
)
def test_a_problem_hidden_while_the_list_is_read(
    number: int, hidden: int, reason: str, known: bool, standin: Served, database: Path,
    small_list: bytes,
) -> None:  # fmt: skip
    entries = problems(120)
    server = standin(entries)
    if known:
        database.write_bytes(small_list)
    left = [*entries[:hidden], *entries[hidden + 1 :]]
    at_page(server, number, lambda: relist(server, left))
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1")
    assert reason in crawl.error
    assert crawl.failed(crawl.report["reason"], small_list if known else None)
    assert crawl.report["outcome"] == "refused"
    assert crawl.report["findings"]["shifted"] == reason
    # The next run brings it.
    assert Crawl(server.url, database).status == 0
    assert listed(database) == [entry.id for entry in left]


def test_a_problem_added_while_the_list_is_read(standin: Served, database: Path) -> None:
    entries = problems(150)
    new = replace(entries[60], id=entries[60].id + 1, code="NEW")
    server = standin(entries)
    at_page(server, 3, lambda: relist(server, [*entries[:61], new, *entries[61:]]))
    crawl = Crawl(server.url, database, "CONCURRENT_REQUESTS=1")
    assert crawl.report["findings"]["shifted"] == SHIFTED.format(100)
    assert crawl.report["findings"]["other_ends"] == GREW.format(100, 150)
    assert crawl.status == 1


def test_a_solve_on_the_last_page_is_no_shift(standin: Served, database: Path) -> None:
    entries = problems(120)
    server = standin(entries)
    solved = [*entries[:-1], replace(entries[-1], users=entries[-1].users + 1)]
    at_page(server, 3, lambda: relist(server, solved))
    assert Crawl(server.url, database).status == 0
    assert [row["users"] for row in rows(database)] == [entry.users for entry in entries]


def test_a_list_that_lost_a_tenth(standin: Served, database: Path, before: bytes) -> None:
    least = sorted(problems(120), key=lambda entry: entry.users)[:12]
    kept = [entry for entry in problems(120) if entry not in least]
    server = standin(kept)
    reason = "108 problems are fewer than 98 % of the last crawl's 120 (MIN_PROBLEMS_RATIO)"
    crawl = Crawl(server.url, database)
    assert crawl.failed(reason, before)
    assert crawl.report["outcome"] == "refused"
    assert crawl.report["pages"] == 3
    assert crawl.report["counts"] == {"problems": 108}
    assert crawl.report["findings"] == {"few_problems": reason}

    accepted = Crawl(server.url, database, "GATE=accept")
    assert accepted.status == 0
    assert accepted.output.splitlines()[1] == f"accepted all the same (GATE=accept): {reason}"
    assert listed(database) == [entry.id for entry in kept]
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
    assert crawl.failed(f"the code {entries[3].code} stands in the list twice", before)


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
    server = standin([*entries[:119], replace(entries[119], id=entries[118].id)])
    crawl = Crawl(server.url, database)
    assert crawl.failed(f"the id {entries[118].id} stands in the list twice", before)


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
        entries[n] = replace(entries[n], name=name)
    assert Crawl(standin(entries).url, database).status == 0
    assert [row["name"] for row in rows(database)[: len(HOSTILE)]] == list(HOSTILE)
