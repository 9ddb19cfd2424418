"""Chromium, wherever it is installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.support.tools import missing

# The shell, which has no windows of its own, takes half the time.
NAMES = (
    "chromium-headless-shell",
    "/usr/bin/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium from Debian, from the PATH, or as Playwright installs it.

    While it runs, no test can have an event loop of its own.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium
        matches = filter(None, map(shutil.which, (*NAMES, chromium.executable_path)))
        executable = next(matches, None)
        if executable is None:
            missing("Chromium is not installed (Debian's package chromium-headless-shell)")
        browser = chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()
