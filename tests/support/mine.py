"""What the tests of My problems share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

from tests.support.projects import ROOT

PROFILE = ROOT.parent / "shared" / "spoj" / "pages" / "profile-2019-02-17.html"
LISTED = "SELECT * FROM problems WHERE delisted IS NULL"


def paste(page: Page, text: str, button: str = "add-mine") -> None:
    """Paste a text, and press the button of that id; opens the box first, if it is closed."""
    page.locator("#add-mine:not(:disabled)").wait_for(state="attached")
    if page.locator("#add:not([open])").count():
        page.locator("#add > summary").click()
    box = "#friend-text" if button == "add-friend" else "#mine-text"
    page.locator(box).fill(text)
    page.locator(f"#{button}").click()


def told(page: Page, whose: str = "mine") -> str:
    return page.locator(f"#{whose}-told").inner_text().removesuffix(" Undo")


def kept(page: Page, name: str) -> list[str] | None:
    """A list as the browser keeps it: "solved", "tried" or "friend"."""
    codes: list[str] | None = page.evaluate(
        "name => JSON.parse(localStorage.getItem(`spojscore.${name}`))", name
    )
    return codes


def table(page: Page, name: str) -> list[list[str]]:
    """The cells of a table's body, as they are shown."""
    return [
        [" ".join(cell.split()) for cell in row.locator("td:not([hidden])").all_inner_texts()]
        for row in page.locator(f"#{name} tbody tr").all()
    ]


def codes(page: Page, name: str) -> list[str]:
    """The codes of a table's rows."""
    return page.locator(f"#{name} tbody b").all_inner_texts()


def with_columns(page: Page, **columns: Callable[[str], Any]) -> None:
    """Answers with a list that has more columns: each gives a problem's value for its code."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        for row in body["rows"]:
            row.extend([value(row[0]) for value in columns.values()])
        body["columns"].extend(columns)
        route.fulfill(response=response, json=body)

    page.route("**/everything.json*", answer)
