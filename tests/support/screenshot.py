"""`python -m tests.support.screenshot DB`: take the README's picture, of the list in DB."""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from spojscore_crawler.store import files
from tests.support.browsing import launch_args
from tests.support.sites import start_site

README = Path("docs", "screenshot.png")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.screenshot", description=__doc__)
    parser.add_argument("database", type=Path)
    database = parser.parse_args().database
    try:
        with start_site(database) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_args(playwright.chromium))
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}/spojscore/problems")
            page.screenshot(path=README)
    except files.StoreError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
