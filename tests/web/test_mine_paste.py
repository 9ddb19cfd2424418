"""Reading of pasted text, by the module in a real browser, and of profiles, by the bookmarklet."""

import pytest
from playwright.sync_api import Page, Route
from pytest_playwright import CreateContextCallback

from standin.problems import problems
from tests.support.mine import PROFILE, PROFILES, message, needs_profile, open_mine, read_storage

NAMES = {
    "PRIME1": "Prime Generator", "ONP": "Transform the Expression", "GSS1": "Can you answer these",
    "ADDREV": "Adding Reversed Numbers", "AP2": "AP - Complete The Series", "TREE": "Another Tree",
    "TEST": "Life, the Universe", "MAZE": "The Long Maze", "DP": "", "WA": "", "TLE": "",
    "PRIME": "Sums", "STACK": "Game", "FCTRL": "Factorial", "A_B": "Under", "CODE": "Secret code",
    "AND": "Game of and", "ALL": "All", "MAY99_4": "Sum", "EKO": "Eko", "WAR": "",
}  # fmt: skip
# The results for the examples in mine.html.
EXAMPLES = [
    {"solved": "ONP TREE", "tried": "GSS1", "unknown": "NOSUCH"},
    {"solved": "PRIME1", "tried": "TREE"},
    {"solved": "ONP", "tried": "TREE", "uncertain": "MAZE"},
    {"solved": "PRIME1 TEST ONP", "unknown": "NOSUCH"},
    {"solved": "MAY99_4 ONP GSS1", "uncertain": "TREE DP TEST"},
    {"solved": "TREE ONP PRIME1 GSS1"},
    {"solved": "PRIME1 FCTRL", "uncertain": "TREE ONP DP"},
]
READ_SCRIPT = """async ([text, problems]) => {
    const { read } = await import("/static/paste.js");
    const { user, ...sets } = read(text, new Map(problems.map((row) => [row.code, row])));
    const names = ["solved", "tried", "uncertain", "unknown"];
    return { user, ...Object.fromEntries(names.map((name) => [name, [...sets[name]].join(" ")])) };
}"""


def read(page: Page, text: str, names: dict[str, str] = NAMES) -> dict[str, str]:
    """The non-empty parts of a reading, with sorted codes."""
    problems = [
        {"code": code, "name": name, "id": 1043 if code == "GSS1" else number}
        for number, (code, name) in enumerate(names.items())
    ]
    return codes(**page.evaluate(READ_SCRIPT, [text, problems]))


def codes(**sets: str) -> dict[str, str]:
    return {name: " ".join(sorted(words.split())) for name, words in sets.items() if words}


