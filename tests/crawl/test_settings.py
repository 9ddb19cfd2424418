"""Settings and arguments of a crawl, checked before its first request."""

import asyncio
from pathlib import Path

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure

from spojscore_crawler import settings as project_settings
from spojscore_crawler.pipelines.database import DatabasePipeline
from spojscore_crawler.spiders.classical import ClassicalSpider
from tests.support.pages import SPOJ

DEFAULTS = {name: value for name, value in vars(project_settings).items() if name.isupper()}


def crawler(database: Path, **settings: str) -> Crawler:
    """A crawler with the project's settings."""
    settings = {"SPOJ_URL": SPOJ, "SPOJSCORE_DB": str(database)} | settings
    return get_crawler(ClassicalSpider, {**DEFAULTS, **settings})


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("MAX_PAGES", "all", "not a number from 0 to 1000000"),
        ("MIN_PROBLEMS", "-1", "not a number from 0 to 1000000"),
        ("MIN_PROBLEMS_RATIO", "98", "not a number from 0 to 1"),
        ("MIN_USERS_RATIO", "nan", "not a number from 0 to 1"),
        ("MAX_RENAMED_RATIO", "", "not a number from 0 to 1"),
        ("SPOJSCORE_DB", "folder/", "not a file"),
    ],
)
def test_invalid_setting(setting: str, value: str, reason: str, database: Path) -> None:
    pipeline = DatabasePipeline.from_crawler(crawler(database, **{setting: value}))
    with pytest.raises(CloseSpider) as error:
        pipeline.open_spider()
    assert error.value.reason == f"{setting} is {value!r}, {reason}"


@pytest.mark.parametrize(
    ("url", "arguments", "reason"),
    [
        (SPOJ, {"day": "2026-01-01"}, f"-a day= is for saved pages; {SPOJ[8:]} shows today's list"),
        *(
            (SPOJ, {"pages": ".", "day": day}, f"-a day={day} is not a date in the form YYYY-MM-DD")
            for day in ("today", "20260101", "2026-W01-1")
        ),
        (SPOJ, {"page": "x"}, "unknown argument -a page; use -a pages= or -a day="),
        *(
            (url, {}, f"SPOJ_URL is {url!r}, not an http or https address")
            for url in ("spoj.com", "ftp://a.b", "http:///x", "http://[a", "http://a:b")
        ),
    ],
)
def test_invalid_argument(url: str, arguments: dict[str, str], reason: str, database: Path) -> None:
    spider = ClassicalSpider.from_crawler(crawler(database, SPOJ_URL=url), **arguments)

    async def start() -> None:
        await anext(spider.start())

    with pytest.raises(CloseSpider) as error:
        asyncio.run(start())
    assert error.value.reason == reason


def test_error_before_first_request(database: Path) -> None:
    pipeline = DatabasePipeline.from_crawler(crawler(database))
    pipeline.spider_closed("start_error")  # Scrapy's reason
    assert pipeline.stats.get_value("spojscore/failure") == "the crawl stopped early; see the log"


def test_first_failure_is_reported(database: Path) -> None:
    pipeline = DatabasePipeline.from_crawler(crawler(database))
    pipeline.stats.set_value("spojscore/failure", "first")
    pipeline.spider_error(Failure(ValueError("second")))  # type: ignore[no-untyped-call]
    assert pipeline.stats.get_value("spojscore/failure") == "first"
