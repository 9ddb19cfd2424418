"""What people paste, and how it is read: the very module that the page uses, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.looking import DESK, looking
from tests.support.mine import PROFILE

NAMES = {
    "PRIME1": "Prime Generator", "ONP": "Transform the Expression", "GSS1": "Can you answer these",
    "ADDREV": "Adding Reversed Numbers", "AP2": "AP - Complete The Series", "TREE": "Another Tree",
    "TEST": "Life, the Universe", "MAZE": "The Long Maze", "DP": "", "WA": "", "TLE": "", "WAR": "",
    "PRIME": "Sums", "STACK": "Game", "FCTRL": "Factorial", "A_B": "Under", "CODE": "Secret code",
    "AND": "Game of and", "ALL": "All",
}  # fmt: skip
READ = """async ([text, names]) => {
    const { read } = await import("/static/paste.js");
    const problems = new Map(Object.entries(names).map(([code, name]) => [code, { code, name }]));
    const found = read(text, problems);
    const said = { user: found.user };
    for (const name of ["from", "solved", "tried", "perhaps", "unknown"]) {
        said[name] = [...found[name]].join(" ");
    }
    return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}"""
HISTORY = r"""
/-------------------------------------------------------------------------------------\
|    ID    |        DATE         |   PROBLEM   |  RESULT | TIME |  MEM |     LANG      |
|----------|---------------------|-------------|---------|------|------|---------------|
| 21000001 | 2018-03-01 10:11:12 |   PRIME1    |   WA    | 0.00 | 15M  |      CPP      |
| 21000002 | 2018-03-01 10:21:12 |   PRIME1    |   AC    | 0.00 | 15M  |      CPP      |
| 21000003 | 2018-03-02 10:21:12 |    TREE     |   TLE   | 9.00 | 15M  |      CPP      |
| 21000004 | 2018-03-02 11:21:12 |    MAZE     |   AC    | 0.10 | 15M  |      CPP      |
| 21000005 | 2018-03-02 12:21:12 |    FOREIGN  |   AC    | 0.10 | 15M  |      CPP      |
\-------------------------------------------------------------------------------------/
"""
PROFILE_TEXT = (
    "TEST me\nJoined March 2016 ADDREV\nProblems\nList of solved classical problems:\n"
    "ONP\tPRIME1\tTREE\nNOSUCH\t\t\nTODO list of classical problems:\nGSS1\tMAZE\n"
    "Online ads help us to maintain FCTRL"
)
PROFILE_HTML = """<script>var rows = ['ACC', 'WA', 'TLE'];</script><a href="/status/me/">me</a>
<h4>List of solved classical problems:</h4><table><tr><td><a href="/status/ONP,me/">ONP</a></td>
<td><a href="/status/TREE,me/">TREE</a></td><td><a href="/status/,me/"></a></td></tr></table>
<h4>TODO list of classical problems:</h4><table><tr><td><a href="/status/GSS1,me/">GSS1</a></td>
</tr></table><a href="/problems">PRIME1</a>"""
SUBMISSIONS_HTML = """<tr><td><a href="/problems/ONP/">Transform</a></td>
<td class="statusres" status="15">accepted</td></tr><tr><td><a href="/problems/TREE/">Tree</a></td>
<td class="statusres" status="14">wrong answer</td></tr>"""
README = """# My SPOJ solutions
All code is in C++: DP, and a tree.

