# The whole interface of a checkout; `make` alone lists it.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
LOCK := $(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(ARGS)

.DEFAULT_GOAL := help
# Images for containers set it, and then every program compiles every library anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help install lock run demo test chaos fuzz crowd coverage lint format messages bench sbom audit browser clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv and install everything (again only when the locks change)

$(INSTALLED): $(VENV)/.nvidia $(VENV)/.others
	@touch $@

# NVIDIA's libraries are half of what is unpacked, and pip has one core: `make --jobs 2 install` unpacks
# both halves at once. One after the other pip shows how far it is. Every file must have the hash that
# its lock names, and a lock names all: nothing is to be resolved. Byte code is made of what is
# imported, when it is: half a minute less.
$(VENV)/.nvidia: CHOSEN := /^nvidia-/
$(VENV)/.others: CHOSEN := !/^nvidia-/
$(VENV)/.nvidia $(VENV)/.others: export PIP_DISABLE_PIP_VERSION_CHECK = 1
$(VENV)/.nvidia $(VENV)/.others: requirements/dev.txt | $(VENV)/.pip
	@awk '/^[^ #]/ {chosen = $(CHOSEN)} chosen' $< > $@.txt
	@echo "Installing $$(grep -c == $@.txt) packages into $(VENV): some GB and minutes the first time."
	@$(BIN)/python -m pip install --no-compile --no-deps --require-hashes --requirement $@.txt
	@touch $@

# Newer pip than Python brings, for it shows how far the installation is.
$(VENV)/.pip: requirements/pip.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) is not here. Install Python 3.11, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { \
	  echo "Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3.11-venv"; exit 1; }
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# ARGS=--upgrade takes the newest release of every package that the .in files leave open. web.txt and
# worker.txt are parts of dev.txt: what is tested is what runs.
lock: install ## write requirements/*.txt anew from requirements/*.in (ARGS=--upgrade for newer packages)
	$(LOCK) requirements/pip.in --output-file requirements/pip.txt
	$(LOCK) requirements/dev.in --output-file requirements/dev.txt
	$(LOCK) requirements/worker.in --constraints requirements/dev.txt --output-file requirements/worker.txt
	$(LOCK) requirements/engines.in --constraints requirements/dev.txt --output-file requirements/engines.txt
	$(LOCK) requirements/web.in --constraints requirements/dev.txt --output-file requirements/web.txt

# Development only: these show detailed errors and create users whose passwords they print. What
# a .env for docker compose says of host names and TLS does not hold for this machine's own pages.
run demo: export DEBUG = on
run demo: export HTTPS = off
run demo: export ALLOWED_HOSTS = *

run: install ## start everything on this machine and say where to point the browser (PORT=8000)
	@$(BIN)/python -m local_stack run

demo: install ## as run, and send the sample photos; ONCE=1 stops after them with an exit code
	@$(BIN)/python -m local_stack demo $(if $(filter 1 yes on true,$(ONCE)),--once)

# A file's tests stay in one process, for they share servers; ARGS="-n 0" runs all in one, to debug.
# One process more than cores, since tests of servers and browsers often wait; four at most.
PROCESSES := $(shell cores=$$(getconf _NPROCESSORS_ONLN || echo 1); echo $$((cores < 4 ? cores + 1 : 4)))
PYTEST := $(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder

test: install browser ## run every test; needs nothing else on the machine (ARGS="-k name" for some)
	$(PYTEST) $(ARGS)

# ARGS="--setup sqlite --seed 4 --photos 500 --faults 13" for less; a short form is among the tests.
chaos: install ## break the running system 40 times amid 5,000 uploads, three seeds, both set-ups
	$(BIN)/python -m tests.chaos $(ARGS)

# ARGS="--mutated 500 --hostile 0" for less; a short form is among the tests.
fuzz: install ## give 10,000 damaged and 500 hostile files to what web processes and workers do with photos
	$(BIN)/python -m tests.fuzz $(ARGS)

# ARGS="--uploaders 50 --setup sqlite" for less.
crowd: install ## 200 uploaders and 60 idle connections for a minute, through the proxy; needs nginx
	$(BIN)/python -m tests.chaos.crowd $(ARGS)

# Servers and commands that the tests start are measured too. A figure to read, not one to reach.
coverage: install browser ## run the tests and show which lines none of them runs; slower than make test
	$(PYTEST) --cov --cov-report term:skip-covered --cov-report html $(ARGS)
	@echo "Line by line: var/coverage/index.html"

# django-stubs reads the settings, which want a secret key unless DEBUG is on.
lint: export DEBUG = on
lint: install ## ruff, mypy, import contracts, migrations; JavaScript, CSS and templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/biome lint --error-on-warnings
	$(BIN)/djlint --lint --quiet classifier/templates classifier/overrides training/templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/lint-imports
	$(BIN)/mypy

format: install ## put the code into ruff's form and fix what it can fix
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

messages: export DEBUG = on
messages: install ## collect texts for translation and compile the translations
	$(BIN)/python -m tests.catalogs

bench: export DEBUG = on
bench: install ## measure, and compare with a named reference (ARGS="phone growth" for some)
	$(BIN)/python -m benchmarks $(ARGS)

sbom: install ## write what is inside to var/sbom, as CycloneDX, one file a lock
	$(BIN)/python -m requirements.sbom $(ARGS)

# From https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip; none comes with the sources,
# for it would be old tomorrow.
audit: install ## look for pinned packages with known faults; ADVISORIES=all.zip, as osv.dev gives it
	@test -n "$(ADVISORIES)" || { echo "Say where the advisories are: make audit ADVISORIES=all.zip"; exit 2; }
	$(BIN)/python -m requirements.audit $(ADVISORIES)

# A browser of the system, else Playwright's own, which needs no root. Without any the browser tests
# say so and skip.
browser: install
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null \
	  || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || $(BIN)/playwright install chromium \
	  || echo "No browser is here, and the browser tests will be skipped. On Debian: apt install chromium-headless-shell"

clean: ## remove the virtual environment and all caches; var/ with its data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
