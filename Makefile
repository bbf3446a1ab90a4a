# The everyday commands. They need make and Python 3.11 or later; everything else goes into .venv.

VENV := .venv
BIN := $(VENV)/bin
# The plain python3 where it is new enough, else the newest that is.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

.PHONY: help setup demo test lint format bench clean

help:
	@echo 'make setup   install kvlint and its development tools into $(VENV)'
	@echo 'make demo    run kvlint on examples/shop'
	@echo 'make test    run the test suite'
	@echo 'make lint    run ruff and mypy'
	@echo 'make format  let ruff format the code'
	@echo 'make bench   measure speed and memory'

setup: $(VENV)/.dev

demo: $(VENV)/.runtime
	@$(BIN)/kvlint examples/shop || test $$? -eq 1

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The two marks say what the virtual environment holds, and are older than pyproject.toml when that changed.
$(VENV)/.python:
	@test -n '$(PYTHON)' || { echo 'kvlint needs Python 3.11 or later' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo 'cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv)' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --group dev
	@touch $@
