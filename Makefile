# Everything here needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
# Programs in sandboxes are waited for as much as they compute: two testers more than there are cores.
TESTERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 2)))
STAMP   = $(VENV)/.installed
DEV     = $(VENV)/.installed-dev

.PHONY: help demo test lint types bench verify-registry schema clean

help:  ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(STAMP): pyproject.toml | $(BIN)/python
	@echo "installing mlesmith-env into $(VENV) (once) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $(STAMP)

$(DEV): pyproject.toml | $(BIN)/python
	@echo "installing mlesmith-env and the tools to develop it into $(VENV) (once) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(DEV) $(STAMP)

demo: $(STAMP)  ## From a raw dataset to a graded episode, under a minute
	$(BIN)/mlesmith demo

test: $(DEV)  ## The whole test suite
	$(BIN)/python -m pytest -n $(TESTERS) --dist loadfile --no-loadscope-reorder

lint: $(DEV)  ## Ruff and pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

bench: $(DEV)  ## Benchmarks in their quick forms, as tables and JSON
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.generation
	$(BIN)/python -m benchmarks.step_latency --runs 10
	$(BIN)/python -m benchmarks.reset_latency --runs 10
	$(BIN)/python -m benchmarks.throughput --environments 1 2 4 8 --seconds 2
	$(BIN)/python -m benchmarks.snapshot --sizes 10 100 --branches 3
	$(BIN)/python -m benchmarks.kill --rounds 1
	$(BIN)/python -m benchmarks.soak --steps 200

verify-registry: $(STAMP)  ## Verify every committed task (set MLESMITH_DATA_MIRROR for those that need it)
	$(BIN)/mlesmith verify registry

schema: $(STAMP)  ## Write the JSON Schema of the manifest
	$(BIN)/python -m mlesmith_env.manifest > docs/manifest.schema.json

clean:  ## Remove what was built, but not the virtual environment
	rm -rf dist build demo-output .pytest_cache .ruff_cache .hypothesis
