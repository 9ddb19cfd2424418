"""Scrapy's settings for this project. `-s NAME=VALUE` overrides any of them."""

import os
import sys

BOT_NAME = "spojscore"
SPIDER_MODULES = ["spojscore_crawler.spiders"]
COMMANDS_MODULE = "spojscore_crawler.commands"

SPOJ_URL = os.environ.get("SPOJ_URL") or "https://www.spoj.com"
SPOJSCORE_DB = os.environ.get("SPOJSCORE_DB") or "spojscore.db"
SOURCE = ""  # stored in crawls.source; if empty, the host name of the site

# The limits of gate.py. `-s GATE=accept` commits a list that breaks one of the first four.
GATE = ""
MIN_PROBLEMS = 1000  # in a first crawl
MIN_PROBLEMS_RATIO = 0.98  # of the last crawl's problems
MIN_USERS_RATIO = 0.99  # of the sum of their users
MAX_RENAMED_RATIO = 0.05  # of the problems in both lists may have a new name
MAX_PAGES = 200

# Data older than this is stale, for `make check` and for the site that `make build` builds. `make
# serve` uses the number in metadata.yml. Set STALE_HOURS in the environment: `-s` has no effect.
STALE_HOURS = os.environ.get("STALE_HOURS") or 36

# About a page a second.
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
RETRY_AFTER_MAX = 120  # seconds; no retry if Retry-After is longer

# A page of the list is about 60 kB; parsing takes a hundred times as much memory.
DOWNLOAD_MAXSIZE = 500_000
# SPOJ redirects the list only from its other host names, which SPOJ_URL should not use.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False

DOWNLOAD_VERIFY_CERTIFICATES = True
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "spojscore_crawler.middlewares.BackoffRetryMiddleware": 550,
}
ITEM_PIPELINES = {
    "spojscore_crawler.progress.ProgressBarPipeline": 0,
    "spojscore_crawler.pipelines.score.ScorePipeline": 100,
    "spojscore_crawler.pipelines.database.DatabasePipeline": 200,
}

# A terminal shows the progress bar instead.
LOG_LEVEL = "WARNING" if sys.stderr.isatty() else "INFO"
LOG_FORMATTER = "spojscore_crawler.progress.QuietLogFormatter"
