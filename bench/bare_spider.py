"""A minimal spider for the stand-in's 80 pages, without checks or a database."""

import os
from collections.abc import AsyncIterator, Iterator

import scrapy
from scrapy.http import Response


class BareSpider(scrapy.Spider):
    name = "bare"
    custom_settings = {"CONCURRENT_REQUESTS": 4, "ITEM_PIPELINES": {}}  # noqa: RUF012

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for start in range(0, 3974, 50):
            url = f"{os.environ['SPOJ_URL']}/problems/classical/sort=0,start={start}"
            yield scrapy.Request(url)

    def parse(self, response: Response) -> Iterator[dict[str, object]]:
        for row in response.css("table.problems tbody tr"):
            yield {
                "id": row.css("td::text").get(),
                "code": row.css("a::attr(href)").get(),
                "name": row.css("a::text").get(),
                "users": row.css("a[href^='/ranks/']::text").get(),
                "acceptance": row.css("a[href^='/status/']::text").get(),
                "quality": row.css("span::attr(title)").get(),
            }
