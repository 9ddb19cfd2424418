"""Scrapy's settings for this project; every one can be set with `-s NAME=VALUE`."""

import os
import sys

BOT_NAME = "spojscore"
SPIDER_MODULES = ["spojscore_crawler.spiders"]
COMMANDS_MODULE = "spojscore_crawler.commands"

# The site to read and the database to keep.
SPOJ_URL = os.environ.get("SPOJ_URL") or "https://www.spoj.com"
SPOJSCORE_DB = os.environ.get("SPOJSCORE_DB") or "spojscore.db"

# What is known of where the pages come from, for lists of days past; '' for the site's host.
SOURCE = ""

# What keeps a crawl from being committed (gate.py). `-s GATE=accept` accepts one that falls short
# of the three minimums, and nothing else.
GATE = ""
MIN_PROBLEMS = 1000  # of a first crawl
MIN_PROBLEMS_RATIO = 0.98  # of the problems of the last one
MIN_USERS_RATIO = 0.99  # of the sum of their users
MAX_PAGES = 200

# Data older than this is called stale, everywhere: by make check, the site and its probe.
STALE_HOURS = os.environ.get("STALE_HOURS") or 36

# Polite by default: who we are, what robots.txt says, about a page a second.
USER_AGENT = "spojscore (reads SPOJ's list of classical problems once a day)"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = BOT_NAME
DOWNLOAD_DELAY = 1
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 4
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1
COOKIES_ENABLED = False

# A fault costs at most (1 + RETRY_TIMES) timeouts and the waits between them.
DOWNLOAD_TIMEOUT = 30
RETRY_TIMES = 3
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, *range(520, 531)]  # 520 to 530 are Cloudflare's
RETRY_BACKOFF = 2  # seconds before the first retry, doubling; 0 for none
RETRY_AFTER_MAX = 120  # seconds; a server that asks for a longer wait is not asked again

# A page of the list has some 60 kB; what is read of it takes a hundred times as much memory.
DOWNLOAD_MAXSIZE = 500_000
# MB that the operating system allows the process; a crawl takes some 240.
ADDRESS_SPACE = 800
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False

DOWNLOAD_VERIFY_CERTIFICATES = True
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "spojscore_crawler.middlewares.StrictRobotsTxtMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "spojscore_crawler.middlewares.BackoffRetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "spojscore_crawler.middlewares.SameSiteRedirectMiddleware": 600,
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
