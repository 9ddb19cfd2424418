"""A spider that fails at a page's second reading, as one with a bug would."""

from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from spojscore_crawler.spiders.classical import ClassicalSpider


class BrokenSpider(ClassicalSpider):
    def parse(self, response: Response, start: int | None, *args: Any) -> Iterator[Any]:
        if start in self.read_starts:
            raise ValueError("unforeseen")
        yield from super().parse(response, start, *args)
