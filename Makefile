# What a person does here: `make run` to see it, `make test` before a commit. Everything else is in docs/development.md.
# Needed: Python 3.11 or newer with venv, and a package registry the first time.

PYTHON ?= python3
UPGRADE ?= --upgrade
MINUTES ?= 10
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -qq
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --build-deps-for editable \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

unexport PYTHONDONTWRITEBYTECODE  # to compile every file anew is a fourth of what imports take

.DEFAULT_GOAL := help
.PHONY: help install run test lint types floors bench docs soak fuzz screenshots lock clean

help:
	@echo "make run      the platform on simulated venues and paper money; no keys, no network"
	@echo "make test     every test            make lint     ruff, rules and format"
	@echo "make types    mypy, strict          make floors   the floor plan"
	@echo "make bench    the benchmarks        make lock     newest versions into the lock files"
	@echo "make install  .venv, from the lock  make clean    all of it away again, but no data"
	@echo "make soak     half an hour of 200 simulated games, watched, into docs/soak.md; ARGS=\"--minutes 5 --games 40\""
	@echo "make docs     the site of docs/ into build/site; ARGS=serve shows it while it is written"
	@echo "make fuzz     payloads for every decoder, and calls for the whole API, made up; MINUTES=10 of each"
	@echo "make screenshots                    every view of the page, into docs/screenshots (some minutes, Chromium)"

run: $(VENV)/ready-to-run
	@exec $(BIN)/crosscourt up --sandbox $(ARGS)

install: $(VENV)/ready-to-develop

test: install
	$(BIN)/pytest -n 3 --dist loadfile $(ARGS)

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: install
	$(BIN)/mypy

floors: install
	$(BIN)/python -m tests.floors

bench: install
	$(BIN)/python -m benchmarks $(ARGS)

soak: install
	$(BIN)/python -m tests.soaks $(ARGS)

docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs $(if $(ARGS),$(ARGS),build) --strict

fuzz: install
	$(BIN)/python -m tests.fuzzing --minutes $(MINUTES) $(ARGS)
	$(BIN)/python -m tests.routers.fuzzing --minutes $(MINUTES)

screenshots: install
	$(BIN)/python -m tests.platform.screenshots $(ARGS)

# `make lock UPGRADE="--upgrade-package httpx"` moves one package. The second file is made out of the first, so both pin the same versions.
lock: install
	$(COMPILE) $(UPGRADE) --extra dev --extra otel --output-file requirements.lock pyproject.toml
	cp requirements.lock requirements-run.lock
	$(COMPILE) --output-file requirements-run.lock pyproject.toml

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find app routers workers tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# A stamp is younger than what it was made from, or it is made again.
$(VENV)/ready-to-run: requirements-run.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what Crosscourt runs with; about a minute the first time"
	@$(INSTALL) --require-hashes -r requirements-run.lock
	@$(INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/ready-to-develop: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what Crosscourt is developed with; some minutes the first time"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@ $(VENV)/ready-to-run

$(VENV)/bin/python:
	@$(PYTHON) -c '' 2>/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Crosscourt needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This $$($(PYTHON) --version) comes without venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
