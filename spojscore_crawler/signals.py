"""Signals of this project, beside Scrapy's own."""

# A page was read into rows. Sent with the spider.
page_read = object()
