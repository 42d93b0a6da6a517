# `make demo` and `make test` need nothing but Python 3.11 and make. All they install is in .venv, .genuine and node_modules.

PORT ?= 8000
PYTHON ?= python3
PYTEST = .venv/bin/python -m pytest -q -n logical --maxprocesses 8 --dist worksteal

# Given to the scripts, which name them in their messages.
export PYTHON
export MAKE_GOAL = $(firstword $(MAKECMDGOALS))

# Tests start Python hundreds of times: where this is set, each start, and each worker, would compile all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-long test-timing check bench bench-scale format catalogues docs tools clean

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):[^#]*## /make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

demo: .venv/.demo ## Start the demo application at http://localhost:8000 (PORT=… for another)
	@PORT=$(PORT) exec .venv/bin/python -m examples.fastapi_app.app

test: .venv/.dev tools ## Run the tests, on SQLite and on a PostgreSQL of their own (ARGS=… for pytest)
	$(PYTEST) -m "not slow" $(ARGS)

test-long: .venv/.dev tools ## Run the tests that take minutes
	$(PYTEST) -m "slow and not timing" $(ARGS) || [ $$? -eq 5 ] # 5: ARGS left no test

test-timing: .venv/.dev ## Measure on a quiet machine that the time of an answer tells nobody who has an account (ten minutes)
	.venv/bin/python -m pytest -q -n0 -m timing $(ARGS)

check: .venv/.dev tools ## Check format, lint, types, imports and documentation
	@scripts/check

bench: .venv/.dev ## Measure the hot paths and print one table
	.venv/bin/python -m benchmarks $(ARGS)

bench-scale: .venv/.dev ## Measure how calls grow from 10,000 to 1,000,000 users on PostgreSQL (takes minutes)
	.venv/bin/python -m benchmarks.scale $(ARGS)

format: .venv/.dev ## Format the code and repair what lint can repair
	.venv/bin/ruff check --quiet --fix-only .
	.venv/bin/ruff format .

catalogues: .venv/.dev ## Bring the translations up to date with the English texts
	.venv/bin/python -m scripts.catalogues

docs: .venv/.dev ## Build the documentation into site/
	.venv/bin/mkdocs build --strict

tools: .venv/.dev
	@scripts/tools

clean: ## Remove what these commands made
	rm -rf .venv .genuine node_modules site dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

# Stamps: a second run installs nothing.
.venv/.demo .venv/.dev: .venv/.%: requirements/%.txt pyproject.toml scripts/environment
	@scripts/environment $*
	@touch $@
