# Two commands do everything on a machine with git, make and Python 3.11 or newer:
#   make demo    the whole line on simulated data, ending with service and dashboard up (Ctrl-C stops it)
#   make test    every test
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# a warning, such as a link that leads nowhere, is an error; the variable keeps the theme's own notice off the output
SITE := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

install: $(INSTALLED) ## A virtual environment with the locked packages and fiador itself

$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; sys.exit("fiador needs Python 3.11 or newer; set PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@echo "installing the locked packages into $(VENV) …"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps -e .
	@touch $(INSTALLED)

demo: install ## Simulate, check, train, serve; service and dashboard stay up until Ctrl-C
	@$(BIN)/fiador demo portfolios/alura_cash

demo-check: install ## The same, checks itself and exits
	@$(BIN)/fiador demo portfolios/alura_cash --check

test: install ## Every test
	@$(BIN)/python -m pytest

check: install ## Format, lint, types, layers, docs up to date and built
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python docs/generate.py --check
	@$(SITE)

docs: install ## The documentation as a website: build/site/index.html opens from the disk
	@$(SITE)
	@echo "build/site/index.html"

screenshots: install ## The pictures in docs/images, of simulated data; needs a Chromium
	@$(BIN)/python docs/screenshots.py --all

format: install ## Put the code in its form, and write the generated docs
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/python docs/generate.py

bench: install ## Speed and accuracy at full scale, as docs/benchmarks.md reports them
	@$(BIN)/python -m benchmarks

bench-features: install ## The features of a full Home Credit database, against pandas (half an hour)
	@$(BIN)/python -m benchmarks.features

lock: ## Resolve requirements.lock anew
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra dev pyproject.toml -o requirements.lock

clean: ## Remove what was built
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: help install demo demo-check test check docs screenshots format bench bench-features lock clean
