# `make demo` and `make test` may be the first command on a machine with Python 3.11, git and make.
SHELL := /bin/sh
BIN := .venv/bin
DEMO := compile examples/sigmoid.txt --target r,tmb,tf
export PYTHON

# Two workers: one waits for a compiler or for R while the other computes.
WORKERS ?= 2

.PHONY: help setup demo test lint pytest bench mutation goldens clean

help:
	@echo 'make demo     set up what is missing, then compile the sigmoid and verify it'
	@echo 'make test     set up what is missing, then every lint and every test'
	@echo 'make setup    R, TMB and a compiler from Debian; Python packages into .venv'
	@echo 'make lint     formatting, lints, types and layers only'
	@echo 'make bench    the benchmarks, as ratios within one run'
	@echo 'make mutation faults planted in emitted programs and in gradients: how many are found'
	@echo 'make goldens  rewrite the golden files with what gradc prints now'
	@echo 'make clean    remove everything that was built, .venv included'

setup:
	@scripts/setup

demo: setup
	@printf '\n$$ gradc %s\n' '$(DEMO)'
	@$(BIN)/gradc $(DEMO)

test: lint pytest

lint: setup
	@scripts/timed format $(BIN)/ruff format --check .
	@scripts/timed lint $(BIN)/ruff check .
	@scripts/timed types $(BIN)/mypy
	@scripts/timed layers $(BIN)/lint-imports --no-cache
	@if command -v shellcheck >/dev/null; then \
	    scripts/timed shell shellcheck .ci/run scripts/*; \
	else echo 'shellcheck is not here: the shell scripts were not checked'; fi

pytest: setup
	@scripts/timed tests $(BIN)/pytest -n $(WORKERS) --dist loadgroup

bench: setup
	@$(BIN)/python -c 'import casadi' 2>/dev/null || \
	    PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install --quiet -e '.[bench]'
	@$(BIN)/python -m benchmarks

mutation: setup
	@$(BIN)/python -m benchmarks.mutation

goldens:
	@if [ -n "$$CI" ]; then echo 'make goldens is for people: it refuses under CI' >&2; exit 1; fi
	@scripts/setup
	@GRADC_REQUIRE_TOOLCHAINS=1 $(BIN)/pytest --accept tests/golden tests/bad

clean:
	rm -rf .venv dist gradc-out .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find gradc tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
