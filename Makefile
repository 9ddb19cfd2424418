# Thin on purpose: what a target does lives in Python; this file says what needs what.
SHELL = /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL = help

PYTHON = python3
BIN = .venv/bin
DB = spojscore.db
SPOJ_URL =
PORT =

.PHONY: help install standin crawl test lint lock clean

help: ## say what can be made (DB=, PORT= and SPOJ_URL= may be given where they matter)
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

install: .venv/installed ## make .venv with everything that requirements.lock pins

.venv/installed: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: spojscore needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; give another with PYTHON=")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

standin: install ## serve the stand-in for SPOJ, made-up problems, at PORT (8000)
	$(BIN)/python -m standin --port $(or $(PORT),8000)

crawl: install ## crawl SPOJ (or SPOJ_URL) into DB (spojscore.db)
	SPOJ_URL=$(SPOJ_URL) SPOJSCORE_DB=$(DB) $(BIN)/scrapy crawl classical

test: install ## run all tests
	$(BIN)/pytest

lint: install ## check style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lock: ## compile requirements.lock from requirements.txt and requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	  --output-file requirements.lock requirements.txt requirements-dev.txt

clean: ## remove what was built; databases stay
	rm -rf build .pytest_cache .mypy_cache .ruff_cache
