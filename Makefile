# `make help` lists the targets.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
PORT ?= 8000
export PORT

VENV := .venv/.installed
NODE := node_modules/.installed
DIST := kechuang/web/static/dist/.built
CATALOGUE := $(patsubst %.po,%.mo,$(wildcard kechuang/locale/*/LC_MESSAGES/django.po))
PAGES := $(shell find kechuang/web kechuang/*/templates -name '*.html' 2>/dev/null) $(wildcard kechuang/web/templatetags/*.py)
FRONT := $(shell find frontend -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup run dev test walls check format bench bench-judging bench-storm bench-web lock screens lighthouse page-weight bench-similarity pictures clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: $(VENV) $(NODE) $(DIST) $(CATALOGUE) ## Install everything and build the front end (quick when nothing changed)
	@echo "Set up. Next: make run"

$(VENV): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed. Install it: apt-get install -y python3 python3-venv" >&2; exit 1; }
	@test -x .venv/bin/python || { echo "Creating .venv with $(PYTHON)"; $(PYTHON) -m venv .venv; } || { rm -rf .venv; echo "The virtual environment could not be made. Install its module: apt-get install -y python3-venv" >&2; exit 1; }
	@echo "Installing the Python packages (hashes checked) …"
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt || { echo "The Python packages could not be installed. Look at the line above: without a network, point pip at your package mirror (pip config set global.index-url …) and run make setup again." >&2; exit 1; }
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable . || { echo "The project itself could not be installed. Remove .venv and run make setup again." >&2; exit 1; }
	@touch $@

$(NODE): package-lock.json package.json | $(VENV)
	@echo "Installing the front-end packages …"
	@sh scripts/node.sh npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || { echo "The front-end packages could not be installed. Without a network, point npm at your package mirror (npm config set registry …) and run make setup again." >&2; exit 1; }
	@touch $@

$(DIST): $(NODE) $(FRONT) $(PAGES)
	@sh scripts/node.sh node frontend/build.mjs || { echo "The front end could not be built. The line above names the file; a damaged install is mended by: rm -rf node_modules && make setup" >&2; exit 1; }
	@touch $@

%.mo: %.po | $(VENV)
	@.venv/bin/python scripts/translations.py --compile || { echo "The English catalogue could not be compiled: mend the line of $< named above." >&2; exit 1; }

run: setup ## Load the demo city and serve it at http://127.0.0.1:$PORT (default 8000)
	@mkdir -p var
	@.venv/bin/kechuang migrate --verbosity 0 || { echo "The database could not be migrated; the sentence above says why." >&2; exit 1; }
	@.venv/bin/kechuang demo || { echo "The demo city could not be loaded. To begin anew: rm -rf var && make run" >&2; exit 1; }
	@.venv/bin/kechuang serve

dev: setup ## Serve with automatic reload; front-end sources are rebuilt as they change
	@mkdir -p var
	@.venv/bin/kechuang migrate --verbosity 0
	@sh scripts/node.sh node frontend/build.mjs --watch & watch=$$!; trap 'kill $$watch 2>/dev/null; rm -f $(DIST)' EXIT INT TERM; \
		DEBUG=1 .venv/bin/python manage.py runserver 127.0.0.1:$(PORT)

test: setup ## Run everything: invariants, suite on SQLite, then on PostgreSQL where one answers (ARGS go to pytest)
	@sh scripts/test-tools.sh
	@sh scripts/test.sh $(ARGS)

walls: setup ## Walk through every page as every persona, for planted values and with hostile forms, on each database (ARGS="--hostile 50")
	@sh scripts/test.sh tests/walls --walls $(ARGS)

check: setup ## Lint, format, templates, imports, types, migrations, production settings, translations
	@sh scripts/check.sh

format: $(VENV) ## Mend format and lint where a tool can
	@.venv/bin/ruff check --quiet --fix-only . ; .venv/bin/ruff format .

bench: ENTRIES ?= 500,50000
bench: setup ## Seconds per step of a whole edition (FILE=entries.csv), pupils imported (ROWS=200000), certificates printed a second (CERTS=2000), on each database; public pages and officers' lists (ENTRIES=500,50000)
	@test -n "$(FILE)" || .venv/bin/python scripts/made_entries.py var/bench/entries.csv 1400
	@echo "== SQLite"; env -u DATABASE_URL .venv/bin/kechuang rehearse --entries "$(or $(FILE),var/bench/entries.csv)" $(ARGS)
	@echo "== Pupils imported from a file, SQLite"; env -u DATABASE_URL .venv/bin/python scripts/bench_rosters.py $(ROWS)
	@echo "== Certificates, SQLite"; env -u DATABASE_URL .venv/bin/python scripts/bench_certificates.py $(CERTS)
	@postgres=$${DATABASE_URL_PG:-postgres://postgres@127.0.0.1:5432/postgres}; if .venv/bin/python scripts/postgres_answers.py "$$postgres" >/dev/null; then \
		echo "== PostgreSQL"; DATABASE_URL=$$postgres .venv/bin/kechuang rehearse --entries "$(or $(FILE),var/bench/entries.csv)" $(ARGS); \
		echo "== Pupils imported from a file, PostgreSQL"; DATABASE_URL=$$postgres .venv/bin/python scripts/bench_rosters.py $(ROWS); \
		echo "== Certificates, PostgreSQL"; DATABASE_URL=$$postgres .venv/bin/python scripts/bench_certificates.py $(CERTS); else echo "PostgreSQL does not answer: measured on SQLite alone."; fi
	@echo "== Public pages and officers' lists, PostgreSQL"; .venv/bin/python -m tests.bench.web --entries $(ENTRIES) --only home,gallery,search,work,showcase,find,school,register,officer_home,officer_list

bench-judging: $(VENV) ## Every bar of the judging engine beside the peers' figures (data: KECHUANG_BENCHMARKS; ARGS="--draws 20 --seed 2")
	@nice .venv/bin/python -m tests.judging.bench $(ARGS)

bench-web: setup ## Requests a second, CPU, queries and memory of the pages people read, beside peers and the machine's limit (ARGS="--quick" to try)
	@.venv/bin/python -m tests.bench.web $(ARGS)

bench-storm: setup ## 2,000 entries from 200 clients at the deadline while a server is killed and PostgreSQL restarted (ARGS go to it)
	@.venv/bin/python -m tests.bench.storm $(ARGS)

lock: $(VENV) ## Write the lock files anew after pyproject.toml changed
	@sh scripts/lock.sh

screens: setup ## Pictures of every page of the demo city, as each persona, in var/screens/ (ARGS go to the script)
	@.venv/bin/python scripts/screens.py $(ARGS)

lighthouse: setup ## Lighthouse on the public pages as in production; fetches Lighthouse into var/ the first time (RUNS=3)
	@sh scripts/lighthouse.sh

page-weight: setup ## Bytes on the wire and requests of the public pages on a phone, first and second visit, as in production
	@SCRIPT=page_weight sh scripts/lighthouse.sh

bench-similarity: $(VENV) ## Seconds and memory to compare the texts of 10,000 entries (ENTRIES=2000 to try)
	@.venv/bin/python scripts/bench_similarity.py $(ENTRIES)

pictures: setup ## Draw the pictures of README and how-to pages anew, from the demo city
	@.venv/bin/python scripts/pictures.py $(ARGS)

clean: ## Remove what make setup made (the database in var/ stays)
	@rm -rf .venv node_modules kechuang/web/static/dist build *.egg-info
