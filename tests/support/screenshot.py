"""`python -m tests.support.screenshot DB`: draw the pictures that stand for the site elsewhere.

The README's is the list of problems in DB. What is shown of a link, and a phone's touch icon, are
the same for every DB, so that they never grow old.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from spojscore_crawler.store import files
from tests.support.sites import running
from web import serve

README = Path("web", "screenshot.png")
STATIC = Path("web", "static")
PORT = 8099
STYLE = """<style>
body { margin: 0; height: 100vh; display: flex; flex-direction: column; justify-content: center;
  background: #14171c; color: #e8eaee; font-family: system-ui, sans-serif; }
.card { padding: 0 90px; }
h1 { margin: 0 0 12px; font-size: 108px; }
p { margin: 0; max-width: 900px; font-size: 44px; line-height: 1.35; color: #a9b2bf; }
b { color: #83bcff; font-weight: 600; white-space: nowrap; }
.touch { align-items: center; font-size: 72px; font-weight: 700; color: #83bcff; }
</style>"""
CARD = f"""{STYLE}<body class="card"><h1>spojscore</h1><p>What every classical problem on SPOJ is
worth, and what to solve next: <b>80 / (40 + solvers)</b> points.</p>"""
TOUCH = f"{STYLE}<body class='touch'>80/n"


def draw(database: Path) -> None:
    """Serve `database` and draw all pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("error: there is no chromium on the PATH to draw with")
    with (
        running(*serve.command(database, PORT)),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://{serve.HOST}:{PORT}/spojscore/problems")
        page.screenshot(path=README)
        draw_static(browser)
        browser.close()


def draw_static(browser: Browser) -> None:
    """What is the same for every database."""
    for name, html, width, height in (("card", CARD, 1200, 630), ("touch", TOUCH, 180, 180)):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_content(html)
        page.screenshot(path=STATIC / f"{name}.png")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.screenshot", description=__doc__)
    parser.add_argument("database", type=Path)
    try:
        draw(parser.parse_args().database)
    except files.StoreError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
