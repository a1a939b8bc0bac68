# Everything a fresh machine needs is Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help setup demo test lint bench bench-season clean

help:            ## Show this list
	@grep -E '^[a-z-]+: *.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

setup: $(STAMP)  ## Make the virtual environment and install textmine with its development tools

demo: $(STAMP)   ## Run the main job on the simulated demo corpus and say where the reports are
	$(BIN)/textmine demo -o demo

test: $(STAMP)   ## Run the tests, on up to four cores
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

lint: $(STAMP)   ## ruff, mypy --strict and the import floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)  ## Measure speed and memory beside peers (takes minutes)
	$(BIN)/python bench/run.py

bench-season: $(STAMP)  ## Measure textmine run on a season of 6,036,434 simulated posts (half an hour, 50 GB of disk)
	$(BIN)/python bench/run.py season

clean:           ## Remove what the targets above made
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
