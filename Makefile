# Targets and their prerequisites. The code is in Python.
SHELL = /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL = help

PYTHON = python3
BIN = .venv/bin
DB = $(or $(SPOJSCORE_DB),spojscore.db)
SPOJ_URL ?=
# Recipes read these from the environment, so that they may contain quotes.
export DB SPOJ_URL PAGES FILE
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r
COMPILE = $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
  --custom-compile-command 'make lock'
# Without pyproject.toml, where deptry would look for the requirements. DEP003: dependencies of Scrapy
# and Datasette may be imported. DEP002: these two are commands.
DEPTRY = --no-ansi --config /dev/null --ignore DEP003 --per-rule-ignores 'DEP002=datasette-publish-vercel|uv'
PORT =
FILE =

.PHONY: help install demo standin history tags added articles crawl check serve publish rehearse pull archive build verify deploy probe schedule unschedule test lint chaos bench lock screenshot clean

help: ## list the targets (set DB=, PORT=, PAGES= and SPOJ_URL= where a target names them)
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

install: .venv/installed ## create .venv from requirements.lock

.venv/installed: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: spojscore needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; set another with PYTHON=")'
	$(PYTHON) -m venv .venv
	$(INSTALL) requirements.lock
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	$(INSTALL) requirements-dev.lock
	touch $@

demo: install ## build a database from SPOJ's past lists and serve it at http://127.0.0.1:8001 (or PORT)
	$(BIN)/python -m standin.demo --port $(or $(PORT),8001)

standin: install ## serve the stand-in for SPOJ, with SPOJ's list of August 2025, at PORT (8000)
	$(BIN)/python -m standin --port $(or $(PORT),8000)

history: install ## create DB, a new file, from SPOJ's past lists in data/
	$(BIN)/python -m spojscore_crawler.history "$$DB"

tags: install ## replace SPOJ's tags in DB with those in FILE (CSV: code,tags)
	$(BIN)/python -m spojscore_crawler.facts tags "$$DB" "$$FILE"

added: install ## store the days on which SPOJ added problems, from FILE (CSV: code,added), in DB
	$(BIN)/python -m spojscore_crawler.facts added "$$DB" "$$FILE"

articles: install ## replace the articles in DB with those in FILE (CSV: code,article,title)
	$(BIN)/python -m spojscore_crawler.facts articles "$$DB" "$$FILE"

crawl: install ## crawl SPOJ (or SPOJ_URL, or PAGES: a .har file or a folder) into DB (spojscore.db)
	SPOJSCORE_DB="$$DB" $(BIN)/scrapy crawl classical $(if $(PAGES),-a "pages=$$PAGES")

check: install ## report whether DB is sound, and how old its last crawl is
	$(BIN)/python -m spojscore_crawler.check "$$DB"

serve: install ## serve DB with Datasette at http://127.0.0.1:8001 (or PORT)
	$(BIN)/python -m web.serve "$$DB" --port $(or $(PORT),8001)

# In this order, also under `make -j`.
.NOTPARALLEL:

publish: check-variables pull crawl check archive build verify deploy probe ## crawl SPOJ (or PAGES) and publish DB, stopping at the first failure (FIRST=1: nothing has been published yet)

rehearse: pull crawl check archive build verify ## run all steps of publish except deploy and probe

check-variables: install
	$(BIN)/python -m deploy variables

pull: install ## replace DB with the database of SITE_URL if that is newer (FIRST=1: nothing has been published yet)
	$(BIN)/python -m deploy pull "$$DB"

archive: install ## copy DB to the folder ARCHIVE, with names that rotate
	$(BIN)/python -m deploy archive "$$DB"

build: install deploy/node_modules/.installed ## build the site of DB for Vercel, in build/vercel
	$(BIN)/python -m deploy build "$$DB"

verify: install ## run the bundle and compare its responses with DB
	$(BIN)/python -m deploy verify "$$DB"

deploy: install deploy/node_modules/.installed ## deploy the verified bundle (needs VERCEL_TOKEN and SITE_URL)
	$(BIN)/python -m deploy deploy

probe: install ## wait until SITE_URL shows the deployed crawl, and check that it is not stale
	$(BIN)/python -m deploy probe

schedule: install ## publish daily at 00:00 UTC from this folder, with systemd
	$(BIN)/python -m deploy schedule

unschedule: install ## stop publishing daily
	$(BIN)/python -m deploy unschedule

# Not `npm ci`: it refuses a lock that lacks the CLI's native parts for other platforms.
deploy/node_modules/.installed: deploy/package.json deploy/package-lock.json
	env -u VERCEL_TOKEN npm install --prefix deploy --no-save
	touch $@

test: .venv/installed-dev ## run all tests
	$(BIN)/pytest

lint: .venv/installed-dev ## check style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/deptry . $(DEPTRY)
	$(BIN)/oxlint --deny-warnings web/static spojscore_crawler
	$(BIN)/actionlint
	$(BIN)/zizmor --offline --quiet .github

chaos: .venv/installed-dev ## crawl 200 times (or CRAWLS) with random faults and kills (SEED= repeats a run)
	$(BIN)/python -m tests.support.chaos --crawls $(or $(CRAWLS),200) $(if $(SEED),--seed $(SEED))

bench: .venv/installed-dev ## compare a crawl with a bare Scrapy spider, and the site with stock Datasette
	$(BIN)/python -m bench.crawl
	$(BIN)/python -m bench.pages

lock: install ## compile the lock files of the project and of the published function
	$(COMPILE) --universal --python-version 3.11 -o requirements.lock requirements.txt
	$(COMPILE) --universal --python-version 3.11 -c requirements.lock -o requirements-dev.lock requirements-dev.txt
	$(COMPILE) --python-platform x86_64-manylinux_2_28 --python-version 3.12 -o deploy/requirements.lock deploy/requirements.txt

screenshot: ## take the README's screenshot of the site of `make serve`, with Chromium
	chromium-headless-shell --no-sandbox --hide-scrollbars --window-size=1280,900 \
	  --screenshot=docs/screenshot.png http://127.0.0.1:$(or $(PORT),8001)/spojscore/problems

clean: ## remove builds, caches and the demo, but no other database
	rm -rf build .hypothesis .pytest_cache .mypy_cache .ruff_cache
