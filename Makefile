# Every target works on a fresh machine with python3 >= 3.11 and make: what it needs is set up first, from the constraints files.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := -m pip install --quiet --disable-pip-version-check --no-deps
export PYTHONDONTWRITEBYTECODE :=

# Pure logic: the tests of these folders start no local stack.
FAST := $(addprefix txplatform_tests/,contracts dashboards dead_letters demo ingest lambdas orchestrator project samples)
WORKERS ?= 2
PARALLEL = -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# The Python that the functions run on, if it is on the path or under pyenv.
LAMBDA_VERSION = $(shell sed -n 's/^LAMBDA_PYTHON = "\(.*\)"/\1/p' infra/bundle.py)
LAMBDA_PYTHON ?= $(shell for python in python$(LAMBDA_VERSION) $$HOME/.pyenv/versions/$(LAMBDA_VERSION).*/bin/python3; do \
	"$$python" -c '' 2>/dev/null && echo "$$python" && break; done)
LAMBDA_VENV := $(VENV)/lambdas

##@ Run
.PHONY: help demo up
help: ## List the targets
	@awk -F ':.*## ' '/^##@ / {printf "%s%s\n", blank, substr($$0, 5); blank = "\n"} \
		/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## Run the whole path on this machine and leave the UI open (ARGS=--exit ends after the summary)
	@exec $(BIN)/txplatform demo $(ARGS)

up: $(VENV)/.run ## Start the local stack alone
	@exec $(BIN)/txplatform up

##@ Test
.PHONY: test test-fast test-lambdas fuzz lint check bench mutants
test: $(VENV)/.dev ## Run all tests in two processes (ARGS are passed to pytest, WORKERS=4 takes more, WORKERS=0 none)
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-fast: $(VENV)/.dev ## Run the tests of pure logic, with few examples of each property: a minute
	@$(BIN)/python -m pytest $(PARALLEL) --hypothesis-profile=fast $(FAST) $(ARGS)

test-lambdas: ## Run the functions' tests on the Python of their runtime, if it is installed
	@python="$(LAMBDA_PYTHON)"; if [ -z "$$python" ]; then \
		echo "Python $(LAMBDA_VERSION), on which the functions run, is not installed: their tests ran on the platform's alone."; \
	else \
		$(MAKE) --no-print-directory LAMBDA_PYTHON="$$python" $(LAMBDA_VENV)/.ready && \
		$(LAMBDA_VENV)/bin/python -m pytest $(PARALLEL) txplatform_tests/lambdas $(ARGS); \
	fi

fuzz: $(VENV)/.dev ## Send generated requests to the local API, valid and invalid (ARGS="--examples 200 --seed 7"): half an hour
	@exec $(BIN)/python -m txplatform_tests.generated $(ARGS)

lint: $(VENV)/.dev ## Check formatting, lint rules, types, import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

check: ## Run everything that CI runs
	@.ci/run

bench: $(VENV)/.dev ## Measure one promise of the platform (NAME=current_view; SIZE=small is quick; without a name: the list)
	@$(KEPT_MEMORY) exec $(BIN)/python -m txplatform_tests.bench $(NAME) $(if $(SIZE),--size $(SIZE))

mutants: $(VENV)/.dev ## Break the product in some twenty places, one at a time, and show which test catches it (WORDS="order key" tries some)
	@$(BIN)/python -m txplatform_tests.mutants $(WORDS)

# As txplatform/local/environment.py gives it to the processes of the local stack.
KEPT_MEMORY := _RJEM_MALLOC_CONF=dirty_decay_ms:10000,muzzy_decay_ms:-1 MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=134217728

##@ Deploy
.PHONY: bootstrap deploy diff destroy image-size roles
bootstrap: $(VENV)/.dev ## Prepare an account and region for deployments, once (TO=aws://account/region)
	@exec $(BIN)/python -m infra.deploy bootstrap "$(TO)" $(ARGS)

deploy: $(VENV)/.dev ## Deploy an environment (ENV=dev, staging or prod; ARGS are passed to the CDK)
	@exec $(BIN)/python -m infra.deploy deploy "$(ENV)" $(ARGS)

