"""A spider with a bug: it fails at the second reading of a page."""

from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from spojscore_crawler.spiders.classical import ClassicalSpider


class BrokenSpider(ClassicalSpider):
    def parse(self, response: Response, start: int | None, *args: Any) -> Iterator[Any]:
        if start in self.read_starts:
            raise ValueError("unforeseen")
        yield from super().parse(response, start, *args)
