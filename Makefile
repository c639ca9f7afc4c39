# The whole workshop. Needs Python 3.11 or later (with venv) and make; everything else goes into .venv.
PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
LIBRARY ?= .library
Q       ?= 天元区数据局2024年三公经费
PIP     := $(BIN)/python -m pip --quiet --disable-pip-version-check

export PYTHONUTF8 := 1
export Q

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help ask build test lint types unit golden format bench bench-large wheel pins clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

ask: build  ## answer one question: make ask Q='天元区数据局2024年三公经费'
	@$(BIN)/chazhang ask "$$Q" --library $(LIBRARY)

build: $(VENV)/runs  ## read corpus/ into .library (only what is new or changed)
	@$(BIN)/chazhang build corpus --library $(LIBRARY)

test: lint types unit  ## lint, types and every test; what CI runs

lint: $(VENV)/tests  ## ruff: rules and layout
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/tests  ## mypy, strict
	@$(BIN)/mypy

unit: $(VENV)/tests  ## pytest: doctests, golden facts, hand-read questions, documentation
	@$(BIN)/python -m pytest

golden: $(VENV)/tests  ## rewrite tests/golden/; git diff is the review
	@$(BIN)/python -m pytest --golden tests/test_golden.py

format: $(VENV)/tests  ## let ruff lay out the code and mend what it can
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(VENV)/tests  ## measure: time, memory, and how many answers are right
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/retrieval.py

bench-large: $(VENV)/tests  ## the same with a thousand made-up documents and a million names (takes long)
	@$(BIN)/python benchmarks/large.py --labels 1000000

wheel: $(VENV)/runs  ## a wheel in dist/
	@rm -rf dist
	@$(PIP) wheel --no-deps --wheel-dir dist .
	@ls dist

pins: $(VENV)/tests  ## show where the installed versions and constraints.txt differ
	@$(BIN)/python -m pip freeze --exclude-editable | diff - <(grep -vE '^(#|$$)' constraints.txt) || true

clean:  ## remove everything that can be made again
	rm -rf $(VENV) $(LIBRARY) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environment: two stamps, so that asking a question does not install the tests ---------------

SHELL := /bin/bash

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "需要 Python 3.11 或更高版本（现在是 $$($(PYTHON) --version 2>&1)）。可用 make PYTHON=python3.12 … 指定。" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runs: pyproject.toml constraints.txt | $(BIN)/python
	@echo "安装依赖（仅首次或版本变动时）…" >&2
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/tests: pyproject.toml constraints.txt | $(BIN)/python
	@echo "安装依赖与测试工具（仅首次或版本变动时）…" >&2
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $(VENV)/runs $@
