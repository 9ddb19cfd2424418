"""Scrapy's settings for this project; every one can be set with `-s NAME=VALUE`."""

import os
import sys

BOT_NAME = "spojscore"
SPIDER_MODULES = ["spojscore_crawler.spiders"]
COMMANDS_MODULE = "spojscore_crawler.commands"

# The site to read and the database to keep.
SPOJ_URL = os.environ.get("SPOJ_URL") or "https://www.spoj.com"
SPOJSCORE_DB = os.environ.get("SPOJSCORE_DB") or "spojscore.db"

# Polite by default: who we are, what robots.txt says, about a page a second.
USER_AGENT = "spojscore (reads SPOJ's list of classical problems once a day)"
ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = 1
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 4
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1
COOKIES_ENABLED = False

# A fault costs at most (1 + RETRY_TIMES) timeouts and the waits between them.
DOWNLOAD_TIMEOUT = 30
RETRY_TIMES = 3
RETRY_BACKOFF = 2  # seconds before the first retry, doubling; 0 for none
RETRY_AFTER_MAX = 120  # seconds; a server that asks for a longer wait is not asked again

DOWNLOAD_VERIFY_CERTIFICATES = True
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "spojscore_crawler.middlewares.BackoffRetryMiddleware": 550,
}
ITEM_PIPELINES = {
    "spojscore_crawler.pipelines.score.ScorePipeline": 100,
    "spojscore_crawler.pipelines.database.DatabasePipeline": 200,
}
EXTENSIONS = {
    "spojscore_crawler.progress.ProgressBar": 0,
}

# On a terminal the progress bar tells how it goes.
LOG_LEVEL = "WARNING" if sys.stderr.isatty() else "INFO"