diff: $(VENV)/.dev ## Show what a deployment would change in an environment
	@exec $(BIN)/python -m infra.deploy diff "$(ENV)" $(ARGS)

destroy: $(VENV)/.dev ## Delete the stacks of an environment; those of prod are protected
	@exec $(BIN)/python -m infra.deploy destroy "$(ENV)" $(ARGS)

roles: $(VENV)/.dev ## Print who may do what, read from the templates
	@exec $(BIN)/python -m txplatform_tests.infra.roles

image-size: $(VENV)/.dev ## Run the steps of the Dockerfile in a folder and measure what they make: two minutes
	@exec $(BIN)/python -m txplatform_tests.deploy.image_size $(ARGS)

##@ Write
.PHONY: format synth lock screenshots docs docs-serve clean
format: $(VENV)/.dev ## Format the code and correct what ruff can correct
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

synth: $(VENV)/.dev ## Write the CloudFormation templates under infra/templates (ARGS=--check compares only)
	@$(BIN)/python -m infra.synth $(ARGS)

lock: $(VENV)/.dev ## Write the constraints files after a change to pyproject.toml (ARGS=--upgrade takes the newest versions)
	@$(COMPILE) --python-version 3.11.5 pyproject.toml --extra dev --output-file constraints.txt $(ARGS)
	@$(COMPILE) --python-version 3.11 pyproject.toml --extra local --constraints constraints.txt --output-file constraints-run.txt
	@$(COMPILE) --python-version 3.11 pyproject.toml --extra aws --constraints constraints.txt --output-file constraints-image.txt
	@$(COMPILE) --python-version $(LAMBDA_VERSION) --group lambdas-tests --constraints constraints.txt --output-file constraints-lambdas.txt

# The versions that the constraints have stay, unless one has to go; for every platform, with the hashes of all their files.
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras --no-annotate \
	--no-emit-index-url --custom-compile-command 'make lock'

screenshots: $(VENV)/.dev ## Take the pictures of the README from a demo of its own (needs Chromium)
	@$(BIN)/python -m txplatform_tests.browser.screenshots

docs: $(VENV)/.dev ## Build the documentation site into site/ and check every link of it
	@$(BIN)/python -m txplatform_tests.docs.site

docs-serve: $(VENV)/.dev ## Serve the documentation on 127.0.0.1 and rebuild it as you write
	@exec $(BIN)/python -m mkdocs serve --dev-addr 127.0.0.1:8000

clean: ## Remove the virtual environments, all run-time state and build output
	@rm -rf $(VENV) .txplatform build site cdk.out *.egg-info

# pip takes only files whose hash is in the lock. The project itself, which has none, is installed after them.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 >= 3.11 is needed; found $$($(PYTHON) --version). Remedy: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: constraints-run.txt pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) to run the platform (once, a minute or two) ..."
	@$(BIN)/python $(PIP) --require-hashes -r constraints-run.txt
	@$(BIN)/python $(PIP) -e .
	@touch $@

$(VENV)/.dev: constraints.txt pyproject.toml | $(BIN)/python
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' || { echo "python3 >= 3.11.5 is needed to develop and test (the documentation's generator); found $$($(BIN)/python --version). Remedy: make clean, then make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@echo "Setting up $(VENV) to develop and test (once, two or three minutes) ..."
	@$(BIN)/python $(PIP) --require-hashes -r constraints.txt
	@$(BIN)/python $(PIP) -e .
	@touch $@ $(VENV)/.run

$(LAMBDA_VENV)/.ready: constraints-lambdas.txt
	@echo "Setting up $(LAMBDA_VENV) to test the functions on Python $(LAMBDA_VERSION) (once, half a minute) ..."
	@$(LAMBDA_PYTHON) -m venv --clear $(LAMBDA_VENV)
	@$(LAMBDA_VENV)/bin/python $(PIP) --require-hashes -r constraints-lambdas.txt
	@touch $@
