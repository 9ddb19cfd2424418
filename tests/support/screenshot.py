"""`python -m tests.support.screenshot DB`: draw the README's picture, the link card and the icon.

The README's picture shows the list of problems in DB; the others do not depend on it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Browser

from spojscore_crawler.store import files
from tests.support.browsing import launched
from tests.support.sites import running
from web import serve

README = Path("docs", "screenshot.png")
STATIC = Path("web", "static")
PORT = 8099
STYLE = """<style>
body { margin: 0; height: 100vh; display: flex; flex-direction: column; justify-content: center;
  background: #0f1216; color: #e9ecf1; font-family: system-ui, sans-serif; }
.card { padding: 0 90px; }
h1 { margin: 0 0 12px; font-size: 108px; }
p { margin: 0; max-width: 900px; font-size: 44px; line-height: 1.35; color: #9aa5b4; }
b { color: #9db0ff; font-weight: inherit; white-space: nowrap; }
.touch { align-items: center; font-size: 72px; font-weight: 700; color: #9db0ff; }
</style>"""
CARD = f"""{STYLE}<body class="card"><h1>spoj<b>score</b></h1>
<p>What every classical problem on SPOJ is worth, and what to solve next:
<b>80 / (40 + solvers)</b> points.</p>"""
TOUCH = f"{STYLE}<body class='touch'>80/n"


def draw(database: Path) -> None:
    """Serve `database` and draw all pictures."""
    with running(*serve.command(database, PORT)), launched() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://{serve.HOST}:{PORT}/spojscore/problems")
        page.screenshot(path=README)
        draw_static(browser)


def draw_static(browser: Browser) -> None:
    """Draw the pictures that do not depend on a database."""
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