- PRIME1 - Prime Generator
- [x] GSS1 - Can you answer these queries I
- [ ] FCTRL - Factorial
3. [ ] [ONP](https://www.spoj.com/problems/ONP/)
2. **AP2** - AP - Complete The Series
* TREE - Another Tree
- [ADDREV](https://www.spoj.com/problems/ADDREV/) FCTRL alike
"""
TABLE = """| # | Problem | Code | Status |
|---|:--|---|---|
| 1 | [Prime](https://www.spoj.com/problems/PRIME1/) | [C++](x.cpp) | AC |
| 2 | ONP - Transform the Expression | DP | WA |
| 3 | TREE | | ✓ |
| 4 | GSS1 | | |
| 5 | Maze | | AC |

FCTRL
"""


@pytest.fixture(scope="module")
def static(browser: Browser, grown_site: str) -> Iterator[Page]:
    with looking(browser, grown_site, DESK) as page:
        page.goto("/api")
        yield page


def read(page: Page, text: str) -> dict[str, str]:
    """What is not empty of what was read, codes in the order of the alphabet."""
    said = page.evaluate(READ, [text, NAMES])
    return {name: in_order(value) if name != "from" else value for name, value in said.items()}


def in_order(words: str) -> str:
    return " ".join(sorted(words.split()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PRIME1 ONP,GSS1;A_B\nPRIME1", {"from": "codes", "solved": "PRIME1 ONP GSS1 A_B"}),
        ("PRIME1 NOSUCH 17", {"from": "codes", "solved": "PRIME1", "unknown": "NOSUCH"}),
        ("prime1 Onp", {"perhaps": "PRIME1 ONP"}),
        ("TREE, PRIME, AND, ALL, CODE, DP, WA, TLE, MAZE",
         {"perhaps": "TREE PRIME AND ALL CODE DP WA TLE MAZE"}),
        ("ONP and TREE", {"from": "codes", "solved": "ONP", "perhaps": "AND TREE"}),
        ("hello world", {}),
        (" \n", {}),
        (PROFILE_TEXT,
         {"from": "a profile", "solved": "ONP PRIME1 TREE", "tried": "GSS1 MAZE",
          "unknown": "NOSUCH"}),
        (PROFILE_HTML, {"from": "a profile", "solved": "ONP TREE", "tried": "GSS1"}),
        (SUBMISSIONS_HTML, {"from": "submissions", "solved": "ONP", "tried": "TREE"}),
        (HISTORY,
         {"from": "submissions", "solved": "PRIME1 MAZE", "tried": "TREE", "unknown": "FOREIGN"}),
        ("1 | 2018-03-01 10:11:12 | TREE | AC | 0",  # without the head
         {"from": "submissions", "solved": "TREE"}),
        (README,
         {"from": "codes links", "solved": "PRIME1 GSS1 AP2 ADDREV",
          "perhaps": "TREE FCTRL ALL CODE DP AND"}),
        (TABLE,
         {"from": "links a table codes", "solved": "PRIME1 TREE FCTRL", "tried": "ONP",
          "perhaps": "MAZE"}),
        ("code,status\nTREE,solved\nONP,tried\n",
         {"from": "a table", "solved": "TREE", "tried": "ONP"}),
        ("code,status\nCODE,solved\n", {"from": "a table", "solved": "CODE"}),
        ("CODE, ONP\nPRIME1, GSS1",
         {"from": "codes", "solved": "ONP PRIME1 GSS1", "perhaps": "CODE"}),
        ("PRIME1: Prime Generator, GSS1: ok", {"from": "codes", "solved": "PRIME1 GSS1"}),
        ("PRIME1\tPrime Maze\nONP\tall", {"from": "codes", "solved": "PRIME1 ONP"}),
        ("https://www.spoj.com/problems/tree/ spoj.com/ranks/ONP/, http://spoj.pl/status/GSS1,me/",
         {"from": "links", "solved": "TREE ONP GSS1"}),
        ("https://www.spoj.com/problems/classical/ https://www.spoj.com/status/test/", {}),
        ("http://site.test/spojscore/problems/TREE", {"from": "links", "solved": "TREE"}),
        ("- [FCTRL](https://www.codechef.com/problems/FCTRL)\ncodeforces ONP",
         {"perhaps": "FCTRL ONP"}),
        ("PRIME1.cpp spoj_onp.py GSS1_Can_you.java 07-ADDREV.c a_b.py src/AP2/main.cpp TREE.hs",
         {"from": "file names", "solved": "PRIME1 ONP GSS1 ADDREV AP2 TREE", "perhaps": "A_B"}),
        ("onp.py test.cpp ALL_of_it.py Main.java spoj/fctrl.cpp README.md",
         {"from": "file names", "solved": "FCTRL", "perhaps": "ONP TEST ALL"}),
        ("https://github.com/me/spoj/blob/main/PRIME1.cpp",
         {"from": "file names", "solved": "PRIME1"}),
        ("https://www.spoj.com/users/kosaksi/", {"user": "kosaksi"}),
        ("https://www.spoj.com/users/PRIME1/", {"user": "PRIME1"}),
        (" spoj.com/status/kosaksi/signedlist/\n", {"user": "kosaksi"}),
        ("https://www.spoj.com/users/kosaksi/ ONP",
         {"from": "codes", "solved": "ONP"}),
    ],
)  # fmt: skip
def test_a_text_is_read(text: str, said: dict[str, str], static: Page) -> None:
    said = {name: in_order(value) if name != "from" else value for name, value in said.items()}
    assert read(static, text) == said
    assert read(static, text.replace("\n", "\r\n")) == said


@pytest.mark.skipif(not PROFILE.exists(), reason="shared/spoj is not here")
def test_a_real_profile_as_text_and_as_source(static: Page, browser: Browser) -> None:
    html = PROFILE.read_text(errors="replace")
    context = browser.new_context(java_script_enabled=False, offline=True)
    profile = context.new_page()
    profile.set_content(html)
    text = profile.inner_text("body")
    context.close()
    assert "World Rank" in text
    for pasted in (text, html):
        said = read(static, pasted)
        assert said["from"] == "a profile"
        found = {*said["solved"].split(), *said["unknown"].split()}
        assert len(found) == 70
        assert {"ABSYS", "TEST", "WILLITST"} <= found
        assert not {"tried", "perhaps"} & set(said)
