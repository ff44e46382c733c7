# Both commands set up all they need in .venv, once, and again only when pyproject.toml has changed.
#
#   make infer FILE=examples/report.txt           read a report (more options: ARGS="--format json")
#   make test                                     run every test

CANDIDATES := python3 python3.13 python3.12 python3.11 python
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
VENV := .venv

.PHONY: infer test
infer: $(VENV)/base.installed
	@test -n "$(FILE)" || { echo "make infer needs a report; type: make infer FILE=examples/..." >&2; exit 2; }
	@$(VENV)/bin/python -m infer "$(FILE)" $(ARGS)

test: $(VENV)/dev.installed
	$(VENV)/bin/python -m pytest $(ARGS)

$(VENV)/base.installed: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --editable .
	touch $@

$(VENV)/dev.installed: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --editable ".[dev]"
	touch $(VENV)/base.installed $@

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer was found; type: make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
