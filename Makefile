# Every target works on a fresh machine with python3 >= 3.11 and make: what it needs is set up first, from constraints.txt.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 >= 3.11 is needed; found $$($(PYTHON) --version). Remedy: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: constraints.txt pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) to run the platform (once, a minute or two) ..."
	@$(INSTALL) -e '.[local]'
	@touch $@

$(VENV)/.dev: constraints.txt pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) to develop and test (once, two or three minutes) ..."
	@$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.run

.PHONY: demo
demo: $(VENV)/.run ## Run the whole path on this machine and leave the UI open (ARGS=--exit ends after the summary)
	@exec $(BIN)/txplatform demo $(ARGS)

.PHONY: up
up: $(VENV)/.run ## Start the local stack alone
	@exec $(BIN)/txplatform up

.PHONY: test
test: $(VENV)/.dev ## Run all tests (ARGS are passed to pytest)
	@$(BIN)/python -m pytest $(ARGS)

.PHONY: lint
lint: $(VENV)/.dev ## Formatting, lint rules, types, import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

.PHONY: format
format: $(VENV)/.dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: synth
synth: $(VENV)/.dev ## Write the CloudFormation templates under infra/templates (ARGS=--check compares only)
	@$(BIN)/python -m infra.synth $(ARGS)

.PHONY: check
check: lint test ## Everything that CI checks
	@$(BIN)/python -m infra.synth --check --nag

.PHONY: screenshots
screenshots: $(VENV)/.dev ## Take the pictures of the README from a demo of its own (needs Chromium)
	@$(BIN)/python -m txplatform_tests.browser.screenshots

.PHONY: docs
docs: $(VENV)/.dev ## Build the documentation site into site/ and check every link of it
	@$(BIN)/python -m txplatform_tests.docs.site

.PHONY: docs-serve
docs-serve: $(VENV)/.dev ## Serve the documentation on 127.0.0.1 and rebuild it as you write
	@exec $(BIN)/python -m mkdocs serve --dev-addr 127.0.0.1:8000

.PHONY: clean
clean: ## Remove the virtual environment, all run-time state and build output
	@rm -rf $(VENV) .txplatform build site cdk.out *.egg-info
