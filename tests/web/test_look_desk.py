"""Every page on a desk. A file of its own, for files are tested side by side."""

import pytest
from playwright.sync_api import Browser

from tests.support.looking import DESK, PAGES, look, looking


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_fit_for_everybody(path: str, browser: Browser, grown_site: str) -> None:
    with looking(browser, grown_site, DESK) as page:
        look(page, path)
