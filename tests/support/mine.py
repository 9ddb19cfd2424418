"""Helpers for the tests of My progress."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.projects import ROOT

PROFILE = ROOT.parent / "shared" / "spoj" / "pages" / "profile-2019-02-17.html"
SMALL_PROFILE = (
    b"<div id=user-profile-tables><h4>Solved</h4><a href=/status/ONP,me/>ONP</a>"
    b"<h4>Todo</h4><a href=/status/TEST,me/>TEST</a><a href=/status/NOSUCH,me/>x</a></div>"
)
needs_profile = pytest.mark.skipif(not PROFILE.exists(), reason="../shared/spoj is missing")
# Profiles and how many of their solved problems are in the sample.
PROFILES = [
    pytest.param(SMALL_PROFILE, 1, id="small"),
    pytest.param(PROFILE.exists() and PROFILE.read_bytes(), 15, id="real", marks=needs_profile),
]
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


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    page.get_by_role("tabpanel", name=name).wait_for()
