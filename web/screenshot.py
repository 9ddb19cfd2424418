"""`python -m web.screenshot DB`: draw the README's picture, the list of problems in DB."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from web import serve

PICTURE = Path("web", "screenshot.png")
PORT = 8099


def draw(database: Path) -> None:
    """Serve `database` and draw its list into PICTURE."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise serve.ServeError("there is no chromium on the PATH to draw with")
    with (
        serve.serving(serve.command(database, PORT), PORT, quiet=True),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://{serve.HOST}:{PORT}/spojscore/problems")
        page.screenshot(path=PICTURE)
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m web.screenshot", description=__doc__)
    parser.add_argument("database", type=Path)
    try:
        draw(parser.parse_args().database)
    except serve.ServeError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
