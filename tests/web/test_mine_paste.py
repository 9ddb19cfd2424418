"""Reading of pasted text: the module in a real browser, without a site."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from standin.problems import problems
from tests.support.mine import PROFILE

NAMES = {
    "PRIME1": "Prime Generator", "ONP": "Transform the Expression", "GSS1": "Can you answer these",
    "ADDREV": "Adding Reversed Numbers", "AP2": "AP - Complete The Series", "TREE": "Another Tree",
    "TEST": "Life, the Universe", "MAZE": "The Long Maze", "DP": "", "WA": "", "TLE": "",
    "PRIME": "Sums", "STACK": "Game", "FCTRL": "Factorial", "A_B": "Under", "CODE": "Secret code",
    "AND": "Game of and", "ALL": "All", "MAY99_4": "Sum", "PALIN": "Next", "BULK": "Bulk",
    "EKO": "Eko", "LCA": "", "WAR": "",
}  # fmt: skip
SETS = ("solved", "tried", "perhaps", "unknown")
READ = """async ([text, problems]) => {
    const { read } = await import("/paste.js");
    const found = read(text, new Map(problems.map((one) => [one.code, one])));
    const sets = ["solved", "tried", "perhaps", "unknown", "kinds"];
    const { user } = found;
    return { user, ...Object.fromEntries(sets.map((name) => [name, [...found[name]]])) };
}"""


def read(page: Page, text: str, names: dict[str, str] = NAMES) -> dict[str, Any]:
    """The non-empty parts of a reading, with sorted codes."""
    listed = [
        {"code": code, "name": name, "id": 1043 if code == "GSS1" else number}
        for number, (code, name) in enumerate(names.items())
    ]
    found = page.evaluate(READ, [text, listed])
    return {
        name: value if name == "user" else sorted(value) for name, value in found.items() if value
    }


def codes(**sets: str) -> dict[str, list[str]]:
    return {name: sorted(words.split()) for name, words in sets.items() if words}


def test_each_kind_reads_its_example(static: Page) -> None:
    kinds = static.evaluate(
        "async () => (await import('/paste.js')).KINDS.map((kind) => ({ ...kind, read: 0 }))"
    )
    assert len(kinds) >= 9
    for kind in kinds:
        for text in (kind["example"], kind["example"].replace("\n", "\r\n")):
            found = read(static, text)
            expected = {name: kind.get(name, "") for name in SETS}
            found_by = found.pop("kinds", [])
            assert found.pop("user", "") == kind.get("user", "")
            assert found == codes(**expected), kind["name"]
            assert (kind["name"] in found_by) == bool(kind.get("solved"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PRIME1 TEST ADDREV FCTRL PALIN BULK LCA EKO",
         {"solved": "PRIME1 TEST ADDREV FCTRL PALIN BULK LCA EKO"}),
        ("prime1 test addrev", {"solved": "PRIME1 TEST ADDREV"}),
        ("- PRIME1\n* TREE\n3. ALL", {"solved": "PRIME1 TREE ALL"}),
        ('["PRIME1", "code", "dp"]', {"solved": "PRIME1 CODE DP"}),
        ("hello world", {}),
        ("HELLO", {}),
        ("PRIME1 FOO123 ONP NOSUCH", {"solved": "PRIME1 ONP", "unknown": "FOO123 NOSUCH"}),
        ("SP1043 PRIME1 ONP", {"solved": "GSS1 PRIME1 ONP"}),
        ("TREE NOSUCH", {"perhaps": "TREE", "unknown": "NOSUCH"}),
        (" \n", {}),
        ("I solved ONP and a tree, and TREE and prime1.",
         {"solved": "ONP", "perhaps": "TREE PRIME1"}),
        ("1 | 2018-03-01 10:11:12 | TREE | AC | 0", {"solved": "TREE"}),
        ("code,status\nTREE,solved\nONP,tried\n", {"solved": "TREE", "tried": "ONP"}),
        ("code,status\nCODE,solved\n", {"solved": "CODE"}),
        ("CODE, ONP\nPRIME1, GSS1", {"solved": "CODE ONP PRIME1 GSS1"}),
        ("PRIME1: Prime Generator, GSS1: ok", {"solved": "PRIME1 GSS1"}),
        ("- [x] TREE - Another Tree\n- [ ] ONP - Transform", {"solved": "TREE"}),
        ("https://www.spoj.com/problems/classical/ https://www.spoj.com/status/test/", {}),
        ("http://site.test/spojscore/problems/TREE", {"solved": "TREE"}),
        ("<ul><li><a href='/problems/TREE'>x</a></li></ul>ONP", {"solved": "TREE"}),
        ("codeforces ONP", {"perhaps": "ONP"}),
        ("codechef/FCTRL.cpp ONP.cpp", {"solved": "ONP", "perhaps": "FCTRL"}),
        ("onp.py ALL_of_it.py Main.java README.md", {"perhaps": "ONP ALL"}),
        ("https://github.com/me/spoj/blob/main/prime1.cpp", {"solved": "PRIME1"}),
        ("├── PRIME1.cpp\n└── TREE/main.cpp", {"solved": "PRIME1", "perhaps": "TREE"}),
        ("DP/knapsack.cpp", {"perhaps": "DP"}),
        ("MAY99_4.py", {"solved": "MAY99_4"}),
        ("SP1043.cpp", {"solved": "GSS1"}),
        ("https://www.spoj.com/users/PRIME1/", {"user": "PRIME1"}),
        (" spoj.com/status/kosaksi/signedlist/\n", {"user": "kosaksi"}),
        ("https://www.spoj.com/users/kosaksi/ ONP", {"solved": "ONP"}),
    ],
)  # fmt: skip
def test_text_is_read(text: str, expected: dict[str, str], static: Page) -> None:
    found = read(static, text)
    found.pop("kinds", None)
    user = {"user": expected.pop("user")} if "user" in expected else {}
    assert found == codes(**expected) | user


def test_list_of_codes_needs_no_confirmation(static: Page) -> None:
    """Any codes of the real list, in any case and separated by blanks, commas or lines."""
    listed = {entry.code: entry.name for entry in problems()}
    chance = random.Random(1)
    for separator in (" ", ", ", "\n", "\t", ";"):
        some = chance.sample(sorted(listed), 40)
        text = separator.join(chance.choice((code, code.lower())) for code in some)
        found = read(static, text, listed)
        assert found == codes(solved=" ".join(some), kinds="codes")


@pytest.mark.skipif(not PROFILE.exists(), reason="shared/spoj is not beside this folder")
def test_real_profile_as_text_and_as_source(static: Page, browser: Browser) -> None:
    listed = {entry.code: entry.name for entry in problems()}
    html = PROFILE.read_text(errors="replace")
    with browser.new_context(java_script_enabled=False, offline=True) as context:
        profile = context.new_page()
        profile.set_content(html)
        text = profile.inner_text("body")
    assert "World Rank" in text
    for pasted in (text, html):
        found = read(static, pasted, listed)
        assert found.keys() == {"solved", "kinds"}
        assert len(found["solved"]) == 70


@pytest.mark.parametrize(
    "part", ["x", "a.", "spoj.com/", "a,b|", " \t-[", "list of solved ", "1. [ ] ", "\n", "TEST "]
)
def test_reading_takes_linear_time(part: str, static: Page) -> None:
    """A quadratic pattern would take hours for half a million characters."""
    static.set_default_timeout(20_000)
    read(static, part * (500_000 // len(part)))
