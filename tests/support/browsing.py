"""Chromium for pytest-playwright's fixtures; loaded by tests/conftest.py."""

import shutil
from typing import Any

import pytest
from playwright.sync_api import BrowserType

from tests.support.tools import handle_missing_tool

# Debian's shell, which has no windows of its own, takes half the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HEIGHT = 844  # pixels of the window


def launch_args(browser_type: BrowserType) -> dict[str, Any]:
    """Options that start Chromium from the PATH, or Playwright's own; empty without either."""
    matches = map(shutil.which, (*NAMES, browser_type.executable_path))
    executable = next(filter(None, matches), None)
    return {"executable_path": executable, "args": FLAGS} if executable else {}


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_type: BrowserType
) -> dict[str, Any]:
    args = launch_args(browser_type)
    if not args:
        handle_missing_tool("Chromium is not installed (Debian's package chromium-headless-shell)")
    return browser_type_launch_args | args


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"viewport": {"width": 1280, "height": HEIGHT}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browser tests last: Playwright's event loop stays, and asyncio.run refuses a second."""
    paths = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in paths)
