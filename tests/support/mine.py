"""Helpers for the tests of My progress."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

from tests.support.projects import ROOT

PROFILE = ROOT.parent / "shared" / "spoj" / "pages" / "profile-2019-02-17.html"
LISTS = {"solved": ["STEADY", "ONP", "PRIME1"], "tried": ["ADDREV"]}


def open_mine(page: Page, address: str = "/mine") -> None:
    page.goto(address)
    page.locator("#next:not([hidden])").wait_for()


def paste(page: Page, text: str, button: str = "Add to my list") -> None:
    """Paste a text into the box for solved problems."""
    if page.locator("#add").is_hidden():
        page.locator("#open-add").click()
    page.locator("#mine-text").fill(text)
    page.locator("#message").evaluate("message => message.replaceChildren()")
    page.get_by_role("button", name=button).click()
    page.locator("#message p").wait_for()


def message(page: Page) -> str:
    return page.locator("#message p").inner_text().removesuffix("Undo").strip()


def store(page: Page, **values: Any) -> None:
    """Store lists before the page is opened, from a page of the same site."""
    page.goto("/robots.txt")
    for name, value in values.items():
        page.evaluate(
            "([name, value]) => localStorage.setItem(`spojscore.${name}`, value)",
            [name, json.dumps(value)],
        )


def read_storage(page: Page, name: str) -> Any:
    return page.evaluate("name => JSON.parse(localStorage.getItem(`spojscore.${name}`))", name)


def codes(page: Page, name: str) -> list[str]:
    """The codes of a table's rows."""
    return page.locator(f"#{name} tbody code").all_inner_texts()


def replace_columns(page: Page, **columns: Callable[[str], Any]) -> None:
    """Serve the list with other values in these columns, each a function of the code."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        for name, value in columns.items():
            index = body["columns"].index(name)
            for row in body["rows"]:
                row[index] = value(row[0])
        route.fulfill(response=response, json=body)

    page.route("**/everything.json*", answer)


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    page.get_by_role("tabpanel", name=name).wait_for()


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo").click()
