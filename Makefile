# Needs Python 3.11 or newer with its venv module, and make. Everything else goes into .venv, pinned by constraints.txt.
.DEFAULT_GOAL := help
.PHONY: help report test slow gate bench clean

newest := 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
            if "$$p" -c $(newest) >/dev/null 2>&1; then echo "$$p"; break; fi; done)
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

report: .venv/installed-empirics  ## verify every claim; print the report and write build/report.json, .md and .html
	$(BIN)/python -m empirics run
	$(BIN)/wellposed report

test: .venv/installed-test  ## the tests that take seconds, then every claim as a test item
	$(BIN)/pytest -q -n $(JOBS) -m "not slow" tests
	$(BIN)/pytest -q theory

slow: .venv/installed-test  ## the tests that take minutes
	$(BIN)/pytest -q -n $(JOBS) -m slow tests

gate: .venv/installed  ## fail if a verdict is not what claims.lock says
	$(BIN)/wellposed gate

bench: .venv/installed-empirics  ## what it all costs, each beside what a user would pick instead
	$(PIP) -e '.[empirics,bench]'
	@for b in benchmarks/[a-z]*.py; do $(BIN)/python -m benchmarks.$$(basename "$$b" .py) || exit 1; done

clean:  ## remove the environment and everything computed
	rm -rf .venv build

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 2; }
	@"$(PYTHON)" -c $(newest) || { echo "make: $(PYTHON) is older than Python 3.11; set PYTHON to a newer one" >&2; exit 2; }
	"$(PYTHON)" -m venv .venv || { rm -rf .venv; echo "make: $(PYTHON) cannot make an environment; is its venv module there?" >&2; exit 2; }

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e .
	@touch $@

.venv/installed-empirics: .venv/installed
	$(PIP) -e '.[empirics]'
	@touch $@

.venv/installed-test: .venv/installed-empirics
	$(PIP) -e '.[test,empirics]'
	@touch $@
