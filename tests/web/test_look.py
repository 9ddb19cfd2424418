"""Every page is accessible and as wide as its window."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.looking import PAGES, PHONE, check_page, looking


@pytest.fixture
def phone(browser: Browser, grown_site: str) -> Iterator[Page]:
    with looking(browser, grown_site, PHONE) as page:
        yield page


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible(path: str, phone: Page) -> None:
    check_page(phone, path)


def test_check_page_notices_faults(phone: Page) -> None:
    faults = {
        "wide": "document.querySelector('main').style.minWidth = '1500px'",
        "contrast": "document.querySelector('h1').style.color = '#eee'",
        "label": "document.querySelector('main').append(document.createElement('input'))",
    }
    for fault in faults.values():
        phone.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {fault} }})")
        with pytest.raises(AssertionError):
            check_page(phone, "/api")
