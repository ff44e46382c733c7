# Both commands set up all they need in .venv, once, and again only when pyproject.toml has changed.
# The tests also need a Label Studio server, which gets a virtual environment of its own, and Chromium.
#
#   make infer FILE=examples/report.txt           read a report (more options: ARGS="--format json")
#   make test                                     run every test, two at a time (one: ARGS=-n0)

CANDIDATES := python3 python3.13 python3.12 python3.11 python
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
VENV := .venv
STUDIO := .label-studio
STUDIO_VERSION := 1.23.0

.PHONY: infer test browser
infer: $(VENV)/base.installed
	@test -n "$(FILE)" || { echo "make infer needs a report; type: make infer FILE=examples/..." >&2; exit 2; }
	@$(VENV)/bin/python -m infer "$(FILE)" $(ARGS)

test: $(VENV)/dev.installed $(STUDIO)/$(STUDIO_VERSION).installed browser
	$(VENV)/bin/python -m pytest -n 2 $(ARGS)

$(VENV)/base.installed: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --editable .
	touch $@

$(VENV)/dev.installed: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --editable ".[dev]"
	touch $(VENV)/base.installed $@

$(STUDIO)/$(STUDIO_VERSION).installed: | $(VENV)/bin/python
	$(VENV)/bin/python -m venv --clear $(STUDIO)
	@$(STUDIO)/bin/python -m pip install --quiet label-studio==$(STUDIO_VERSION) || { \
	  echo "the tests need a Label Studio server; type: $(STUDIO)/bin/python -m pip install label-studio==$(STUDIO_VERSION) && touch $@" >&2; exit 2; }
	touch $@

browser:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
	  { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >&2; } || \
	  { echo "the tests need a browser; type: sudo apt-get install chromium" >&2; exit 2; }

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer was found; type: make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