def test_each_kind_reads_its_example(page: Page) -> None:
    page.goto("/mine")
    examples = page.locator("#kinds pre").all_text_contents()
    for text, expected in zip(examples, EXAMPLES, strict=True):
        assert read(page, text) == read(page, text.replace("\n", "\r\n")) == codes(**expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["PRIME1", "code", "dp"]', {"solved": "PRIME1 CODE DP"}),
        ("HELLO", {}),
        ("TREE/code.cpp", {"uncertain": "CODE TREE"}),
        ("PRIME1 FOO123 ONP NOSUCH", {"solved": "PRIME1 ONP", "unknown": "FOO123 NOSUCH"}),
        ("SP1043 PRIME1 ONP SP99999", {"solved": "GSS1 PRIME1 ONP"}),
        ("TREE NOSUCH", {"uncertain": "TREE", "unknown": "NOSUCH"}),
        ("code,status\nCODE,solved\nCODE,tried\n", {"solved": "CODE"}),
        ("Code|Solved\n[x](https://spoj.com/problems/ONP)|yes", {"solved": "ONP"}),
        ("Code|Solved\nONP|no\nTREE|", {}),
        ("CODE, ONP\nPRIME1, GSS1", {"solved": "CODE ONP PRIME1 GSS1"}),
        ("- [x] MAZE - The Long Maze\n- TREE - Graph", {"solved": "MAZE", "uncertain": "TREE"}),
        ('<tr><td><a href="/problems/ONP/">x</a></td><td class="statusres" status="15"></td></tr>'
         '<tr><td><a href="/problems/TREE/">x</a></td><td class="statusres" status="14"></td></tr>',
         {"solved": "ONP", "tried": "TREE"}),
        ("https://www.spoj.com/problems/classical/ https://www.spoj.com/status/test/", {}),
        ("http://site.test/spojscore/problems/TREE https://pl.spoj.com/problems/TEST/",
         {"solved": "TREE"}),
        ("<ul><li><a href='/problems/TREE'>x</a></li></ul>ONP", {"solved": "TREE"}),
        ("<td><a href='/problems/TREE'>x</a></td><td class=statusres></td>", {"tried": "TREE"}),
        ("codeforces ONP", {"uncertain": "ONP"}),
        ("codechef/FCTRL.cpp ONP.cpp", {"solved": "ONP", "uncertain": "FCTRL"}),
        ("https://github.com/me/spoj/blob/main/prime1.cpp", {"solved": "PRIME1"}),
        ("GSS1/code.cpp DP/ONP.c TREE/TREE.c", {"solved": "GSS1 ONP TREE"}),
        ("https://www.spoj.com/users/PRIME1/", {"user": "PRIME1"}),
        (" spoj.com/status/kosaksi/signedlist/\n", {"user": "kosaksi"}),
        ("https://www.spoj.com/status/ONP/", {"solved": "ONP"}),
        ("https://www.spoj.com/users/kosaksi/ ONP", {"solved": "ONP"}),
    ],
)  # fmt: skip
def test_text_is_read(text: str, expected: dict[str, str], modules: Page) -> None:
    assert read(modules, text) == codes(**expected)


@needs_profile
def test_real_profile(modules: Page, new_context: CreateContextCallback) -> None:
    names = {entry.code: entry.name for entry in problems()}
    html = PROFILE.read_text(errors="replace")
    profile = new_context(java_script_enabled=False, offline=True).new_page()
    profile.set_content(html)
    text = profile.inner_text("body")
    assert "World Rank" in text
    for pasted_text in (text, html):
        reading = read(modules, pasted_text, names)
        assert reading.keys() == {"solved"}
        assert len(reading["solved"].split()) == 70


def test_reading_takes_linear_time(modules: Page) -> None:
    """A quadratic pattern would take hours for half a million characters."""
    for part in (
        "x", "a.", "spoj.com/", "a,b|", " \t-[", "list of solved ", "1. [ ] ", "\n", "TEST ",
    ):  # fmt: skip
        read(modules, part * (500_000 // len(part)))


@pytest.mark.parametrize(("profile", "number"), PROFILES)
def test_bookmarklet(
    profile: bytes, number: int, new_context: CreateContextCallback, history_site: str
) -> None:
    def answer(route: Route) -> None:
        body = profile if "/users/" in route.request.url else b"x"
        route.fulfill(body=body, content_type="text/html")

    page = new_context(base_url=history_site).new_page()
    page.route("https://**/*", answer)
    open_mine(page)
    page.get_by_text("Send your profile with one click").click()
    page.locator("#bookmarklet").click()
    assert message(page).startswith("Drag this button to your bookmarks bar")
    address = page.locator("#bookmarklet").evaluate("link => link.href")
    click = "address => { location.href = address; }"
    page.goto("https://elsewhere.example/")
    with page.expect_event("dialog") as dialog:
        page.evaluate(click, address)
    assert "on your profile on www.spoj.com" in dialog.value.message
    dialog.value.dismiss()
    page.goto("https://www.spoj.com/problems/classical/")
    page.evaluate(click, address)
    page.wait_for_url("https://www.spoj.com/myaccount")
    page.goto("https://www.spoj.com/users/me/", wait_until="domcontentloaded")
    page.evaluate(click, address)
    page.get_by_role("button", name=f"Add {number} solved problem").click()
    assert len(read_storage(page, "solved")) == number
